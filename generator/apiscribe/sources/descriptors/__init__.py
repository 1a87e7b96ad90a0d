"""Convert protobuf descriptors to an Api.

Nothing is inferred. A fact that descriptors do not state stays unknown: without
google.api.field_behavior, `required` is None.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet
from google.protobuf.message import DecodeError, Message

from apiscribe.model.api import Api
from apiscribe.sources.descriptors.declarations import convert_file
from apiscribe.sources.descriptors.options import marks_required
from apiscribe.workspace.kept import remembered
from apiscribe.workspace.protoc import ProtocError, compile_folder


class DescriptorsError(Exception):
    """A file or folder does not hold descriptors; the text has the reason."""


def read_descriptors(path: Path) -> Api:
    """Read the Api of an import root of `.proto` files, or of a file with a FileDescriptorSet.

    Raise DescriptorsError.
    """
    return convert_files(path.name if path.is_dir() else path.stem, read_files(path))


def read_files(path: Path) -> list[FileDescriptorProto]:
    """Return the descriptors of an import root or a FileDescriptorSet. Raise DescriptorsError."""
    try:
        if path.is_dir():
            names = sorted(file.relative_to(path).as_posix() for file in path.rglob("*.proto"))
            contents = tuple((path / name).read_bytes() for name in names)
            return remembered(
                ("protoc", path, tuple(names), contents),
                lambda: list(compile_folder(path, names).values()),
            )
        files = FileDescriptorSet.FromString(path.read_bytes()).file
    except (DecodeError, OSError, ProtocError) as error:
        raise DescriptorsError(str(error)) from error
    for file in files:
        _check_text(file)
    return list(files)


def read_serialized(content: bytes) -> FileDescriptorProto:
    """Parse a serialized FileDescriptorProto. Raise DescriptorsError."""
    try:
        file = FileDescriptorProto.FromString(content)
    except DecodeError as error:
        raise DescriptorsError(str(error)) from error
    _check_text(file)
    return file


def convert_files(name: str, files: Iterable[FileDescriptorProto]) -> Api:
    """Return the Api that the files declare; a nested message is named `Outer.Inner`.

    If any file marks a field as required or optional, unmarked fields are optional; otherwise
    `required` is None.
    """
    files = list(files)
    marked = marks_required(files)
    return Api(name=name, files=tuple(convert_file(file, marked) for file in files))


def _check_text(part: Message) -> None:
    """Raise DescriptorsError if a name is not UTF-8: protobuf returns bytes for it.

    Comments are skipped: they are large, and are decoded leniently when read.
    """
    for field, value in part.ListFields():
        if field.name == "source_code_info":
            continue
        if field.type == FieldDescriptor.TYPE_STRING:
            if isinstance(value, bytes) or any(isinstance(entry, bytes) for entry in value):
                raise DescriptorsError(f"a {field.name} is not UTF-8")
        elif field.type == FieldDescriptor.TYPE_MESSAGE:
            for entry in [value] if isinstance(value, Message) else value:
                _check_text(entry)
