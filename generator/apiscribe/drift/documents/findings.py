"""Collects the differences of two documents: one entry for each pair of parts that differ.

A schema that requests and responses share is compared for each; the worse grade counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from apiscribe.drift.change import GRADES, Grade, NotCompared
from apiscribe.drift.change_kinds import KINDS
from apiscribe.drift.change_list import Changes
from apiscribe.drift.documents.symbols import symbol_of
from apiscribe.model.openapi_document import Node

# A reason names this many of the places that differ.
_MAX_NAMES = 3

Direction = Literal["request", "response"]


@dataclass(frozen=True)
class Place:
    """A place in a request or a response: `direction`, and `name` in messages.

    `texts`: numbers are texts there, as in a query or in XML. `splits`: a list is a parameter that
    is there several times. `raw`: it is a whole body of text, which a string is, too.
    """

    direction: Direction
    name: str
    texts: bool = False
    splits: bool = False
    raw: bool = False

    @property
    def is_parameter(self) -> bool:
        """Whether it is a parameter as a whole."""
        return self.texts and not self.raw

    def named(self, name: str) -> Place:
        """Return a place inside this one."""
        return Place(self.direction, name, self.texts)

    def grade(self, tightens: bool | None) -> Grade:
        """Return what a change breaks that accepts less or more than before, None for neither:
        requests break if less is accepted, responses if more may come.
        """
        if tightens is None:
            return "json"
        return "json" if tightens == (self.direction == "request") else "safe"


@dataclass
class _Finding:
    kind: str
    grade: Grade
    symbol: str
    message: str
    old: Node | None
    new: Node | None
    details: tuple[str, ...]


@dataclass
class Findings:
    """The differences found so far, and the parts whose annotations differ: name → symbols."""

    entries: dict[object, _Finding] = field(default_factory=dict)
    not_compared: dict[str, dict[str, None]] = field(default_factory=dict)

    def add(
        self,
        kind: str,
        message: str,
        old: Node | None,
        new: Node | None,
        grade: Grade | None = None,
        *,
        details: tuple[str, ...] = (),
        symbol: str = "",
    ) -> None:
        """Add a difference, with the grade of its kind unless `grade` overrides it."""
        grade = grade or KINDS[kind].grade
        if old and new and old.keys != new.keys and (old.used or new.used):
            old, new = old.user, new.user  # they refer to other parts than before
        # What a change between two directions is called differs; its parts are the same.
        key = (old and old.keys, new and new.keys, _subject(kind), message if old and new else "")
        known = self.entries.get(key)
        if known and GRADES.index(known.grade) <= GRADES.index(grade):
            return
        node = old or new
        symbol = symbol or (symbol_of(node) if node else "")
        self.entries[key] = _Finding(kind, grade, symbol, message, old, new, details)

    def skip(self, fact: str, node: Node) -> None:
        """Record a difference that is not compared."""
        self.not_compared.setdefault(fact, {})[symbol_of(node)] = None

    def report(self, changes: Changes) -> None:
        """Add the differences to the changes."""
        for entry in self.entries.values():
            old, new = (node.span if node else None for node in (entry.old, entry.new))
            changes.add(
                entry.kind,
                entry.symbol,
                entry.message,
                old,
                new,
                grade=entry.grade,
                details=entry.details,
            )

    def not_compared_facts(self) -> Iterator[NotCompared]:
        """Yield what differs and was not compared, with the number of places."""
        for fact, symbols in sorted(self.not_compared.items()):
            count = len(symbols)
            names = ", ".join(list(symbols)[:_MAX_NAMES])
            more = f" and {count - _MAX_NAMES} more" if count > _MAX_NAMES else ""
            reason = f"no client depends on it; it differs {count} time{'s'[: count > 1]}"
            yield NotCompared(fact=fact, reason=f"{reason}: {names}{more}")


def _subject(kind: str) -> str:
    """Return what a kind is about: `field-added` and `required-field-added` are one."""
    return kind.removeprefix("required-").rpartition("-")[0]
