"""Files, messages, enums and services of descriptors → those of the model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
    MethodDescriptorProto,
    ServiceDescriptorProto,
)

from apiscribe.model.api import (
    Enum,
    EnumValue,
    Field,
    File,
    Message,
    Method,
    Reserved,
    Service,
    TypeRef,
)
from apiscribe.model.names import proto_json
from apiscribe.sources.descriptors.options import is_required, routes
from apiscribe.sources.descriptors.places import Places

# The numbers of fields in descriptor.proto, by which a location names its declaration.
_PACKAGE, _MESSAGES, _ENUMS, _SERVICES = 2, 4, 5, 6  # of a FileDescriptorProto
_FIELDS, _NESTED, _ENUMS_INSIDE = 2, 3, 4  # of a DescriptorProto
_PARTS = 2  # values of an EnumDescriptorProto, methods of a ServiceDescriptorProto

# `reserved 100 to max` keeps numbers free for good; what was removed was removed one by one.
_WIDEST_RANGE = 1000

_Path = tuple[int, ...]


def file_of(file: FileDescriptorProto, marks_required: bool) -> File:
    """The file; `marks_required` tells whether a field without a mark is not required."""
    reader = _Reader(Places(file), marks_required)
    return File(
        path=file.name,
        package=file.package,
        page=file.name,
        description=reader.places.comment((_PACKAGE,)),
        services=tuple(
            reader.service(service, file.package, (_SERVICES, index))
            for index, service in enumerate(file.service)
        ),
        messages=tuple(
            reader.message(message, full_name, path)
            for full_name, message, path in _messages(file.package, file.message_type, (_MESSAGES,))
        ),
        enums=tuple(
            reader.enum(enum, file.package, (_ENUMS, index))
            for index, enum in enumerate(file.enum_type)
        ),
    )


def _messages(
    scope: str, messages: Iterable[DescriptorProto], path: _Path
) -> Iterator[tuple[str, DescriptorProto, _Path]]:
    """Every message with its full name and path, those inside others behind them."""
    for index, message in enumerate(messages):
        full_name, at = _in(scope, message.name), (*path, index)
        yield full_name, message, at
        yield from _messages(full_name, message.nested_type, (*at, _NESTED))


@dataclass(frozen=True)
class _Reader:
    """Reads the declarations of one file; a path is that of a location in descriptor.proto."""

    places: Places
    marks_required: bool

    def message(self, message: DescriptorProto, full_name: str, path: _Path) -> Message:
        return Message(
            name=message.name,
            full_name=full_name,
            fields=tuple(
                self.field(field, (*path, _FIELDS, index))
                for index, field in enumerate(message.field)
            ),
            enums=tuple(
                self.enum(enum, full_name, (*path, _ENUMS_INSIDE, index))
                for index, enum in enumerate(message.enum_type)
            ),
            # descriptor.proto: the end of a message's range is outside it, that of an enum's inside
            reserved=_reserved(
                message.reserved_name, [(r.start, r.end) for r in message.reserved_range]
            ),
            description=self.places.comment(path),
            span=self.places.heading(path),
        )

    def field(self, field: FieldDescriptorProto, path: _Path) -> Field:
        # protoc states a name for JSON everywhere; one that it made says nothing.
        stated = field.json_name and field.json_name != proto_json(field.name)
        return Field(
            name=field.name,
            json_name=field.json_name if stated else field.name,
            number=field.number,
            type=_type(field),
            repeated=field.label == FieldDescriptorProto.LABEL_REPEATED,
            required=is_required(field) if self.marks_required else None,
            description=self.places.comment(path),
            span=self.places.span(path),
        )

    def enum(self, enum: EnumDescriptorProto, scope: str, path: _Path) -> Enum:
        return Enum(
            name=enum.name,
            full_name=_in(scope, enum.name),
            values=tuple(
                EnumValue(
                    name=value.name,
                    json_name=value.name,
                    number=value.number,
                    span=self.places.span((*path, _PARTS, index)),
                )
                for index, value in enumerate(enum.value)
            ),
            reserved=_reserved(
                enum.reserved_name, [(r.start, r.end + 1) for r in enum.reserved_range]
            ),
            span=self.places.heading(path),
        )

    def service(self, service: ServiceDescriptorProto, package: str, path: _Path) -> Service:
        return Service(
            name=service.name,
            full_name=_in(package, service.name),
            methods=tuple(
                self.method(method, (*path, _PARTS, index))
                for index, method in enumerate(service.method)
            ),
            description=self.places.comment(path),
            span=self.places.heading(path),
        )

    def method(self, method: MethodDescriptorProto, path: _Path) -> Method:
        span = self.places.heading(path)
        return Method(
            name=method.name,
            request=method.input_type.removeprefix("."),
            response=method.output_type.removeprefix("."),
            request_streams=method.client_streaming,
            response_streams=method.server_streaming,
            routes=tuple(routes(method, span)),
            description=self.places.comment(path),
            span=span,
        )


def _type(field: FieldDescriptorProto) -> TypeRef:
    name = field.type_name.removeprefix(".")
    match field.type:
        case FieldDescriptorProto.TYPE_MESSAGE | FieldDescriptorProto.TYPE_GROUP:
            return TypeRef(kind="message", name=name)
        case FieldDescriptorProto.TYPE_ENUM:
            return TypeRef(kind="enum", name=name)
        case _:
            scalar = FieldDescriptorProto.Type.Name(field.type)
            return TypeRef(kind="scalar", name=scalar.removeprefix("TYPE_").lower())


def _reserved(names: Iterable[str], ranges: Iterable[tuple[int, int]]) -> tuple[Reserved, ...]:
    """What is reserved: numbers without a name, then names with the number 0, for a descriptor
    does not say which belong together. Ranges of more than a thousand numbers are left out.
    """
    numbers = [
        n for start, end in ranges if end - start <= _WIDEST_RANGE for n in range(start, end)
    ]
    return (
        *(Reserved(name="", json_name="", number=number) for number in numbers),
        *(Reserved(name=name, json_name=name, number=0) for name in names),
    )


def _in(scope: str, name: str) -> str:
    return f"{scope}.{name}" if scope else name
