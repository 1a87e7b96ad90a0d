"""An API on one page, as the default template of protoc-gen-doc prints it.

Declarations are sorted by name, a map is a list of its entries, and types link to anchors that
spell their full names. The form has no place for examples, bodies of routes, constraints, and
whether a list of fields is incomplete; these are lost. Field numbers are in the lock, and groups
(`oneof`), routes and what else an overlay can state are in overlay.toml.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from apiscribe.emit.encoders import Encoded
from apiscribe.emit.pages.references import References
from apiscribe.emit.pages.text import cell, escape_quotes, paragraphs, words
from apiscribe.model.api import Api, Enum, Field, File, Message, Method, Service
from apiscribe.model.names import entry_name
from apiscribe.model.types import EnumRef, Map, MessageRef, Scalar

_NOT_IN_ANCHORS = re.compile(r"[^A-Za-z0-9_-]")


@dataclass(frozen=True)
class Section:
    """A file or declaration: its name, anchor, the lines of its description, which are at least
    one, and the rows of its table.
    """

    name: Encoded
    anchor: Encoded
    about: list[Encoded]
    rows: list[Encoded]


@dataclass(frozen=True)
class FileView:
    """A file with its declarations."""

    head: Section
    messages: list[Section]
    enums: list[Section]
    services: list[Section]


class ProtocGenDocWriter:
    """Builds the views of all files of an API."""

    def __init__(self, api: Api, references: References) -> None:
        self._api, self._references = api, references

    def files(self) -> list[FileView]:
        """Return the files that declare something, in order."""
        return [
            FileView(
                head=Section(words(file.path), anchor(file.path), _about(file.description), []),
                messages=sorted(self._messages(file), key=_name),
                enums=sorted((_enum(enum, file) for enum in file.all_enums()), key=_name),
                services=sorted((self._service(one, file) for one in file.services), key=_name),
            )
            for file in self._api.files
            if file.services or file.messages or file.enums
        ]

    def _messages(self, file: File) -> Iterator[Section]:
        """Yield the messages of a file, and for each map the message of its entries."""
        for message in file.messages:
            rows = [self._field(field, message, file) for field in message.fields]
            yield _section(message, file, rows)
            for field in message.fields:
                if isinstance(field.type, Map):
                    name = _entry(message, field)
                    types = {"key": field.type.key, "value": field.type.value.name}
                    rows = [
                        _row(part, self._type(type_, file), "", "") for part, type_ in types.items()
                    ]
                    yield Section(words(_local(name, file)), anchor(name), _about(""), rows)

    def _field(self, field: Field, message: Message, file: File) -> Encoded:
        match field.type:
            case Map():
                type_ = _entry(message, field)
            case Scalar() | MessageRef() | EnumRef():
                type_ = field.type.name
            case _:
                assert_never(field.type)
        mark = "**Deprecated.** " if field.deprecated else ""
        about = f"{mark}{escape_quotes(cell(field.description))}"
        return _row(words(field.json_name), self._type(type_, file), _label(field), about)

    def _service(self, service: Service, file: File) -> Section:
        return _section(service, file, [self._method(one, file) for one in service.methods])

    def _method(self, method: Method, file: File) -> Encoded:
        return _row(
            words(method.name),
            self._type(method.request, file) + " stream" * method.request_streams,
            self._type(method.response, file) + " stream" * method.response_streams,
            escape_quotes(cell(method.description)),
        )

    def _type(self, full_name: str, file: File) -> Encoded:
        """Return a link to a type: its name without the package of the page's file."""
        name = words(self._references.name(full_name, file.package))
        return Encoded(f"[{name}](#{anchor(full_name)})")


def anchor(name: str) -> Encoded:
    """Return the anchor of a file or declaration."""
    return Encoded(_NOT_IN_ANCHORS.sub("-", name.replace("/", "_")))


def _section(one: Message | Enum | Service, file: File, rows: list[Encoded]) -> Section:
    name = one.full_name
    return Section(words(_local(name, file)), anchor(name), _about(one.description), rows)


def _enum(enum: Enum, file: File) -> Section:
    rows = [
        _row(words(value.json_name), str(value.number), escape_quotes(cell(value.description)))
        for value in enum.documented_values
    ]
    return _section(enum, file, rows)


def _entry(message: Message, field: Field) -> str:
    return f"{message.full_name}.{entry_name(field.name)}"


def _row(*cells: str) -> Encoded:
    """Return a row of encoded cells."""
    return Encoded(f"| {' | '.join(cells)} |")


def _label(field: Field) -> str:
    if field.repeated or isinstance(field.type, Map):
        return "repeated"
    if field.required:
        return "required"
    explicit = field.optional and not field.oneof and not isinstance(field.type, MessageRef)
    return "optional" if explicit else ""


def _about(description: str) -> list[Encoded]:
    lines = [line for lines in paragraphs(description) for line in (Encoded(""), *lines)]
    return [escape_quotes(line) for line in lines[1:]] or [Encoded("")]


def _local(full_name: str, file: File) -> str:
    return full_name.removeprefix(f"{file.package}.")


def _name(section: Section) -> str:
    return section.name
