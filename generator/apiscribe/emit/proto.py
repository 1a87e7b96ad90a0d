"""The `.proto` files: proto3, one a page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from apiscribe.emit.encoders import Encoded, comment, name, proto_string
from apiscribe.emit.output import Output
from apiscribe.emit.templates import render
from apiscribe.ir import WELL_KNOWN, Api, Enum, Field, File, Message, Method, Route

_INDENT = 2


@dataclass(frozen=True)
class _Line:
    """A declaration of one line, with its comment above it."""

    comment: list[Encoded]
    text: Encoded


@dataclass(frozen=True)
class _Body:
    """A declaration with a body: nested ones first, then its lines."""

    comment: list[Encoded]
    name: Encoded
    lines: list[_Line]
    enums: list[_Body]


@dataclass(frozen=True)
class _MethodView:
    comment: list[Encoded]
    name: Encoded
    request: Encoded
    response: Encoded
    routes: list[_RouteView]


@dataclass(frozen=True)
class _RouteView:
    verb: Encoded
    path: Encoded
    body: Encoded | None


def emit_proto(api: Api) -> Iterator[Output]:
    """The files below proto/, the import root."""
    for file in api.files:
        yield Output.text(f"proto/{file.path}", _render(api, file))


def _render(api: Api, file: File) -> str:
    writer = _Writer(file)
    source = f"From {file.page}." if file.page else "Names that pages use and none declares."
    return render(
        "proto/file.proto.j2",
        header=comment("\n\n".join(filter(None, [source, file.description]))),
        package=name(file.package),
        imports=[proto_string(path) for path in _imports(api, file)],
        services=[
            (name(service.name), [writer.method(method) for method in service.methods])
            for service in file.services
        ],
        messages=[writer.message(message) for message in file.messages],
    )


def _imports(api: Api, file: File) -> list[str]:
    used = {field.type.name for message in file.messages for field in message.fields}
    methods = [method for service in file.services for method in service.methods]
    used |= {name_ for method in methods for name_ in (method.request, method.response)}
    found = {f"google/protobuf/{WELL_KNOWN[name_]}.proto" for name_ in used & WELL_KNOWN.keys()}
    if any(method.routes for method in methods):
        found.add("google/api/annotations.proto")
    if any(field.required for message in file.messages for field in message.fields):
        found.add("google/api/field_behavior.proto")
    return sorted(found | set(api.imports(file)))


class _Writer:
    """Makes views of what stands in one file."""

    def __init__(self, file: File) -> None:
        self.package = file.package

    def message(self, message: Message) -> _Body:
        return _Body(
            comment=comment(message.description),
            name=name(message.name),
            lines=[self.field(field, message) for field in message.fields],
            enums=[self.enum(enum) for enum in message.enums],
        )

    def enum(self, enum: Enum) -> _Body:
        lines = [
            _Line([], Encoded(f"{name(value.name)} = {value.number};")) for value in enum.values
        ]
        return _Body([], name(enum.name), lines, [])

    def field(self, field: Field, message: Message) -> _Line:
        label = "repeated " if field.repeated else ""
        type_ = self.reference(field.type.name, message)
        options = ["(google.api.field_behavior) = REQUIRED"] if field.required else []
        if field.json_name != field.name:
            options.append(f"json_name = {proto_string(field.json_name)}")
        suffix = f" [{', '.join(options)}]" if options else ""
        text = f"{label}{type_} {name(field.name)} = {field.number}{suffix};"
        return _Line(comment(field.description, _INDENT), Encoded(text))

    def method(self, method: Method) -> _MethodView:
        return _MethodView(
            comment=comment(method.description, _INDENT),
            name=name(method.name),
            request=self.reference(method.request, None),
            response=self.reference(method.response, None),
            routes=[self.route(route) for route in method.routes],
        )

    def route(self, route: Route) -> _RouteView:
        return _RouteView(
            verb=name(route.verb.lower()),
            path=proto_string(route.path),
            body=proto_string(route.body) if route.body else None,
        )

    def reference(self, full_name: str, message: Message | None) -> Encoded:
        """The shortest sure name of a type in a message.

        Names of the own package go without it. A leading dot keeps the compiler from finding the
        first part in a nearer scope (language guide, "Packages and Name Resolution").
        """
        near = {enum.name for enum in message.enums} if message else set()
        near |= {field.name for field in message.fields} if message else set()
        inside = f"{message.full_name}." if message else ""
        if (
            message
            and full_name.startswith(inside)
            and full_name.removeprefix(inside) in {enum.name for enum in message.enums}
        ):
            return name(full_name.removeprefix(inside))
        short = full_name.removeprefix(f"{self.package}.")
        if short.split(".")[0] in near:
            return name(f".{full_name}")
        return name(short)
