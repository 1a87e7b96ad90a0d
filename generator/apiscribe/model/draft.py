"""The draft: the declarations of a page, as written there.

Dialects make drafts, the overlay corrects them, `lower` resolves them. Strings are the page's own,
unescaped and trimmed. `None` means that the page does not state a fact: a dialect without a mark
for lists leaves `TypeDraft.repeated` at `None`, not at `False`. `provenance` names the facts from
another origin: the overlay or a reference version.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from sys import intern
from typing import Any

from apiscribe.diagnostics.source import Span
from apiscribe.model.facts import Requirement, SecurityScheme, StatedText
from apiscribe.model.http import ExampleRole, Location
from apiscribe.model.reserved import Reserved

_NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, kw_only=True, slots=True)
class ValueDraft:
    """One value of an enum; `number` if the page prints it."""

    name: str
    number: int | None = None
    description: str = ""
    deprecated: bool = False
    span: Span = field(compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class TypeDraft:
    """A reference to a type: its name, or the values of an enum or the fields of a message listed
    in its place.

    `lower.type_words` splits the text of a map into the name of its values and `key`, a scalar.
    """

    name: str
    key: str = ""
    values: tuple[ValueDraft, ...] = ()
    fields: tuple[FieldDraft, ...] = ()
    repeated: bool | None = None
    streams: bool = False
    link: str = ""
    span: Span = field(compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", intern(self.name))  # many fields share it


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldDraft:
    """A field of a message.

    `number` if the page prints it; `optional`: a value that is absent differs from zero, as with
    `optional` of proto3; `oneof` is the name of the group that the field belongs to; `default` is
    JSON; `constraints` are keywords of JSON Schema (`maximum`, `minLength`, `pattern` …) and their
    values. `location` is the place of a parameter of an HTTP operation.
    """

    name: str
    type: TypeDraft
    number: int | None = None
    required: bool | None = None
    optional: bool | None = None
    nullable: bool = False
    oneof: str = ""
    default: str = ""
    constraints: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    deprecated: bool = False
    location: Location = ""
    description: str = ""
    provenance: tuple[tuple[str, str], ...] = ()
    span: Span = field(compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", intern(self.name))  # many messages share it
        object.__setattr__(self, "description", intern(self.description))


@dataclass(frozen=True, kw_only=True, slots=True)
class ExampleDraft:
    """The text of an example, and its role; `message` is the name of the message, if the page
    states it.
    """

    role: ExampleRole
    text: str
    message: str = ""
    span: Span = field(compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageDraft:
    """A message; fields in page order. The name of a nested message includes the messages around
    it: `Outer.Inner`. `anchors` are the targets of links to it; `if_used`: it is a message only if
    a type links to it or has its name. `incomplete`: the page does not list all fields.
    `reserved`: the numbers and names that a `.proto` reserves.
    """

    name: str
    fields: tuple[FieldDraft, ...] = ()
    reserved: tuple[Reserved, ...] = ()
    description: str = ""
    examples: tuple[ExampleDraft, ...] = ()
    anchors: tuple[str, ...] = ()
    if_used: bool = False
    incomplete: bool = False
    provenance: tuple[tuple[str, str], ...] = ()
    span: Span = field(compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class EnumDraft:
    """An enum with a section of its own: `Enum`, or `Message.Enum`. Most pages list the values at
    the field instead. `incomplete`: the page does not list all values.
    """

    name: str
    values: tuple[ValueDraft, ...]
    reserved: tuple[Reserved, ...] = ()
    description: str = ""
    incomplete: bool = False
    provenance: tuple[tuple[str, str], ...] = ()
    span: Span = field(compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class RouteDraft:
    """An HTTP route: HTTP method in capitals, path with its `{parameters}`; `body` is that of
    google.api.http, None if the page does not state it. `response_body` is the field that is the
    whole answer.
    """

    verb: str
    path: str
    body: str | None = None
    response_body: str = ""
    span: Span = field(compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswerDraft:
    """An answer of an HTTP operation; `status` is `200`, `4XX` or `default`, or empty if the page
    does not state it. `type` is None if the page states no content.
    """

    status: str
    type: TypeDraft | None = None
    description: str = ""
    examples: tuple[ExampleDraft, ...] = ()
    span: Span = field(compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class SameRequest:
    """A request that is like that of another operation: `link` is the target of the page's link.

    The fields `without` are left out, and with `optional` no field is required.
    """

    link: str
    optional: bool = False
    without: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class SecurityDraft:
    """What a page states about authentication: of an operation, or of many.

    Each of the `alternatives` has the schemes that a request needs together. `required` is None if
    the page does not state whether requests need any; with `everywhere`, it states that all do.
    `optional`: a request without any gets an answer, too. `scopes` are those of an operation.
    """

    alternatives: tuple[tuple[SecurityScheme, ...], ...] = ()
    required: bool | None = None
    everywhere: bool = False
    optional: bool = False
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class FactsDraft:
    """What a page states about the API as a whole; `general`: its facts hold for all pages, as it
    introduces the API, or is about authentication. `title` is None if it names no API.
    """

    general: bool = False
    title: StatedText | None = None
    version: StatedText | None = None
    description: StatedText | None = None
    servers: tuple[StatedText, ...] = ()
    security: SecurityDraft | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class OperationDraft:
    """An HTTP operation: `title` is its heading, and `name` its identifier if the page prints one.

    `parameters` are in the path, the query, headers and cookies; `body` is the type of the body of
    the request; `same` are the operations with the same request. `security` is None if the page
    states nothing about it. `anchors` are the names under which links find the operation. `listed`:
    the page only names the operation, in a list or a table of routes; `former`: it describes the
    past; `by_command`: only a command on the page calls it. `item`: the successful answer is the
    item of the collection with this word in the path; `items`: a list of them.
    """

    title: str
    name: str = ""
    routes: tuple[RouteDraft, ...]
    parameters: tuple[FieldDraft, ...] = ()
    body: TypeDraft | None = None
    media_type: str = ""
    answers: tuple[AnswerDraft, ...] = ()
    security: SecurityDraft | None = None
    same: tuple[SameRequest, ...] = ()
    item: str = ""
    items: str = ""
    anchors: tuple[str, ...] = ()
    examples: tuple[ExampleDraft, ...] = ()
    listed: bool = False
    former: bool = False
    by_command: bool = False
    deprecated: bool = False
    description: str = ""
    span: Span = field(compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class MethodDraft:
    """A method of a service; `headers`, `answers` and `security` are those of an HTTP operation."""

    name: str
    request: TypeDraft | None = None
    response: TypeDraft | None = None
    routes: tuple[RouteDraft, ...] = ()
    headers: tuple[FieldDraft, ...] = ()
    answers: tuple[AnswerDraft, ...] = ()
    security: tuple[Requirement, ...] | None = None
    media_type: str = ""
    deprecated: bool = False
    summary: str = ""
    description: str = ""
    examples: tuple[ExampleDraft, ...] = ()
    provenance: tuple[tuple[str, str], ...] = ()
    span: Span = field(compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceDraft:
    """A service; methods in the order of the table."""

    name: str
    methods: tuple[MethodDraft, ...]
    description: str = ""
    provenance: tuple[tuple[str, str], ...] = ()
    span: Span = field(compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class PageDraft:
    """The declarations of one package on a page; its span is the line with the package.

    `file` is the path of their `.proto` if the page states it: a page may have several packages and
    files, and so several drafts.

    `operations` are those of HTTP: `lower` makes methods of them, and chooses the package.
    `servers` are the base addresses of their paths; `facts` are those of the whole API.

    `lists_values`: the page lists the values of enums, so that a bare type name is never an enum.
    `json_names`: the page prints the JSON names of fields.
    """

    dialect: str
    path: str
    package: str
    file: str = ""
    title: str = ""
    description: str = ""
    operations: tuple[OperationDraft, ...] = ()
    servers: tuple[str, ...] = ()
    facts: FactsDraft | None = None
    services: tuple[ServiceDraft, ...] = ()
    messages: tuple[MessageDraft, ...] = ()
    enums: tuple[EnumDraft, ...] = ()
    lists_values: bool
    json_names: bool = False
    span: Span = field(compare=False)
