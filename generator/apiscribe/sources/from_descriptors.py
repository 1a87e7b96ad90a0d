"""Build an ApiVersion from the descriptors that a source holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from apiscribe.diagnostics.source import Source
from apiscribe.model.version import ApiVersion, Fact
from apiscribe.sources.source_error import SourceError

if TYPE_CHECKING:
    from google.protobuf.descriptor_pb2 import FileDescriptorProto

# Why a version does not know a fact.
NOT_REQUIRED = "no field has google.api.field_behavior"
NO_ROUTES = "no method has google.api.http"
NO_CONSTRAINTS = "protobuf has no constraints"
NO_AUTHENTICATION = "protobuf has no authentication"
NO_NULLS = "protobuf has no null"

# Files of libraries: protobuf, googleapis' options, gRPC's health and reflection services.
_LIBRARY_FILES = ("google/protobuf/", "google/api/", "grpc/health/", "grpc/reflection/")


def version_from_descriptors(
    name: str,
    api_name: str,
    files: Iterable[FileDescriptorProto],
    texts: Mapping[str, Source] | None = None,
    folder: str = "",
) -> ApiVersion:
    """Return the version of an API that descriptors declare.

    Raise SourceError if only library files are present or a file has no name.
    """
    # Imported here because protobuf is slow to load.
    from apiscribe.sources.descriptors import convert_files
    from apiscribe.sources.descriptors.beyond_model import beyond_model
    from apiscribe.sources.descriptors.options import marks_required, states_routes

    own = {file.name: file for file in files if not file.name.startswith(_LIBRARY_FILES)}
    if not own or "" in own:
        raise SourceError(f"{name} has no descriptors of an API")
    unknown: dict[Fact, str] = {}
    api = convert_files(api_name, own.values())
    if not marks_required(own.values()):
        unknown["required"] = NOT_REQUIRED
    if not states_routes(own.values()):
        unknown["routes"] = NO_ROUTES
    if not any(file.HasField("source_code_info") for file in own.values()):
        unknown["descriptions"] = "descriptors without source info have no comments"
    unknown |= {
        "authentication": NO_AUTHENTICATION,
        "constraints": NO_CONSTRAINTS,
        "nulls": NO_NULLS,
    }
    if all(file.syntax == "proto3" for file in own.values()):
        unknown["defaults"] = "proto3 has no defaults"
    return ApiVersion(
        name=name,
        api=api,
        unknown=unknown,
        is_protobuf=True,
        texts=texts or {},
        folder=folder,
        beyond_model=beyond_model(own.values()),
    )
