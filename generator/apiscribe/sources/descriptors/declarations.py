"""Convert the declarations of one file: messages, enums and services."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
    MethodDescriptorProto,
    ServiceDescriptorProto,
)

from apiscribe.model.api import Enum, EnumValue, Field, File, Message, Method, Service
from apiscribe.model.names import proto_json
from apiscribe.model.reserved import Reserved
from apiscribe.model.types import EnumRef, Map, MessageRef, Scalar
from apiscribe.sources.descriptors.locations import Locations
from apiscribe.sources.descriptors.options import is_required, routes

# Field numbers in descriptor.proto, which make up the path of a location.
_PACKAGE, _MESSAGES, _ENUMS, _SERVICES = 2, 4, 5, 6  # of a FileDescriptorProto
_FIELDS, _NESTED, _NESTED_ENUMS = 2, 3, 4  # of a DescriptorProto
_MEMBERS = 2  # values of an EnumDescriptorProto, methods of a ServiceDescriptorProto

_MESSAGE_TYPES = (FieldDescriptorProto.TYPE_MESSAGE, FieldDescriptorProto.TYPE_GROUP)

_Path = tuple[int, ...]


def convert_file(file: FileDescriptorProto, marks_required: bool) -> File:
    """Convert a file. With `marks_required` unmarked fields are optional, else unknown."""
    converter = _Converter(Locations(file), marks_required, file.syntax in ("", "proto2"))
    return File(
        path=file.name,
        package=file.package,
        page=file.name,
        description=converter.locations.comment((_PACKAGE,)),
        services=tuple(
            converter.service(service, file.package, (_SERVICES, index))
            for index, service in enumerate(file.service)
        ),
        messages=tuple(
            converter.message(message, full_name, path)
            for full_name, message, path in _messages(file.package, file.message_type, (_MESSAGES,))
        ),
        enums=tuple(
            converter.enum(enum, file.package, (_ENUMS, index))
            for index, enum in enumerate(file.enum_type)
        ),
    )


def _messages(
    scope: str, messages: Iterable[DescriptorProto], path: _Path
) -> Iterator[tuple[str, DescriptorProto, _Path]]:
    """Yield the full name, message and path of every message; nested ones after their parent."""
    for index, message in enumerate(messages):
        if message.options.map_entry:
            continue
        full_name, message_path = _qualify(scope, message.name), (*path, index)
        yield full_name, message, message_path
        yield from _messages(full_name, message.nested_type, (*message_path, _NESTED))


@dataclass(frozen=True)
class _Converter:
    """Converts the declarations of one file; paths are those of locations in descriptor.proto."""

    locations: Locations
    marks_required: bool
    is_proto2: bool

    def message(self, message: DescriptorProto, full_name: str, path: _Path) -> Message:
        entries = {
            f".{full_name}.{nested.name}": nested
            for nested in message.nested_type
            if nested.options.map_entry
        }
        oneofs = [oneof.name for oneof in message.oneof_decl]
        return Message(
            name=message.name,
            full_name=full_name,
            fields=tuple(
                self.field(field, entries, oneofs, (*path, _FIELDS, index))
                for index, field in enumerate(message.field)
            ),
            enums=tuple(
                self.enum(enum, full_name, (*path, _NESTED_ENUMS, index))
                for index, enum in enumerate(message.enum_type)
            ),
            # descriptor.proto: the end of a range is exclusive in messages, inclusive in enums
            reserved=_reserved(
                message.reserved_name, [(r.start, r.end) for r in message.reserved_range]
            ),
            description=self.locations.comment(path),
            deprecated=message.options.deprecated,
            span=self.locations.heading(path),
        )

    def field(
        self,
        field: FieldDescriptorProto,
        entries: Mapping[str, DescriptorProto],
        oneofs: Sequence[str],
        path: _Path,
    ) -> Field:
        """Convert a field; `entries` are those of the maps in its message, by their type names."""
        entry = entries.get(field.type_name)
        is_label = field.label == FieldDescriptorProto.LABEL_REQUIRED
        # The oneof of a field with `optional` holds only this field, and is not in the file.
        in_oneof = field.HasField("oneof_index") and not field.proto3_optional
        # protoc fills in json_name everywhere: only one that differs from its default was written.
        stated = field.json_name and field.json_name != proto_json(field.name)
        return Field(
            name=field.name,
            json_name=field.json_name if stated else field.name,
            number=field.number,
            type=_map(entry) if entry else _type(field),
            repeated=field.label == FieldDescriptorProto.LABEL_REPEATED and not entry,
            required=is_required(field) if self.marks_required else None,
            optional=not in_oneof and self.is_explicit(field),
            oneof=oneofs[field.oneof_index] if in_oneof else "",
            default=_default(field),
            deprecated=field.options.deprecated,
            description=self.locations.comment(path),
            provenance={"required": "proto2"} if is_label else {},
            span=self.locations.span(path),
        )

    def is_explicit(self, field: FieldDescriptorProto) -> bool:
        """Return whether a scalar or enum has explicit presence, as all of proto2 have."""
        if field.type in _MESSAGE_TYPES or field.label == FieldDescriptorProto.LABEL_REPEATED:
            return False
        return field.proto3_optional or self.is_proto2

    def enum(self, enum: EnumDescriptorProto, scope: str, path: _Path) -> Enum:
        return Enum(
            name=enum.name,
            full_name=_qualify(scope, enum.name),
            values=tuple(
                EnumValue(
                    name=value.name,
                    json_name=value.name,
                    number=value.number,
                    description=self.locations.comment((*path, _MEMBERS, index)),
                    deprecated=value.options.deprecated,
                    span=self.locations.span((*path, _MEMBERS, index)),
                )
                for index, value in enumerate(enum.value)
            ),
            reserved=_reserved(
                enum.reserved_name, [(r.start, r.end + 1) for r in enum.reserved_range]
            ),
            description=self.locations.comment(path),
            deprecated=enum.options.deprecated,
            span=self.locations.heading(path),
        )

    def service(self, service: ServiceDescriptorProto, package: str, path: _Path) -> Service:
        return Service(
            name=service.name,
            full_name=_qualify(package, service.name),
            methods=tuple(
                self.method(method, (*path, _MEMBERS, index))
                for index, method in enumerate(service.method)
            ),
            description=self.locations.comment(path),
            span=self.locations.heading(path),
        )

    def method(self, method: MethodDescriptorProto, path: _Path) -> Method:
        span = self.locations.heading(path)
        return Method(
            name=method.name,
            request=method.input_type.removeprefix("."),
            response=method.output_type.removeprefix("."),
            request_streams=method.client_streaming,
            response_streams=method.server_streaming,
            routes=tuple(routes(method, span)),
            deprecated=method.options.deprecated,
            description=self.locations.comment(path),
            span=span,
        )


def _map(entry: DescriptorProto) -> Map:
    """Return the type of a map from the message of its entries."""
    key, values = (_type(field) for field in sorted(entry.field, key=lambda field: field.number))
    assert not isinstance(values, Map)
    return Map(key=key.name, value=values)


def _default(field: FieldDescriptorProto) -> str:
    """Return the default value of proto2 in JSON, or ""."""
    if not field.HasField("default_value"):
        return ""
    texts = (FieldDescriptorProto.TYPE_STRING, FieldDescriptorProto.TYPE_BYTES)
    is_text = field.type in (*texts, FieldDescriptorProto.TYPE_ENUM)
    return json.dumps(field.default_value) if is_text else field.default_value


def _type(field: FieldDescriptorProto) -> Scalar | MessageRef | EnumRef:
    name = field.type_name.removeprefix(".")
    match field.type:
        case FieldDescriptorProto.TYPE_MESSAGE | FieldDescriptorProto.TYPE_GROUP:
            return MessageRef(name=name)
        case FieldDescriptorProto.TYPE_ENUM:
            return EnumRef(name=name)
        case _:
            scalar = FieldDescriptorProto.Type.Name(field.type)
            return Scalar(name=scalar.removeprefix("TYPE_").lower())


def _reserved(names: Iterable[str], ranges: Iterable[tuple[int, int]]) -> tuple[Reserved, ...]:
    """Return reserved ranges without names, then reserved names with the number 0; the end of a
    range is exclusive. Descriptors do not relate names to numbers.
    """
    return (
        *(
            Reserved(
                name="", json_name="", number=start, last=None if end == start + 1 else end - 1
            )
            for start, end in ranges
        ),
        *(Reserved(name=name, json_name=name, number=0) for name in names),
    )


def _qualify(scope: str, name: str) -> str:
    return f"{scope}.{name}" if scope else name
