"""Descriptors → Api: what `.proto` files declare, in the words of the model.

Nothing is inferred here: a descriptor states every fact that it has. What it has no word for stays
open: whether a field of a message is required where nothing says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet
from google.protobuf.message import DecodeError, Message

from apiscribe.model.api import Api
from apiscribe.sources.descriptors.declarations import file_of
from apiscribe.sources.descriptors.options import marks_required
from apiscribe.workspace.protoc import ProtocError, compile_folder


class DescriptorsError(Exception):
    """A file or folder that holds no descriptors; the text says why."""


def read_descriptors(place: Path) -> Api:
    """The Api of a folder of `.proto` files, which is their import root, or of a file that holds a
    FileDescriptorSet. Raises DescriptorsError.
    """
    return api_of(place.name if place.is_dir() else place.stem, read_files(place))


def read_files(place: Path) -> list[FileDescriptorProto]:
    """The descriptors of such a place, as they are. Raises DescriptorsError."""
    try:
        if place.is_dir():
            paths = sorted(file.relative_to(place).as_posix() for file in place.rglob("*.proto"))
            return list(compile_folder(place, paths).values())
        files = FileDescriptorSet.FromString(place.read_bytes()).file
    except (DecodeError, OSError, ProtocError) as error:
        raise DescriptorsError(str(error)) from error
    for file in files:
        _check_text(file)
    return list(files)


def read_serialized(content: bytes) -> FileDescriptorProto:
    """The descriptor that a program carries. Raises DescriptorsError."""
    try:
        file = FileDescriptorProto.FromString(content)
    except DecodeError as error:
        raise DescriptorsError(str(error)) from error
    _check_text(file)
    return file


def api_of(name: str, files: Iterable[FileDescriptorProto]) -> Api:
    """The Api that the files declare; a message in a message is named `Outer.Inner`.

    Where any file marks a field as required, a field without a mark is not; where none does, that
    is open.
    """
    files = list(files)
    marked = marks_required(files)
    return Api(name=name, files=tuple(file_of(file, marked) for file in files))


def _check_text(part: Message) -> None:
    """Raise DescriptorsError where a name is no UTF-8: protobuf gives bytes for it. Comments are
    not looked at; they are many, and decoded where they are read.
    """
    for field, value in part.ListFields():
        if field.name == "source_code_info":
            continue
        if field.type == FieldDescriptor.TYPE_STRING:
            if isinstance(value, bytes) or any(isinstance(entry, bytes) for entry in value):
                raise DescriptorsError(f"a {field.name} in it is not UTF-8")
        elif field.type == FieldDescriptor.TYPE_MESSAGE:
            for entry in [value] if isinstance(value, Message) else value:
                _check_text(entry)
