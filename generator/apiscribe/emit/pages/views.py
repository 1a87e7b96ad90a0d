"""The views of a page, ready for the template; the forms differ only in their fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from apiscribe.emit.encoders import Encoded, name
from apiscribe.emit.pages.references import References
from apiscribe.emit.pages.text import comment, fence, paragraphs, route, words
from apiscribe.model.api import (
    Enum,
    File,
    Message,
    Method,
    Service,
)
from apiscribe.model.http import Example
from apiscribe.model.names import screaming

Paragraphs = list[list[Encoded]]


@dataclass(frozen=True)
class ExampleView:
    """A block of code, and the title of its tab; None for an example of a message."""

    title: Encoded | None
    code: Encoded


@dataclass(frozen=True)
class MethodView:
    """A method: its row in the table, and its section."""

    name: Encoded
    anchor: Encoded
    request: Encoded
    response: Encoded
    request_stream: bool
    response_stream: bool
    routes: list[tuple[Encoded, Encoded]]
    about: Paragraphs
    examples: list[ExampleView]


@dataclass(frozen=True)
class ServiceView:
    """A service."""

    name: Encoded
    about: Paragraphs
    methods: list[MethodView]


@dataclass(frozen=True)
class MessageView:
    """A message; the type of `fields` depends on the form."""

    name: Encoded
    about: Paragraphs
    fields: object
    incomplete: bool
    examples: list[ExampleView]


@dataclass(frozen=True)
class EnumView:
    """An enum with a section of its own."""

    name: Encoded
    values: list[Encoded]
    incomplete: bool


class Fields(Protocol):
    """Builds the fields of a message in a form."""

    def __call__(self, message: Message, file: File) -> object:
        """Return the fields for the form's template."""


class PageWriter:
    """Builds the views of one file's page; `inline_enums` need no section."""

    def __init__(
        self,
        file: File,
        references: References,
        fields: Fields,
        inline_enums: Mapping[str, object],
        shortcodes: bool,
    ) -> None:
        self._file, self._references = file, references
        self._fields, self._inline_enums, self._shortcodes = fields, inline_enums, shortcodes

    def services(self) -> list[ServiceView]:
        """Return the services."""
        return [self._service(service) for service in self._file.services]

    def messages(self) -> list[MessageView]:
        """Return the messages."""
        return [self._message(message) for message in self._file.messages]

    def enums(self) -> list[EnumView]:
        """Return the enums with sections; a nested enum is titled `Message.Enum`."""
        titled = [(enum.name, enum) for enum in self._file.enums]
        titled += [(f"{m.name}.{enum.name}", enum) for m in self._file.messages for enum in m.enums]
        return [
            EnumView(words(title), [words(value) for value in _values(enum)], enum.incomplete)
            for title, enum in titled
            if enum.full_name not in self._inline_enums
        ]

    def _service(self, service: Service) -> ServiceView:
        about = paragraphs(service.description, after_desc=True)
        return ServiceView(words(service.name), about, [self._method(m) for m in service.methods])

    def _method(self, method: Method) -> MethodView:
        return MethodView(
            name=words(method.name),
            anchor=name(method.name.lower()),
            request=self._type(method.request),
            response=self._type(method.response),
            request_stream=method.request_streams,
            response_stream=method.response_streams,
            routes=[(name(r.verb), route(r.path)) for r in method.routes],
            about=paragraphs(comment(method.description)),
            examples=self._examples(method.examples),
        )

    def _type(self, full_name: str) -> Encoded:
        text = words(self._references.name(full_name, self._file.package))
        target = self._references.target(full_name, self._file)
        return Encoded(f"[{text}]({target})") if target else text

    def _message(self, message: Message) -> MessageView:
        return MessageView(
            name=words(message.name),
            about=paragraphs(message.description),
            fields=self._fields(message, self._file),
            incomplete=message.incomplete,
            examples=self._examples(message.examples),
        )

    def _examples(self, examples: Iterable[Example]) -> list[ExampleView]:
        return [
            ExampleView(
                None if example.role == "message" else Encoded(example.role.capitalize()),
                fence(example.text, self._shortcodes),
            )
            for example in examples
        ]


def _values(enum: Enum) -> list[str]:
    """Return the documented names of the values, without the placeholder of an unknown list."""
    values = [value.json_name for value in enum.documented_values]
    return [] if enum.incomplete and values == [f"{screaming(enum.name)}_UNSPECIFIED"] else values
