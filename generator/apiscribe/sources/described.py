"""Descriptors of any source → its ApiVersion."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from apiscribe.diagnostics.source import Source
from apiscribe.model.version import ApiVersion, Fact
from apiscribe.sources.failure import SourceError

if TYPE_CHECKING:
    from google.protobuf.descriptor_pb2 import FileDescriptorProto

# Files that others bring with them: protobuf's own, those of the options, of health and reflection.
_BROUGHT = ("google/protobuf/", "google/api/", "grpc/health/", "grpc/reflection/")


def side_of(
    name: str,
    api_name: str,
    files: Iterable[FileDescriptorProto],
    texts: Mapping[str, Source] | None = None,
    folder: str = "",
) -> ApiVersion:
    """The version of an API that descriptors declare. Raises SourceError where they declare nothing,
    or are none.
    """
    # protobuf takes its time to load.
    from apiscribe.sources.descriptors import api_of
    from apiscribe.sources.descriptors.options import marks_required, states_routes

    own = {file.name: file for file in files if not file.name.startswith(_BROUGHT)}
    if not own or "" in own:
        raise SourceError(f"{name} holds no descriptors of an API")
    unknown: dict[Fact, str] = {}
    api = api_of(api_name, own.values())
    if not marks_required(own.values()):
        unknown["required"] = "no field has google.api.field_behavior"
    if not states_routes(own.values()):
        unknown["routes"] = "no method has google.api.http"
    if not any(file.HasField("source_code_info") for file in own.values()):
        unknown["descriptions"] = "descriptors without source info have no comments"
    return ApiVersion(name=name, api=api, unknown=unknown, texts=texts or {}, folder=folder)
