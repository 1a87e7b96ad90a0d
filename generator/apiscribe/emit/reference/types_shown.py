"""The messages and enums of a file, as the reference shows them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apiscribe.emit.encoders import Encoded, html_text
from apiscribe.emit.html_prose import html_prose
from apiscribe.emit.reference.origins import OriginView, origin
from apiscribe.emit.reference.type_links import TypeLinks, TypeView
from apiscribe.model.api import Api, Enum, Field, File, Message
from apiscribe.model.types import values_type

_MOST_USES = 12


@dataclass(frozen=True)
class FieldView:
    """A field: its documented name, its name in protobuf if it is another, type, and marks."""

    name: Encoded
    proto_name: Encoded | None
    number: int
    type: TypeView
    marks: list[Encoded]
    about: list[Encoded]
    facts: list[Encoded]
    origin: OriginView


@dataclass(frozen=True)
class ValueView:
    """A value of an enum."""

    name: Encoded
    proto_name: Encoded | None
    number: int
    marks: list[Encoded]
    about: list[Encoded]
    origin: OriginView


@dataclass(frozen=True)
class ExampleView:
    """An example, line by line."""

    title: Encoded
    lines: list[Encoded]


@dataclass(frozen=True)
class MessageView:
    """A message or an enum (then it has `values`); `uses` are links to what refers to it."""

    full_name: Encoded
    name: Encoded
    package: Encoded
    kind: Encoded
    marks: list[Encoded]
    about: list[Encoded]
    fields: list[FieldView]
    values: list[ValueView]
    examples: list[ExampleView]
    uses: list[TypeView]
    more_uses: int
    origin: OriginView


def declared_types(file: File) -> Iterator[Message | Enum]:
    """Yield the messages and enums of a file, each message before its enums."""
    for message in file.messages:
        yield message
        yield from message.enums
    yield from file.enums


def uses_of_types(api: Api) -> Mapping[str, Sequence[str]]:
    """Return full name of a message or enum → the messages and methods that refer to it.

    A method is `package.Service/Method`.
    """
    uses: dict[str, dict[str, None]] = {}
    for _, service in api.services():
        for method in service.methods:
            for name in (method.request, method.response):
                uses.setdefault(name, {})[f"{service.full_name}/{method.name}"] = None
    for _, message in api.messages():
        for field in message.fields:
            uses.setdefault(values_type(field.type).name, {})[message.full_name] = None
    return {name: list(users) for name, users in uses.items()}


def type_view(
    declared: Message | Enum, package: str, links: TypeLinks, uses: Sequence[str]
) -> MessageView:
    """Return the view of a message or an enum of a package."""
    marks = {"incomplete": declared.incomplete, "deprecated": declared.deprecated}
    message = declared if isinstance(declared, Message) else None
    return MessageView(
        full_name=html_text(declared.full_name),
        name=html_text(declared.name),
        package=html_text(package),
        kind=html_text("message" if message else "enum"),
        marks=[html_text(mark) for mark, holds in marks.items() if holds],
        about=html_prose(declared.description),
        fields=[_field(f, links, declared.span.path) for f in message.fields] if message else [],
        values=list(_values(declared)) if isinstance(declared, Enum) else [],
        examples=[example_view("Example", e.text) for e in message.examples] if message else [],
        uses=[_use(name) for name in uses[:_MOST_USES]],
        more_uses=max(len(uses) - _MOST_USES, 0),
        origin=origin(declared.span, declared.provenance),
    )


def example_view(title: str, text: str) -> ExampleView:
    """Return the view of an example; its line breaks stay."""
    return ExampleView(html_text(title), [html_text(line) for line in text.splitlines()])


def field_marks(field: Any) -> Iterator[str]:
    """Yield the marks of a field or a parameter."""
    if field.required:
        yield "required"
    if getattr(field, "nullable", False):
        yield "nullable"
    if getattr(field, "oneof", ""):
        yield f"one of {field.oneof}"
    if field.deprecated:
        yield "deprecated"


def field_facts(field: Any) -> Iterator[str]:
    """Yield the default and the constraints of a field or a parameter."""
    if field.default:
        yield f"default {field.default}"
    for keyword, value in field.constraints.items():
        shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        yield f"{keyword} {shown}"


def _field(field: Field, links: TypeLinks, page: str) -> FieldView:
    return FieldView(
        name=html_text(field.json_name),
        proto_name=html_text(field.name) if field.name != field.json_name else None,
        number=field.number,
        type=links.of(field),
        marks=[html_text(mark) for mark in field_marks(field)],
        about=html_prose(field.description),
        facts=[html_text(fact) for fact in field_facts(field)],
        origin=origin(field.span, field.provenance, page),
    )


def _values(enum: Enum) -> Iterator[ValueView]:
    for value in enum.values:
        marks = ["only in protobuf"] * (not value.documented) + ["deprecated"] * value.deprecated
        yield ValueView(
            name=html_text(value.json_name or value.name),
            proto_name=html_text(value.name) if value.name != value.json_name else None,
            number=value.number,
            marks=[html_text(mark) for mark in marks],
            about=html_prose(value.description),
            origin=origin(value.span, {}, enum.span.path),
        )


def _use(name: str) -> TypeView:
    service, _, method = name.partition("/")
    short = service.rpartition(".")[2]
    return TypeView(
        html_text(""), html_text(f"{short}.{method}" if method else short), html_text(name)
    )
