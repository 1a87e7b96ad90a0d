"""Emits the `.proto` files: proto3, one per page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from functools import partial
from hashlib import sha256

from apiscribe.emit.encoders import Encoded, comment, comment_verbatim, name, proto_string
from apiscribe.emit.output import Output
from apiscribe.emit.render_task import RenderTask
from apiscribe.emit.templates import render
from apiscribe.model.api import (
    Api,
    Enum,
    EnumValue,
    Example,
    Field,
    File,
    Message,
    Method,
    Reserved,
    Route,
    Service,
)
from apiscribe.model.names import proto_json
from apiscribe.model.types import SCALARS, WELL_KNOWN

_TEMPLATES = ("proto/file.proto.j2",)
_INDENT = 2
# Keywords that may not start a type name.
_KEYWORDS = frozenset(
    "edition enum export extend extensions group import local map max message oneof option optional"
    " package public repeated required reserved returns rpc service stream syntax to weak".split()
)


@dataclass(frozen=True)
class _Line:
    """A declaration on one line, after its comment."""

    comment: list[Encoded]
    text: Encoded


@dataclass(frozen=True)
class _Body:
    """A declaration with a body: nested declarations first, then `reserved`, then its lines. The
    examples precede its comment, separated by a blank line.
    """

    examples: list[list[Encoded]]
    comment: list[Encoded]
    name: Encoded
    reserved: list[Encoded]
    lines: list[_Line]
    enums: list[_Body]


@dataclass(frozen=True)
class _MethodView:
    examples: list[list[Encoded]]
    comment: list[Encoded]
    name: Encoded
    request: Encoded
    response: Encoded
    request_stream: bool
    response_stream: bool
    routes: list[_RouteView]


@dataclass(frozen=True)
class _RouteView:
    verb: Encoded
    path: Encoded
    body: Encoded | None


def emit_proto(api: Api) -> Iterator[RenderTask]:
    """Yield the files in proto/, the import root."""
    scopes = _scopes(api)
    digest = sha256("\0".join(sorted(scopes)).encode()).hexdigest()
    for file in api.files:
        imports = _imports(api, file)
        make = partial(_outputs, file, imports, scopes)
        cache_key = (api.digests[file.path], imports, digest)
        yield RenderTask("proto", cache_key, make, _TEMPLATES, api.digests[file.path].size)


def _outputs(file: File, imports: Sequence[str], scopes: Set[str]) -> list[Output]:
    return [Output.text(f"proto/{file.path}", _render(file, imports, scopes))]


def _render(file: File, imports: Sequence[str], scopes: Set[str]) -> str:
    writer = _Writer(file, scopes)
    source = f"From {file.page}." if file.page else "Names that pages use but no page declares."
    return render(
        *_TEMPLATES,
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
        messages=[writer.message(message) for message in file.messages],
        http=writer.reference("google.api.http", None),
    )


def _imports(api: Api, file: File) -> list[str]:
    used = {field.type.name for message in file.messages for field in message.fields}
    methods = [method for service in file.services for method in service.methods]
    used |= {name_ for method in methods for name_ in (method.request, method.response)}
    paths = {f"google/protobuf/{WELL_KNOWN[name_]}.proto" for name_ in used & WELL_KNOWN.keys()}
    if any(method.routes for method in methods):
        paths.add("google/api/annotations.proto")
    if any(field.required for message in file.messages for field in message.fields):
        paths.add("google/api/field_behavior.proto")
    return sorted(paths | set(api.imports(file)))


class _Writer:
    """Builds the views of the declarations of one file."""

    def __init__(self, file: File, scopes: Set[str]) -> None:
        self.package, self.scopes = file.package, scopes
        self.behavior = self.reference("google.api.field_behavior", None)

    def message(self, message: Message) -> _Body:
        inside = _names_inside(message)
        json_names = Counter(field.json_name for field in message.fields)
        return _Body(
            examples=_examples(message.examples),
            comment=comment(message.description),
            name=name(message.name),
            reserved=_reserved(message.reserved, message.fields),
            lines=[self.field(field, message, inside, json_names) for field in message.fields],
            enums=[self.enum(enum) for enum in message.enums],
        )

    def enum(self, enum: Enum) -> _Body:
        lines = [
            _Line([], Encoded(f"{name(value.name)} = {value.number};")) for value in enum.values
        ]
        return _Body([], [], name(enum.name), _reserved(enum.reserved, enum.values), lines, [])

    def field(
        self, field: Field, message: Message, inside: Set[str], json_names: Counter[str]
    ) -> _Line:
        label = "repeated " if field.repeated else ""
        type_ = self.reference(field.type.name, message, inside)
        options = [f"({self.behavior}) = REQUIRED"] if field.required else []
        # If the default JSON name of one field is the documented name of another, state both.
        others = json_names[proto_json(field.name)] - (field.json_name == proto_json(field.name))
        if field.json_name != field.name or others:
            options.append(f"json_name = {proto_string(field.json_name)}")
        suffix = f" [{', '.join(options)}]" if options else ""
        text = f"{label}{type_} {name(field.name)} = {field.number}{suffix};"
        return _Line(comment(field.description, _INDENT), Encoded(text))

    def methods(self, service: Service) -> list[_MethodView]:
        inside = _names_inside(service)
        return [self.method(method, service, inside) for method in service.methods]

    def method(self, method: Method, service: Service, inside: Set[str]) -> _MethodView:
        return _MethodView(
            examples=_examples(method.examples),
            comment=comment(method.description, _INDENT),
            name=name(method.name),
            request=self.reference(method.request, service, inside),
            response=self.reference(method.response, service, inside),
            request_stream=method.request_streams,
            response_stream=method.response_streams,
            routes=[self.route(route) for route in method.routes],
        )

    def route(self, route: Route) -> _RouteView:
        return _RouteView(
            verb=name(route.verb.lower()),
            path=proto_string(route.path),
            body=proto_string(route.body) if route.body else None,
        )

    def reference(
        self, full_name: str, scope: Message | Service | None, inside: Set[str] = frozenset()
    ) -> Encoded:
        """Return the shortest unambiguous name of a type in a message or service; `inside` are the
        names declared there.

        protoc looks up the first part of a name in the innermost scope first, and stops at the
        first match (language guide, "Packages and Name Resolution"). If that is another
        declaration, return the full name with a leading dot.
        """
        if full_name in SCALARS:
            return name(full_name)
        short = full_name.removeprefix(f"{scope.full_name}.") if scope else full_name
        if short != full_name and short not in _KEYWORDS:
            return name(short)
        short = full_name.removeprefix(f"{self.package}.")
        first = short.split(".")[0]
        hidden = first in _KEYWORDS or first in inside
        if short == full_name:
            parts = self.package.split(".")
            around = (".".join(parts[:count]) for count in range(len(parts), 0, -1))
            hidden = hidden or any(f"{outer}.{first}" in self.scopes for outer in around)
        return name(f".{full_name}" if hidden else short)


def _names_inside(scope: Message | Service) -> set[str]:
    if isinstance(scope, Service):
        return {method.name for method in scope.methods}
    values = {value.name for enum in scope.enums for value in enum.values}
    return values | {enum.name for enum in scope.enums} | {field.name for field in scope.fields}


def _scopes(api: Api) -> set[str]:
    """Return the full names that a lookup may stop at, from packages to enum values."""
    packages = {file.package for file in api.files} | {"google.api", "google.protobuf"}
    names = {".".join(p.split(".")[:n]) for p in packages for n in range(1, p.count(".") + 2)}
    names |= {message.full_name for _, message in api.messages()}
    names |= {service.full_name for _, service in api.services()}
    for file in api.files:
        names |= {enum.full_name for enum in file.enums}
        names |= {f"{file.package}.{v.name}" for enum in file.enums for v in enum.values}
    return names


def _reserved(
    reserved: Sequence[Reserved], in_use: Sequence[Field] | Sequence[EnumValue]
) -> list[Encoded]:
    """Return the `reserved` statements. A reserved 0 of an enum may be in use: proto3 requires a
    value 0.
    """
    taken = {entry.number for entry in in_use}
    numbers = ", ".join(str(entry.number) for entry in reserved if entry.number not in taken)
    names = ", ".join(proto_string(entry.name) for entry in reserved if entry.name)
    return [Encoded(f"reserved {listed};") for listed in (numbers, names) if listed]


def _examples(examples: Iterable[Example]) -> list[list[Encoded]]:
    return [comment_verbatim(f"Example ({e.role}):", e.text) for e in examples]
