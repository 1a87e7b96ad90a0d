"""The Api: what the pages declare, as it is meant.

Neutral (no text of a target language), frozen, and each part knows its page and line. A fact that
no page states is named in `provenance`, with the rule that made it: `{"repeated": "paged-results"}`.
The words are protobuf's own, as in descriptor.proto: a field has a `name`, its identifier in the
`.proto`, and a `json_name`, the documented one, which is the same unless it is no identifier.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Any, Literal, NamedTuple

import msgspec

from apiscribe.diagnostics.source import Span

TypeKind = Literal["scalar", "message", "enum"]
ExampleRole = Literal["request", "response", "message"]


_NOTHING: Mapping[str, str] = {}


def _nothing() -> Mapping[str, str]:
    """One for all: most facts are stated."""
    return _NOTHING


@dataclass(frozen=True, kw_only=True, slots=True)
class TypeRef:
    """A type where it is used: a scalar of protobuf, or the full name of a message or enum."""

    kind: TypeKind
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Example:
    """A JSON example. `value` is None where the text is not JSON."""

    role: ExampleRole
    text: str
    value: Any = None
    span: Span = field(compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """A field; `required` is None where the page does not say."""

    name: str
    json_name: str
    number: int
    type: TypeRef
    repeated: bool = False
    required: bool | None = None
    description: str = ""
    provenance: Mapping[str, str] = field(default_factory=_nothing)
    span: Span = field(compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Reserved:
    """A field or value that was removed: its number is never given again. `json_name` is the
    documented name, `name` its identifier, or nothing where it was none.
    """

    name: str
    json_name: str
    number: int


@dataclass(frozen=True, kw_only=True, slots=True)
class EnumValue:
    """A value; `json_name` is the documented one."""

    name: str
    json_name: str
    number: int
    span: Span = field(compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Enum:
    """An enum. An `incomplete` one has values that no page lists: models accept what they do not know."""

    name: str
    full_name: str
    values: tuple[EnumValue, ...]
    reserved: tuple[Reserved, ...] = ()
    incomplete: bool = False
    provenance: Mapping[str, str] = field(default_factory=_nothing)
    span: Span = field(compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """A message with the enums nested in it. An `incomplete` one has fields that no page lists."""

    name: str
    full_name: str
    fields: tuple[Field, ...]
    enums: tuple[Enum, ...] = ()
    reserved: tuple[Reserved, ...] = ()
    description: str = ""
    examples: tuple[Example, ...] = ()
    incomplete: bool = False
    provenance: Mapping[str, str] = field(default_factory=_nothing)
    span: Span = field(compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Route:
    """An HTTP route. `body` is that of google.api.http: `*`, for all of the request, or nothing
    where it is not known. No page states it.
    """

    verb: str
    path: str
    body: str = ""
    provenance: Mapping[str, str] = field(default_factory=_nothing)
    span: Span = field(compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Method:
    """A method; `request` and `response` are full names of messages."""

    name: str
    request: str
    response: str
    request_streams: bool = False
    response_streams: bool = False
    routes: tuple[Route, ...] = ()
    description: str = ""
    examples: tuple[Example, ...] = ()
    provenance: Mapping[str, str] = field(default_factory=_nothing)
    span: Span = field(compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Resource:
    """What a service keeps: a message, and the documented names of some of its fields.

    `key` names a row; `tenant` tells whose it is, and requests may have it where the message has
    not; `state` is what enable and disable change; `created` and `updated` are
    times; `identifying` tell one row from another. Empty where the message has no such field.
    `prefix` is what new keys begin with, where examples show it.
    """

    message: str
    key: str
    tenant: str = ""
    state: str = ""
    created: str = ""
    updated: str = ""
    identifying: tuple[str, ...] = ()
    prefix: str = ""
    provenance: Mapping[str, str] = field(default_factory=_nothing)


@dataclass(frozen=True, kw_only=True, slots=True)
class Service:
    """A service."""

    name: str
    full_name: str
    methods: tuple[Method, ...]
    description: str = ""
    resource: Resource | None = None
    provenance: Mapping[str, str] = field(default_factory=_nothing)
    span: Span = field(compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class File:
    """A `.proto` file; one a page. `path` is that of the `.proto`, from the import root."""

    path: str
    package: str
    page: str
    dialect: str = ""
    description: str = ""
    services: tuple[Service, ...] = ()
    messages: tuple[Message, ...] = ()
    enums: tuple[Enum, ...] = ()

    def type_names(self) -> set[str]:
        """The full names of the types that the file declares, and of those that it uses."""
        found = {field.type.name for message in self.messages for field in message.fields}
        for service in self.services:
            found |= {name for m in service.methods for name in (m.request, m.response)}
            found |= {service.resource.message} if service.resource else set()
        found |= {message.full_name for message in self.messages}
        return found | {enum.full_name for enum in self.all_enums()}

    def all_enums(self) -> Iterator[Enum]:
        """The file's own enums and those of its messages, in order."""
        yield from self.enums
        for message in self.messages:
            yield from message.enums


@dataclass(frozen=True, kw_only=True)
class Api:
    """An API: its files by path."""

    name: str
    files: tuple[File, ...]

    def services(self) -> Iterator[tuple[File, Service]]:
        """Every service with its file, in order."""
        for file in self.files:
            for service in file.services:
                yield file, service

    def messages(self) -> Iterator[tuple[File, Message]]:
        """Every message with its file, in order."""
        for file in self.files:
            for message in file.messages:
                yield file, message

    @cached_property
    def _files(self) -> Mapping[str, File]:
        return {file.path: file for file in self.files}

    def file(self, path: str) -> File:
        """The file of that path."""
        return self._files[path]

    @cached_property
    def digests(self) -> Mapping[str, Digest]:
        """Path of each file → a digest of all that is in it."""
        return {file.path: _digest(file) for file in self.files}

    @cached_property
    def homes(self) -> Mapping[str, str]:
        """Full name of each message and enum → the path of the file that declares it."""
        found = {message.full_name: file.path for file, message in self.messages()}
        found |= {enum.full_name: file.path for file in self.files for enum in file.all_enums()}
        return found

    def imports(self, file: File) -> list[str]:
        """The paths of the API's other files whose types a file uses, sorted."""
        used = {field.type.name for message in file.messages for field in message.fields}
        for service in file.services:
            used |= {name for m in service.methods for name in (m.request, m.response)}
        return sorted({self.homes[name] for name in used if name in self.homes} - {file.path})


class Digest(NamedTuple):
    """What tells a file from any other, and how many bytes it takes to write the file down."""

    text: str
    size: int


def _digest(file: File) -> Digest:
    try:
        written = msgspec.json.encode(file)
    except UnicodeEncodeError:  # the name of a page that is no UTF-8
        written = repr(file).encode("utf-8", "backslashreplace")
    return Digest(sha256(written).hexdigest(), len(written))


# Scalar types of proto3. Source: protobuf language guide (proto3), "Scalar Value Types".
SCALARS = frozenset(
    "double float int32 int64 uint32 uint64 sint32 sint64 fixed32 fixed64 sfixed32 sfixed64"
    " bool string bytes".split()
)

_WRAPPED = ("Bool", "Bytes", "Double", "Float", "Int32", "Int64", "String", "UInt32", "UInt64")

# Messages that protobuf itself defines, and the file of each below google/protobuf/.
WELL_KNOWN: Mapping[str, str] = {
    "google.protobuf.Any": "any",
    "google.protobuf.Duration": "duration",
    "google.protobuf.Empty": "empty",
    "google.protobuf.FieldMask": "field_mask",
    "google.protobuf.ListValue": "struct",
    "google.protobuf.Struct": "struct",
    "google.protobuf.Timestamp": "timestamp",
    "google.protobuf.Value": "struct",
    **{f"google.protobuf.{scalar}Value": "wrappers" for scalar in _WRAPPED},
}
