"""The Api: the declarations of the pages, resolved.

It is neutral (no text of a target language) and frozen, and each part has its page and line.
`provenance` names each fact that no page states, with its origin: `{"repeated": "paged-results"}`.
The terms are those of descriptor.proto: a field has a `name`, its identifier in the `.proto`, and a
`json_name`, the documented name, which differs only if it is not an identifier.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Any, NamedTuple

import msgspec

from apiscribe.diagnostics.source import Span
from apiscribe.model.conventions import ErrorShape
from apiscribe.model.facts import ApiFacts, Requirement
from apiscribe.model.http import Answer, Example, Location, Parameter
from apiscribe.model.reserved import Reserved
from apiscribe.model.resources import Resource, StandardMethod
from apiscribe.model.types import Type, values_type

_NOTHING: Mapping[str, str] = {}


def _nothing() -> Mapping[str, str]:
    """Return a shared empty mapping: most facts are stated."""
    return _NOTHING


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """A field; `required` is None if the page does not state it.

    `optional`: the field has explicit presence, as with `optional` of proto3, so that zero is a
    value. Messages and fields of a `oneof`, the name of their group, always have it. `nullable`:
    its JSON may be null. `default` is JSON; `constraints` are keywords of JSON Schema and their
    values: `maximum`, `minLength`, `pattern`, `format` …. `location` is the place of the field in
    the HTTP requests of its message, if the pages state it; otherwise it follows from the routes.
    """

    name: str
    json_name: str
    number: int
    type: Type
    repeated: bool = False
    required: bool | None = None
    optional: bool = False
    oneof: str = ""
    nullable: bool = False
    default: str = ""
    constraints: Mapping[str, Any] = field(default_factory=_nothing)
    deprecated: bool = False
    location: Location = ""
    description: str = ""
    provenance: Mapping[str, str] = field(default_factory=_nothing)
    span: Span = field(compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class EnumValue:
    """A value of an enum; `json_name` is the documented name. A value that is not `documented` is
    the zero that protobuf needs, and no value in JSON.
    """

    name: str
    json_name: str
    number: int
    description: str = ""
    deprecated: bool = False
    documented: bool = True
    span: Span = field(compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Enum:
    """An enum. `incomplete`: it has values that no page lists, so models accept unknown ones."""

    name: str
    full_name: str
    values: tuple[EnumValue, ...]
    reserved: tuple[Reserved, ...] = ()
    description: str = ""
    incomplete: bool = False
    deprecated: bool = False
    provenance: Mapping[str, str] = field(default_factory=_nothing)
    span: Span = field(compare=False)

    @property
    def documented_values(self) -> tuple[EnumValue, ...]:
        """The values in JSON."""
        return tuple(value for value in self.values if value.documented)


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """A message with its nested enums. `incomplete`: it has fields that no page lists.

    A nested message is a message of its file; its full name includes the messages around it, which
    precede it in the file. `enforces_required`: callers must give the fields that are required.
    `documented_name` is set if a service of the package has it, so that the message has another.
    """

    name: str
    full_name: str
    documented_name: str = ""
    fields: tuple[Field, ...]
    enums: tuple[Enum, ...] = ()
    reserved: tuple[Reserved, ...] = ()
    description: str = ""
    examples: tuple[Example, ...] = ()
    incomplete: bool = False
    deprecated: bool = False
    enforces_required: bool = False
    provenance: Mapping[str, str] = field(default_factory=_nothing)
    span: Span = field(compare=False)

    def type_names(self) -> Iterator[str]:
        """Yield the names of the types of the fields, and of the values of maps."""
        return (values_type(field.type).name for field in self.fields)


@dataclass(frozen=True, kw_only=True, slots=True)
class Route:
    """An HTTP route. `body` and `response_body` are those of google.api.http, empty if unknown: the
    field that is the whole body, or `*`.
    """

    verb: str
    path: str
    body: str = ""
    response_body: str = ""
    provenance: Mapping[str, str] = field(default_factory=_nothing)
    span: Span = field(compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Method:
    """A method; `request` and `response` are full names of messages.

    `summary` is its title, `headers` are its headers and cookies, `answers` those that the pages
    list; `media_type` is that of the request's body, empty if it is JSON. `security` are the
    alternatives of authentication: empty if it needs none, and None if it needs those of the API.
    `status` is that of success over HTTP, 0 if it is the usual 200. `standard` is None for a custom
    method.
    """

    name: str
    request: str
    response: str
    request_streams: bool = False
    response_streams: bool = False
    routes: tuple[Route, ...] = ()
    headers: tuple[Parameter, ...] = ()
    answers: tuple[Answer, ...] = ()
    security: tuple[Requirement, ...] | None = None
    media_type: str = ""
    status: int = 0
    standard: StandardMethod | None = None
    deprecated: bool = False
    summary: str = ""
    description: str = ""
    examples: tuple[Example, ...] = ()
    provenance: Mapping[str, str] = field(default_factory=_nothing)
    span: Span = field(compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Service:
    """A service. Over HTTP, `errors` is the body of errors, None if the pages document none, and
    with `plain_numbers`, 64-bit integers are numbers and not texts.
    """

    name: str
    full_name: str
    methods: tuple[Method, ...]
    description: str = ""
    resource: Resource | None = None
    plain_numbers: bool = False
    errors: ErrorShape | None = None
    provenance: Mapping[str, str] = field(default_factory=_nothing)
    span: Span = field(compare=False)


@dataclass(frozen=True, kw_only=True)  # no slots: a property is cached
class File:
    """A `.proto` file, one per page. `path` is the path of the `.proto` from the import root;
    `servers` are the base addresses of its routes, if the page states them.
    """

    path: str
    package: str
    page: str
    dialect: str = ""
    title: str = ""
    servers: tuple[str, ...] = ()
    description: str = ""
    services: tuple[Service, ...] = ()
    messages: tuple[Message, ...] = ()
    enums: tuple[Enum, ...] = ()

    @cached_property
    def type_names(self) -> frozenset[str]:
        """The full names of the types that the file declares or uses."""
        names = {name for message in self.messages for name in message.type_names()}
        for service in self.services:
            names |= {name for m in service.methods for name in (m.request, m.response)}
            names |= {service.resource.message} if service.resource else set()
        names |= {message.full_name for message in self.messages}
        return frozenset(names).union(enum.full_name for enum in self.all_enums())

    def all_enums(self) -> Iterator[Enum]:
        """Yield the file's own enums and those of its messages, in order."""
        yield from self.enums
        for message in self.messages:
            yield from message.enums


@dataclass(frozen=True, kw_only=True)
class Api:
    """An API. `tenant` is the field of requests with the tenant of rows, empty without one."""

    name: str
    tenant: str = ""
    facts: ApiFacts = field(default_factory=ApiFacts)
    provenance: Mapping[str, str] = field(default_factory=_nothing)
    files: tuple[File, ...]

    def services(self) -> Iterator[tuple[File, Service]]:
        """Yield every service with its file, in order."""
        for file in self.files:
            for service in file.services:
                yield file, service

    def messages(self) -> Iterator[tuple[File, Message]]:
        """Yield every message with its file, in order."""
        for file in self.files:
            for message in file.messages:
                yield file, message

    def count_declarations(self) -> int:
        """Return the number of services, messages and enums."""
        return sum(
            len(f.services) + len(f.messages) + sum(1 for _ in f.all_enums()) for f in self.files
        )

    @cached_property
    def _files(self) -> Mapping[str, File]:
        return {file.path: file for file in self.files}

    def file(self, path: str) -> File:
        """Return the file with a path."""
        return self._files[path]

    @cached_property
    def digests(self) -> Mapping[str, Digest]:
        """Path of each file → a digest of its content."""
        return {file.path: _digest(file) for file in self.files}

    @cached_property
    def file_of(self) -> Mapping[str, str]:
        """Full name of each message and enum → the path of the file that declares it."""
        paths = {message.full_name: file.path for file, message in self.messages()}
        paths |= {enum.full_name: file.path for file in self.files for enum in file.all_enums()}
        return paths

    def imports(self, file: File) -> Sequence[str]:
        """Return the paths of the other files of the API that a file imports, sorted."""
        return self._imports[file.path]

    @cached_property
    def _imports(self) -> Mapping[str, Sequence[str]]:
        return {file.path: self._imported(file) for file in self.files}

    def _imported(self, file: File) -> Sequence[str]:
        used = {name for message in file.messages for name in message.type_names()}
        for service in file.services:
            used |= {name for m in service.methods for name in (m.request, m.response)}
        return sorted({self.file_of[name] for name in used if name in self.file_of} - {file.path})


class Digest(NamedTuple):
    """The digest of a file's content, and the size of the content in bytes."""

    text: str
    size: int


def _digest(file: File) -> Digest:
    try:
        content = msgspec.json.encode(file)
    except UnicodeEncodeError:  # the name of a page is not UTF-8
        content = repr(file).encode("utf-8", "backslashreplace")
    return Digest(sha256(content).hexdigest(), len(content))
