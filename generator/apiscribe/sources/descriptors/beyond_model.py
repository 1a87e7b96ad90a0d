"""Find what descriptors state and the Api has no place for: most options, syntax, extensions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from google.api import annotations_pb2, field_behavior_pb2
from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
)
from google.protobuf.unknown_fields import UnknownFieldSet

# Options that the Api has a place for, or that follow from it.
_MODELLED = frozenset({"deprecated", "map_entry", "allow_alias"})
_MODELLED_EXTENSIONS = frozenset({annotations_pb2.http.full_name})
_BEHAVIORS = field_behavior_pb2.field_behavior.full_name
_MODELLED_BEHAVIORS = {field_behavior_pb2.REQUIRED, field_behavior_pb2.OPTIONAL}

_Fact = tuple[str, str, str]


def beyond_model(files: Iterable[FileDescriptorProto]) -> Mapping[str, Mapping[str, str]]:
    """Return fact → full name of a declaration, or path of a file → value."""
    facts: dict[str, dict[str, str]] = {}
    for file in files:
        for fact, symbol, value in _of_file(file):
            facts.setdefault(fact, {})[symbol] = value
    return facts


def _of_file(file: FileDescriptorProto) -> Iterator[_Fact]:
    scope = f"{file.package}." if file.package else ""
    yield "syntax", file.name, str(file.edition or "") or file.syntax or "proto2"
    yield from _options(file, file.name, "files")
    yield from _extensions(file, file.name)
    for message in file.message_type:
        yield from _of_message(message, f"{scope}{message.name}")
    for enum in file.enum_type:
        yield from _of_enum(enum, f"{scope}{enum.name}")
    for service in file.service:
        yield from _options(service, f"{scope}{service.name}", "services")
        for method in service.method:
            yield from _options(method, f"{scope}{service.name}.{method.name}")


def _of_message(message: DescriptorProto, name: str) -> Iterator[_Fact]:
    yield from _options(message, name)
    yield from _extensions(message, name)
    if message.extension_range:
        ranges = ((each.start, each.end) for each in message.extension_range)
        yield "extension ranges", name, str(sorted(ranges))
    for field in message.field:
        yield from _options(field, f"{name}.{field.name}")
        if field.type == FieldDescriptorProto.TYPE_GROUP:
            yield "groups", f"{name}.{field.name}", "group"
    for oneof in message.oneof_decl:
        yield from _options(oneof, f"{name}.{oneof.name}")
    for enum in message.enum_type:
        yield from _of_enum(enum, f"{name}.{enum.name}")
    for nested in message.nested_type:
        if not nested.options.map_entry:
            yield from _of_message(nested, f"{name}.{nested.name}")


def _of_enum(enum: EnumDescriptorProto, name: str) -> Iterator[_Fact]:
    yield from _options(enum, name)
    for value in enum.value:
        yield from _options(value, f"{name}.{value.name}")


def _extensions(around: FileDescriptorProto | DescriptorProto, symbol: str) -> Iterator[_Fact]:
    if around.extension:
        texts = (each.SerializeToString(deterministic=True).hex() for each in around.extension)
        yield "extensions", symbol, " ".join(sorted(texts))


def _options(part: Any, symbol: str, undeprecated: str = "") -> Iterator[_Fact]:
    """Yield the options of a part; `undeprecated` are parts that the Api cannot deprecate."""
    if not part.HasField("options"):
        return
    for field, value in part.options.ListFields():
        if not field.is_extension:
            if field.name not in _MODELLED:
                yield field.name, symbol, str(value)
            elif field.name == "deprecated" and undeprecated:
                yield f"deprecated {undeprecated}", symbol, str(value)
        elif field.full_name == _BEHAVIORS:
            if others := set(value) - _MODELLED_BEHAVIORS:
                yield "field behavior", symbol, str(sorted(others))
        elif field.full_name not in _MODELLED_EXTENSIONS:
            yield f"option {field.full_name}", symbol, str(value)
    unknown: Any = UnknownFieldSet(part.options)  # its type has no __iter__
    for each in unknown:
        yield f"option {each.field_number}", symbol, _text(each.data)


def _text(data: Any) -> str:
    """Return the value of an unknown field, which may be a group of others."""
    if isinstance(data, UnknownFieldSet):
        group: Any = data
        return str([(each.field_number, _text(each.data)) for each in group])
    return str(data)
