"""The places of `.proto` files where an edit can apply, and the parts of edits that touch others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
)

F = FieldDescriptorProto
Kind = Literal["field", "message", "value", "enum", "method", "service", "file"]


@dataclass(frozen=True)
class Place:
    """A part of a file: `owner` holds it, `around` holds the owner; of a whole `part` is `owner`.

    `name` is the full name of the owner, with a dot before it as in descriptors.
    """

    files: list[FileDescriptorProto]
    file: FileDescriptorProto
    around: Any
    owner: Any
    part: Any
    name: str

    @property
    def is_proto2(self) -> bool:
        """Whether the file is one of proto2."""
        return self.file.syntax in ("", "proto2")


def places(files: list[FileDescriptorProto], kind: Kind) -> Iterator[Place]:
    """Yield the places of a kind, in order."""
    for file in files:
        scope = f".{file.package}" if file.package else ""
        if kind == "file":
            yield Place(files, file, file, file, file, scope)
        if kind in ("service", "method"):
            for service in file.service:
                name = f"{scope}.{service.name}"
                for part in service.method if kind == "method" else [service]:
                    yield Place(files, file, file, service, part, name)
        if kind in ("enum", "value"):
            yield from _enums(files, file, file, scope, kind)
        for message, around, name in messages_of(file, scope):
            if kind in ("enum", "value"):
                yield from _enums(files, file, message, name, kind)
            if kind == "message":
                yield Place(files, file, around, message, message, name)
            if kind == "field":
                for field in message.field:
                    yield Place(files, file, around, message, field, name)


def _enums(
    files: list[FileDescriptorProto], file: FileDescriptorProto, around: Any, scope: str, kind: Kind
) -> Iterator[Place]:
    for enum in around.enum_type:
        name = f"{scope}.{enum.name}"
        for part in enum.value if kind == "value" else [enum]:
            yield Place(files, file, around, enum, part, name)


def messages_of(around: Any, scope: str) -> Iterator[tuple[DescriptorProto, Any, str]]:
    """Yield messages that are no entries of maps, with what is around them and their full name."""
    is_file = isinstance(around, FileDescriptorProto)
    for message in around.message_type if is_file else around.nested_type:
        if not message.options.map_entry:
            name = f"{scope}.{message.name}"
            yield message, around, name
            yield from messages_of(message, name)


def references(files: Iterable[FileDescriptorProto]) -> Iterator[tuple[Any, str]]:
    """Yield each part that names a type, with the attribute that does."""
    for file in files:
        for service in file.service:
            for method in service.method:
                yield method, "input_type"
                yield method, "output_type"
        yield from ((field, "type_name") for field in file.extension)
        yield from ((field, "extendee") for field in file.extension)
        for message in file.message_type:
            yield from _fields_below(message)


def _fields_below(message: DescriptorProto) -> Iterator[tuple[Any, str]]:
    for field in (*message.field, *message.extension):
        yield field, "type_name"
        yield field, "extendee"
    for nested in message.nested_type:
        yield from _fields_below(nested)


def rename_type(files: Iterable[FileDescriptorProto], old: str, new: str) -> None:
    """Replace the full name of a type, or the names of what is in it, wherever it is used."""
    for part, attribute in references(files):
        name = getattr(part, attribute)
        if name == old or name.startswith(f"{old}."):
            setattr(part, attribute, new + name.removeprefix(old))


def is_used(place: Place) -> bool:
    """Whether another declaration uses the type, or one in it."""
    inside = {id(part) for part, _ in _fields_below(place.owner)} if _is_message(place) else set()
    return any(
        id(part) not in inside and (getattr(part, attribute) + ".").startswith(f"{place.name}.")
        for part, attribute in references(place.files)
    )


def _is_message(place: Place) -> bool:
    return isinstance(place.owner, DescriptorProto)


def siblings(place: Place) -> Any:
    """The list that holds the owner."""
    if _is_message(place):
        is_file = isinstance(place.around, FileDescriptorProto)
        return place.around.message_type if is_file else place.around.nested_type
    return place.around.enum_type if hasattr(place.owner, "value") else place.around.service


def entry_of(place: Place) -> DescriptorProto | None:
    """The message of a map's entries, or None if the field is no map."""
    for nested in place.owner.nested_type:
        if nested.options.map_entry and place.part.type_name == f"{place.name}.{nested.name}":
            return nested
    return None


def is_plain(place: Place, *types: int) -> bool:
    """Whether a field is a single value of its own, of one of the types if there are any."""
    field = place.part
    return (
        field.label != F.LABEL_REPEATED
        and not field.HasField("oneof_index")
        and (not types or field.type in types)
        and not field.default_value
    )


def real_oneofs(message: DescriptorProto) -> dict[int, list[FieldDescriptorProto]]:
    """Index of each oneof that a file shows → its fields."""
    found: dict[int, list[FieldDescriptorProto]] = {}
    for field in message.field:
        if field.HasField("oneof_index") and not field.proto3_optional:
            found.setdefault(field.oneof_index, []).append(field)
    return found


def add_oneof(message: DescriptorProto, name: str) -> int:
    """Add a oneof before those that `optional` makes; return its index."""
    at = len(real_oneofs(message))
    names = [oneof.name for oneof in message.oneof_decl]
    for field in message.field:
        if field.HasField("oneof_index") and field.oneof_index >= at:
            field.oneof_index += 1
    del message.oneof_decl[:]
    for oneof in (*names[:at], name, *names[at:]):
        message.oneof_decl.add(name=oneof)
    return at


def drop_oneof(message: DescriptorProto, at: int) -> None:
    """Remove a oneof that no field is in."""
    del message.oneof_decl[at]
    for field in message.field:
        if field.HasField("oneof_index") and field.oneof_index > at:
            field.oneof_index -= 1


def import_types(files: list[FileDescriptorProto]) -> None:
    """Let each file import the files of the types that it uses."""
    homes: dict[str, str] = {}
    for file in files:
        for kind in ("message", "enum"):
            homes |= {place.name: file.name for place in places([file], kind)}
    for file in files:
        used = {homes.get(getattr(part, name), "") for part, name in references([file])}
        for name in sorted(used - {"", file.name, *file.dependency}):
            file.dependency.append(name)
