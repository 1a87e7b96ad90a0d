"""The draft: the declarations of a page, as written there.

Dialects make drafts, the overlay corrects them, `lower` resolves them. Strings are the page's own,
unescaped and trimmed. `None` means that the page does not state a fact: a dialect without a mark
for lists leaves `TypeDraft.repeated` at `None`, not at `False`. `provenance` names the facts from
another origin: the overlay or a reference version.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from sys import intern
from typing import Literal

from apiscribe.diagnostics.source import Span

ExampleRole = Literal["request", "response", "message"]


@dataclass(frozen=True, kw_only=True, slots=True)
class ValueDraft:
    """One value of an enum."""

    name: str
    span: Span = field(compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class TypeDraft:
    """A reference to a type: its name, or the values of an enum listed in its place."""

    name: str
    values: tuple[ValueDraft, ...] = ()
    repeated: bool | None = None
    streams: bool = False
    link: str = ""
    span: Span = field(compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", intern(self.name))  # many fields share it


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldDraft:
    """A field of a message."""

    name: str
    type: TypeDraft
    required: bool | None = None
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
    """A message; fields in page order. `incomplete`: the page does not list all fields."""

    name: str
    fields: tuple[FieldDraft, ...] = ()
    description: str = ""
    examples: tuple[ExampleDraft, ...] = ()
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
    incomplete: bool = False
    provenance: tuple[tuple[str, str], ...] = ()
    span: Span = field(compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class RouteDraft:
    """An HTTP route: HTTP method in capitals, path with its `{parameters}`."""

    verb: str
    path: str
    span: Span = field(compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class MethodDraft:
    """A method of a service."""

    name: str
    request: TypeDraft | None = None
    response: TypeDraft | None = None
    routes: tuple[RouteDraft, ...] = ()
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
    """A page; its span is the line with its package.

    `lists_values`: the dialect lists the values of an enum at the field, so that a bare type name
    is never an enum.
    """

    dialect: str
    path: str
    package: str
    title: str = ""
    description: str = ""
    services: tuple[ServiceDraft, ...] = ()
    messages: tuple[MessageDraft, ...] = ()
    enums: tuple[EnumDraft, ...] = ()
    lists_values: bool
    span: Span = field(compare=False)
