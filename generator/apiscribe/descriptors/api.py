"""Descriptors → Api.

Nothing is inferred here: a descriptor states every fact that it has. What it has no word for stays
open: whether a field is required where no file marks any.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
    ServiceDescriptorProto,
)

from apiscribe.descriptors.options import is_required, marks_fields, routes_of
from apiscribe.descriptors.places import Places
from apiscribe.ir import (
    Api,
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

# Numbers of the parts in descriptor.proto, from which paths of places are made.
_MESSAGE, _ENUM, _SERVICE = 4, 5, 6
_FIELD, _NESTED, _NESTED_ENUM = 2, 3, 4
_VALUE, _METHOD = 2, 2
# A wider range is room that was left free, and no list of what was removed.
_WIDEST_RANGE = 100

Path = tuple[int, ...]


def api_of(name: str, files: Iterable[FileDescriptorProto]) -> Api:
    """The Api that the files declare; a message in a message is named `Outer.Inner`."""
    found = list(files)
    marked = marks_fields(found)
    return Api(name=name, files=tuple(_Reader(file, marked).file() for file in found))


class _Reader:
    """Reads one file; `marked` tells whether the files say what is required."""

    def __init__(self, file: FileDescriptorProto, marked: bool) -> None:
        self._file, self._marked = file, marked
        self._places = Places(file)

    def file(self) -> File:
        file = self._file
        return File(
            path=file.name,
            package=file.package,
            page=file.name,
            services=tuple(
                self._service(service, (_SERVICE, index))
                for index, service in enumerate(file.service)
            ),
            messages=tuple(
                self._message(full_name, message, path)
                for full_name, message, path in _messages(file.package, file.message_type, ())
            ),
            enums=tuple(
                self._enum(enum, file.package, (_ENUM, index))
                for index, enum in enumerate(file.enum_type)
            ),
        )

    def _message(self, full_name: str, message: DescriptorProto, path: Path) -> Message:
        return Message(
            name=message.name,
            full_name=full_name,
            fields=tuple(
                self._field(field, (*path, _FIELD, index))
                for index, field in enumerate(message.field)
            ),
            enums=tuple(
                self._enum(enum, full_name, (*path, _NESTED_ENUM, index))
                for index, enum in enumerate(message.enum_type)
            ),
            # The end of a message's range is behind it, that of an enum's in it.
            reserved=_reserved(
                [(entry.start, entry.end - 1) for entry in message.reserved_range],
                message.reserved_name,
            ),
            description=self._places.comment(path),
            span=self._places.span(path),
        )

    def _field(self, field: FieldDescriptorProto, path: Path) -> Field:
        return Field(
            name=field.name,
            json_name=_documented(field),
            number=field.number,
            type=_type(field),
            repeated=field.label == FieldDescriptorProto.LABEL_REPEATED,
            required=is_required(field.options) if self._marked else None,
            description=self._places.comment(path),
            span=self._places.span(path),
        )

    def _enum(self, enum: EnumDescriptorProto, scope: str, path: Path) -> Enum:
        return Enum(
            name=enum.name,
            full_name=_in(scope, enum.name),
            values=tuple(
                EnumValue(
                    name=value.name,
                    json_name=value.name,
                    number=value.number,
                    span=self._places.span((*path, _VALUE, index)),
                )
                for index, value in enumerate(enum.value)
            ),
            reserved=_reserved(
                [(entry.start, entry.end) for entry in enum.reserved_range], enum.reserved_name
            ),
            span=self._places.span(path),
        )

    def _service(self, service: ServiceDescriptorProto, path: Path) -> Service:
        methods = []
        for index, method in enumerate(service.method):
            place = (*path, _METHOD, index)
            span = self._places.span(place)
            methods.append(
                Method(
                    name=method.name,
                    request=method.input_type.removeprefix("."),
                    response=method.output_type.removeprefix("."),
                    request_streams=method.client_streaming,
                    response_streams=method.server_streaming,
                    routes=routes_of(method.options, span),
                    description=self._places.comment(place),
                    span=span,
                )
            )
        return Service(
            name=service.name,
            full_name=_in(self._file.package, service.name),
            methods=tuple(methods),
            description=self._places.comment(path),
            span=self._places.span(path),
        )


def _messages(
    scope: str, messages: Iterable[DescriptorProto], path: Path
) -> Iterator[tuple[str, DescriptorProto, Path]]:
    """Every message with its full name and place, those inside others behind them."""
    part = _NESTED if path else _MESSAGE
    for index, message in enumerate(messages):
        full_name = _in(scope, message.name)
        place = (*path, part, index)
        yield full_name, message, place
        yield from _messages(full_name, message.nested_type, place)


def _documented(field: FieldDescriptorProto) -> str:
    """The name of a field in JSON where the file states one that is not made from its name."""
    words = field.name.split("_")
    made = words[0] + "".join(word[:1].upper() + word[1:] for word in words[1:])
    return field.name if field.json_name in ("", made) else field.json_name


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


def _reserved(ranges: Sequence[tuple[int, int]], names: Iterable[str]) -> tuple[Reserved, ...]:
    """What is reserved; a `.proto` does not say which number was which name's."""
    numbers = [
        Reserved(name="", json_name="", number=number)
        for first, last in ranges
        if last - first < _WIDEST_RANGE
        for number in range(first, last + 1)
    ]
    return (*numbers, *(Reserved(name=name, json_name=name, number=0) for name in names))


def _in(scope: str, name: str) -> str:
    return f"{scope}.{name}" if scope else name
