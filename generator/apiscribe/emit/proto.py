"""Emits the `.proto` files: proto3, one per page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from typing import assert_never

from apiscribe.emit.encoders import (
    Encoded,
    comment,
    comment_verbatim,
    generated_by,
    name,
    proto_string,
)
from apiscribe.emit.output import Output
from apiscribe.emit.proto_names import TypeNames, all_scopes, names_inside
from apiscribe.emit.render_task import RenderTask
from apiscribe.emit.templates import render
from apiscribe.model.api import Api, Enum, EnumValue, Field, File, Message, Method, Route, Service
from apiscribe.model.http import Example
from apiscribe.model.names import proto_json
from apiscribe.model.reserved import Reserved
from apiscribe.model.types import LIBRARY_TYPES, EnumRef, Map, MessageRef, Scalar, Type

_FILE = "proto/file.proto.j2"
_TEMPLATES = (_FILE, "proto/message.j2", "proto/enum.j2")
_INDENT = 2


@dataclass(frozen=True)
class _Line:
    """A declaration on one line, after its comment."""

    comment: list[Encoded]
    text: Encoded


@dataclass(frozen=True)
class _Group:
    """The fields of a oneof, or fields in none (`oneof` is None)."""

    oneof: Encoded | None
    lines: list[_Line]


@dataclass(frozen=True)
class _EnumView:
    comment: list[Encoded]
    name: Encoded
    deprecated: bool
    has_aliases: bool  # several values have one number
    reserved: list[Encoded]
    lines: list[_Line]


@dataclass(frozen=True)
class _MessageView:
    """A message: nested declarations first, then `reserved`, then its fields. The examples precede
    its comment, separated by a blank line.
    """

    examples: list[list[Encoded]]
    comment: list[Encoded]
    name: Encoded
    deprecated: bool
    enums: list[_EnumView]
    messages: list[_MessageView]
    reserved: list[Encoded]
    groups: list[_Group]

    @property
    def is_empty(self) -> bool:
        """Whether nothing is in its body."""
        inside = (self.enums, self.messages, self.reserved, self.groups)
        return not self.deprecated and not any(inside)


@dataclass(frozen=True)
class _MethodView:
    examples: list[list[Encoded]]
    comment: list[Encoded]
    name: Encoded
    request: Encoded
    response: Encoded
    request_stream: bool
    response_stream: bool
    deprecated: bool
    routes: list[_RouteView]


@dataclass(frozen=True)
class _RouteView:
    verb: Encoded
    path: Encoded
    body: Encoded | None


def emit_proto(api: Api) -> Iterator[RenderTask]:
    """Yield the files in proto/, the import root."""
    scopes = all_scopes(api)
    digest = sha256("\0".join(sorted(scopes)).encode()).hexdigest()
    for file in api.files:
        imports = _imports(api, file)
        make = partial(_outputs, file, imports, scopes)
        cache_key = (api.digests[file.path], imports, digest)
        size = api.digests[file.path].size
        yield RenderTask("proto", cache_key, make, _TEMPLATES, size, is_python=False)


def _outputs(file: File, imports: Sequence[str], scopes: Set[str]) -> list[Output]:
    return [Output.text(f"proto/{file.path}", _render(file, imports, scopes))]


def _render(file: File, imports: Sequence[str], scopes: Set[str]) -> str:
    writer = _Writer(file, scopes)
    source = generated_by(file.page)
    if not file.page:
        source += " Names that pages use but no page declares."
    top_level = [message for message in file.messages if not writer.is_nested(message)]
    return render(
        _FILE,
        header=comment("\n\n".join(filter(None, [source, file.description]))),
        package=name(file.package),
        imports=[proto_string(path) for path in imports],
        services=[
            (
                comment(service.description),
                name(service.name),
                writer.methods(service),
            )
            for service in file.services
        ],
        enums=[writer.enum(enum) for enum in file.enums],
        messages=[writer.message(message) for message in top_level],
        http=writer.names.reference("google.api.http", None),
    )


def _imports(api: Api, file: File) -> list[str]:
    used = {name_ for message in file.messages for name_ in message.type_names()}
    methods = [method for service in file.services for method in service.methods]
    used |= {name_ for method in methods for name_ in (method.request, method.response)}
    own = used & LIBRARY_TYPES.keys()
    paths = {f"google/protobuf/{LIBRARY_TYPES[name_]}.proto" for name_ in own}
    if any(method.routes for method in methods):
        paths.add("google/api/annotations.proto")
    if any(field.required for message in file.messages for field in message.fields):
        paths.add("google/api/field_behavior.proto")
    return sorted(paths | set(api.imports(file)))


class _Writer:
    """Builds the views of the declarations of one file."""

    def __init__(self, file: File, scopes: Set[str]) -> None:
        self.names = TypeNames(file.package, scopes)
        self.nested: dict[str, list[Message]] = {message.full_name: [] for message in file.messages}
        for message in file.messages:
            if self.is_nested(message):
                self.nested[message.full_name.rpartition(".")[0]].append(message)
        self.behavior = self.names.reference("google.api.field_behavior", None)

    def is_nested(self, message: Message) -> bool:
        """Return whether a message is in another message of the file."""
        return message.full_name.rpartition(".")[0] in self.nested

    def message(self, message: Message, around: Set[str] = frozenset()) -> _MessageView:
        """Return the view of a message; the messages around it declare the names `around`."""
        nested = self.nested[message.full_name]
        inside = around | names_inside(message) | {inner.name for inner in nested}
        json_names = Counter(field.json_name for field in message.fields)
        groups: dict[str, _Group] = {}
        for field in message.fields:
            # A oneof is where its first field is; a field in none is apart.
            key = f"oneof {field.oneof}" if field.oneof else field.name
            oneof = name(field.oneof) if field.oneof else None
            line = self.field(field, message, inside, json_names)
            groups.setdefault(key, _Group(oneof, [])).lines.append(line)
        return _MessageView(
            examples=_examples(message.examples),
            comment=comment(message.description),
            name=name(message.name),
            deprecated=message.deprecated,
            enums=[self.enum(enum) for enum in message.enums],
            messages=[self.message(inner, inside) for inner in nested],
            reserved=_reserved(message.reserved, message.fields),
            groups=list(groups.values()),
        )

    def enum(self, enum: Enum) -> _EnumView:
        return _EnumView(
            comment=comment(enum.description),
            name=name(enum.name),
            deprecated=enum.deprecated,
            has_aliases=len({value.number for value in enum.values}) < len(enum.values),
            reserved=_reserved(enum.reserved, enum.values),
            lines=[_value(value) for value in enum.values],
        )

    def field(
        self, field: Field, message: Message, inside: Set[str], json_names: Counter[str]
    ) -> _Line:
        label = "repeated " if field.repeated else "optional " if field.optional else ""
        type_ = self.type(field.type, message, inside)
        options = [f"({self.behavior}) = REQUIRED"] if field.required else []
        options += ["deprecated = true"] if field.deprecated else []
        # If the default JSON name of one field is the documented name of another, state both.
        others = json_names[proto_json(field.name)] - (field.json_name == proto_json(field.name))
        if field.json_name != field.name or others:
            options.append(f"json_name = {proto_string(field.json_name)}")
        text = f"{label}{type_} {name(field.name)} = {field.number}{_options(options)};"
        return _Line(
            comment(field.description, 2 * _INDENT if field.oneof else _INDENT), Encoded(text)
        )

    def type(self, type_: Type, message: Message, inside: Set[str]) -> Encoded:
        """Return the type of a field of a message."""
        match type_:
            case Scalar():
                return name(type_.name)
            case MessageRef() | EnumRef():
                return self.names.reference(type_.name, message, inside)
            case Map():
                values = self.type(type_.value, message, inside)
                return Encoded(f"map<{name(type_.key)}, {values}>")
            case _:
                assert_never(type_)

    def methods(self, service: Service) -> list[_MethodView]:
        inside = names_inside(service)
        return [self.method(method, service, inside) for method in service.methods]

    def method(self, method: Method, service: Service, inside: Set[str]) -> _MethodView:
        return _MethodView(
            examples=_examples(method.examples),
            comment=comment(method.description, _INDENT),
            name=name(method.name),
            request=self.names.reference(method.request, service, inside),
            response=self.names.reference(method.response, service, inside),
            request_stream=method.request_streams,
            response_stream=method.response_streams,
            deprecated=method.deprecated,
            routes=[self.route(route) for route in method.routes],
        )

    def route(self, route: Route) -> _RouteView:
        return _RouteView(
            verb=name(route.verb.lower()),
            path=proto_string(route.path),
            body=proto_string(route.body) if route.body else None,
        )


def _value(value: EnumValue) -> _Line:
    options = _options(["deprecated = true"] if value.deprecated else [])
    text = f"{name(value.name)} = {value.number}{options};"
    return _Line(comment(value.description, _INDENT), Encoded(text))


def _options(options: Sequence[str]) -> str:
    return f" [{', '.join(options)}]" if options else ""


def _reserved(
    reserved: Sequence[Reserved], in_use: Sequence[Field] | Sequence[EnumValue]
) -> list[Encoded]:
    """Return the `reserved` statements. A reserved 0 of an enum may be in use: proto3 requires a
    value 0.
    """
    taken = {entry.number for entry in in_use}
    free = (entry for entry in reserved if entry.number not in taken and not entry.is_name_alone)
    numbers = ", ".join(entry.numbers_text for entry in free)
    names = ", ".join(proto_string(entry.name) for entry in reserved if entry.name)
    return [Encoded(f"reserved {listed};") for listed in (numbers, names) if listed]


def _examples(examples: Iterable[Example]) -> list[list[Encoded]]:
    return [comment_verbatim(f"Example ({e.role}):", e.text) for e in examples]
