"""Descriptors → Api: what `.proto` files declare, in the words of the model.

Nothing is inferred here: a descriptor states every fact that it has. What it has no word for stays
open: whether a field of a message is required where nothing says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
    FileDescriptorSet,
    ServiceDescriptorProto,
)
from google.protobuf.message import DecodeError

from apiscribe.ir import Api, Enum, EnumValue, Field, File, Message, Method, Service, TypeRef
from apiscribe.protoc import ProtocError, compile_folder
from apiscribe.source import Span


class DescriptorsError(Exception):
    """A file or folder that holds no descriptors; the text says why."""


def read_descriptors(place: Path) -> Api:
    """The Api of a folder of `.proto` files, which is their import root, or of a file that holds a
    FileDescriptorSet. Raises DescriptorsError.
    """
    try:
        if place.is_dir():
            paths = sorted(file.relative_to(place).as_posix() for file in place.rglob("*.proto"))
            return api_of(place.name, compile_folder(place, paths).values())
        return api_of(place.stem, FileDescriptorSet.FromString(place.read_bytes()).file)
    except (DecodeError, ProtocError) as error:
        raise DescriptorsError(str(error)) from error


def api_of(name: str, files: Iterable[FileDescriptorProto]) -> Api:
    """The Api that the files declare; a message in a message is named `Outer.Inner`."""
    return Api(name=name, files=tuple(_file(file) for file in files))


def _file(file: FileDescriptorProto) -> File:
    span = Span(file.name, 1, 1)
    return File(
        path=file.name,
        package=file.package,
        page=file.name,
        services=tuple(_service(service, file.package, span) for service in file.service),
        messages=tuple(
            _message(full_name, message, span)
            for full_name, message in _messages(file.package, file.message_type)
        ),
        enums=tuple(_enum(enum, file.package, span) for enum in file.enum_type),
    )


def _messages(
    scope: str, messages: Iterable[DescriptorProto]
) -> Iterator[tuple[str, DescriptorProto]]:
    """Every message with its full name, those inside others behind them."""
    for message in messages:
        full_name = _in(scope, message.name)
        yield full_name, message
        yield from _messages(full_name, message.nested_type)


def _message(full_name: str, message: DescriptorProto, span: Span) -> Message:
    return Message(
        name=message.name,
        full_name=full_name,
        fields=tuple(_field(field, span) for field in message.field),
        enums=tuple(_enum(enum, full_name, span) for enum in message.enum_type),
        span=span,
    )


def _field(field: FieldDescriptorProto, span: Span) -> Field:
    return Field(
        name=field.name,
        json_name=field.name,
        number=field.number,
        type=_type(field),
        repeated=field.label == FieldDescriptorProto.LABEL_REPEATED,
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


def _enum(enum: EnumDescriptorProto, scope: str, span: Span) -> Enum:
    return Enum(
        name=enum.name,
        full_name=_in(scope, enum.name),
        values=tuple(
            EnumValue(name=value.name, json_name=value.name, number=value.number, span=span)
            for value in enum.value
        ),
        span=span,
    )


def _service(service: ServiceDescriptorProto, package: str, span: Span) -> Service:
    return Service(
        name=service.name,
        full_name=_in(package, service.name),
        methods=tuple(
            Method(
                name=method.name,
                request=method.input_type.removeprefix("."),
                response=method.output_type.removeprefix("."),
                request_streams=method.client_streaming,
                response_streams=method.server_streaming,
                span=span,
            )
            for method in service.method
        ),
        span=span,
    )


def _in(scope: str, name: str) -> str:
    return f"{scope}.{name}" if scope else name
