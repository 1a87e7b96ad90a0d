"""Folders of `.proto` files, and files with a FileDescriptorSet, as sources."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from google.protobuf.descriptor_pb2 import FileDescriptorProto

from apiscribe.descriptors import DescriptorsError, api_of, read_descriptors
from apiscribe.drift.side import Fact, Side
from apiscribe.ir import Api
from apiscribe.source import Source
from apiscribe.sources.failure import SourceError

# Files that every set may hold beside its own.
_LIBRARIES = ("google/protobuf/", "google/api/", "grpc/")


def open_descriptors(place: Path, name: str) -> Side:
    """The API of the descriptors at a place. Raises SourceError."""
    try:
        api = read_descriptors(place)
    except DescriptorsError as error:
        raise SourceError(f"{name} cannot be read: {error}") from error
    side = side_of_descriptors(api, name, folder=name if place.is_dir() else "")
    if not place.is_dir():
        return side
    texts = {
        file.path: Source(file.path, (place / file.path).read_text("utf-8", errors="replace"))
        for file in api.files
    }
    return replace(side, texts=texts)


def side_of_files(files: Iterable[FileDescriptorProto], name: str) -> Side:
    """The side of the files, without those of libraries. Raises SourceError where none is left."""
    own = [file for file in files if not file.name.startswith(_LIBRARIES)]
    own.sort(key=lambda file: file.name)
    return side_of_descriptors(api_of(name, own), name)


def side_of_descriptors(api: Api, name: str, folder: str = "") -> Side:
    """The side of an Api that was read from descriptors."""
    if not any(file.messages or file.services or file.enums for file in api.files):
        raise SourceError(f"{name} holds descriptors, but none declares anything")
    fields = [field for _, message in api.messages() for field in message.fields]
    methods = [method for _, service in api.services() for method in service.methods]
    unknown: dict[Fact, str] = {}
    if all(field.required is None for field in fields):
        unknown["required"] = "no field says how it behaves (google.api.field_behavior)"
    if not any(method.routes for method in methods):
        unknown["routes"] = "no method has a route (google.api.http)"
    described = [*(f.description for f in fields), *(m.description for m in methods)]
    if not any(described):
        unknown["descriptions"] = "the descriptors have no comments"
    return Side(name=name, api=api, unknown=unknown, folder=folder)
