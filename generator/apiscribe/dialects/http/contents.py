"""The contents of an operation: the facts from its parts, each with its label."""

from __future__ import annotations

from dataclasses import dataclass, field

from apiscribe.diagnostics.source import Span
from apiscribe.dialects.http.answer_tables import ValueRow
from apiscribe.dialects.http.media_types import SentMedia
from apiscribe.dialects.http.members import Member
from apiscribe.dialects.http.same_as import SameAs
from apiscribe.dialects.http.type_texts import TypeText
from apiscribe.dialects.http.words import Label


@dataclass(frozen=True)
class Group:
    """Members under one label."""

    label: Label
    members: tuple[Member, ...]


@dataclass(frozen=True)
class Shown:
    """An example under a label."""

    label: Label
    text: str
    span: Span


@dataclass(frozen=True)
class Stated:
    """An answer that the page states: its status, its type, its description."""

    status: str
    type: TypeText | None
    description: str
    span: Span


@dataclass(frozen=True)
class Command:
    """A `curl` command."""

    text: str
    span: Span


@dataclass
class Contents:
    """All that the parts of an operation say.

    `read` are the indexes of the parts read, `missed` are lists, rows and code that must hold
    members, by their label or form, and do not.
    """

    groups: list[Group] = field(default_factory=list)
    shown: list[Shown] = field(default_factory=list)
    stated: list[Stated] = field(default_factory=list)
    same: list[SameAs] = field(default_factory=list)
    values: list[ValueRow] = field(default_factory=list)
    media: list[SentMedia] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)
    description: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)  # of running text
    summary: str = ""
    read: set[int] = field(default_factory=set)
    missed: list[Span] = field(default_factory=list)
