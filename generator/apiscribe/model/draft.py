"""The draft: what a page declares, as it is written there.

Dialects make drafts, the overlay corrects them, `lower` takes them apart. Strings are the page's
own (unescaped, trimmed, else untouched). `None` means that the page does not say: a form that has
no mark for lists leaves `TypeDraft.repeated` at `None`, not at `False`. `provenance` names the facts
that somebody else stated in the page's place, and who: the overlay, or a reference.
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
    """A type where it is used: its name, or the values of an enum that is listed in its place."""

    name: str
    values: tuple[ValueDraft, ...] = ()
    repeated: bool | None = None
    streams: bool = False
    link: str = ""
    span: Span = field(compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", intern(self.name))  # many fields have the same


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
        object.__setattr__(self, "name", intern(self.name))  # many messages have the same
        object.__setattr__(self, "description", intern(self.description))


@dataclass(frozen=True, kw_only=True, slots=True)
class ExampleDraft:
    """The text of an example, and what it is an example of; `message` is the name of the message,
    where the page says it.
    """

    role: ExampleRole
    text: str
    message: str = ""
    span: Span = field(compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageDraft:
    """A message; fields in the order of the page. An `incomplete` one has more fields than are known."""

    name: str
    fields: tuple[FieldDraft, ...] = ()
    description: str = ""
    examples: tuple[ExampleDraft, ...] = ()
    incomplete: bool = False
    provenance: tuple[tuple[str, str], ...] = ()
    span: Span = field(compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class EnumDraft:
    """An enum that is declared by its name, or by that of its message: `Enum`, `Message.Enum`.

    Most pages list values where they use them, and declare no enum. An `incomplete` one has more values
    than are known.
    """

    name: str
    values: tuple[ValueDraft, ...]
    incomplete: bool = False
    provenance: tuple[tuple[str, str], ...] = ()
    span: Span = field(compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class RouteDraft:
    """An HTTP route: verb in capitals, path with its `{parameters}`."""

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
    """A service; methods in the order of its table."""

    name: str
    methods: tuple[MethodDraft, ...]
    description: str = ""
    provenance: tuple[tuple[str, str], ...] = ()
    span: Span = field(compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class PageDraft:
    """A page; its span is the line that tells its package.

    `lists_values` tells that its dialect lists the values of an enum where it is used, so that a
    bare type name on it is never an enum.
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
