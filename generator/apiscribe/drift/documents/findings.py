"""Collects the differences of two documents: one entry for each pair of parts that differ.

A schema that requests and responses share is compared for each; the worse grade counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from apiscribe.drift.change import GRADES, Grade, NotCompared
from apiscribe.drift.change_kinds import KINDS
from apiscribe.drift.change_list import Changes
from apiscribe.drift.documents.schema_view import canonical
from apiscribe.drift.documents.symbols import symbol_of
from apiscribe.model.openapi_document import Node

# A reason names this many of the places that differ.
_MAX_NAMES = 3

# At least this many equal changes are reported as one.
_MIN_EQUAL = 2
# Equal changes of these kinds are one whatever the operations and bodies have that they are about.
_WITHOUT_CONTENT = frozenset(
    "authentication-changed media-type-added media-type-changed media-type-removed".split()
)

Direction = Literal["request", "response"]


@dataclass(frozen=True)
class Place:
    """A place in a request or a response: `direction`, and `name` in messages.

    `texts`: numbers are written as text, as in a query or in XML. `splits`: a list is a repeated
    parameter. `raw`: the place is a whole body of text, so that any body is a string.
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
        """Return the grade of a change that `tightens` or loosens a schema; None for neither.

        Requests break if the schema accepts less, responses if it accepts more.
        """
        if tightens is None:
            return "json"
        return "json" if tightens == (self.direction == "request") else "safe"


@dataclass
class _Finding:
    """A difference; `shared` is the part that several places refer to, empty for none. `common` is
    the message without the place, if equal changes of other places are the same change.
    """

    kind: str
    grade: Grade
    message: str
    old: Node | None
    new: Node | None
    shared: tuple[str, ...] = ()
    details: tuple[str, ...] = ()
    symbol: str = ""
    common: str = ""


@dataclass
class Findings:
    """The differences found so far, and the parts with other annotations: name → symbols."""

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
        common: str = "",
    ) -> None:
        """Add a difference, with the grade of its kind unless `grade` overrides it."""
        grade = grade or KINDS[kind].grade
        shared: tuple[str, ...] = ()
        if old is None or new is None or old.keys != new.keys:
            # The places refer to different parts, or one of them is new.
            part = old or new
            shared = part.keys if part and part.used else ()
            old, new = old and old.user, new and new.user
        # Messages for requests and responses differ; the parts are the same.
        key = (old and old.keys, new and new.keys, _subject(kind), message if old and new else "")
        known = self.entries.get(key)
        if known and GRADES.index(known.grade) <= GRADES.index(grade):
            return
        node = old or new
        symbol = symbol or (symbol_of(node) if node else "")
        self.entries[key] = _Finding(
            kind, grade, message, old, new, shared, details, symbol, common
        )

    def skip(self, fact: str, node: Node) -> None:
        """Record a difference that is not compared."""
        self.not_compared.setdefault(fact, {})[symbol_of(node)] = None

    def report(self, changes: Changes) -> None:
        """Add the differences to the changes.

        A part that was added or removed in several places is one change, and so are many equal
        changes.
        """
        groups: defaultdict[object, list[_Finding]] = defaultdict(list)
        for entry in self.entries.values():
            groups[entry.kind, entry.grade, entry.common or entry.message, entry.shared].append(
                entry
            )
        for group in groups.values():
            for together in _equal(group):
                _report(together, changes)

    def not_compared_facts(self) -> Iterator[NotCompared]:
        """Yield what differs and was not compared, with the number of places."""
        for fact, symbols in sorted(self.not_compared.items()):
            count = len(symbols)
            names = ", ".join(list(symbols)[:_MAX_NAMES])
            more = f" and {count - _MAX_NAMES} more" if count > _MAX_NAMES else ""
            reason = f"no client depends on it; it differs {count} time{'s'[: count > 1]}"
            yield NotCompared(fact=fact, reason=f"{reason}: {names}{more}")


def _equal(group: list[_Finding]) -> Iterator[list[_Finding]]:
    """Yield the changes of a group that are one change in many places, and each other alone."""
    if len(group) >= _MIN_EQUAL or (group[0].shared and len(group) > 1):
        equal: defaultdict[str, list[_Finding]] = defaultdict(list)
        for entry in group:
            parts = (entry.old, entry.new)
            is_alike = entry.shared or entry.kind in _WITHOUT_CONTENT
            texts = [] if is_alike else [canonical(part) if part else "" for part in parts]
            equal[" ".join(texts)].append(entry)
        for together in equal.values():
            if together[0].shared or len(together) >= _MIN_EQUAL:
                yield together
            else:
                yield from ([entry] for entry in together)
    else:
        yield from ([entry] for entry in group)


def _report(together: list[_Finding], changes: Changes) -> None:
    first, count = together[0], len(together)
    old, new = (node.span if node else None for node in (first.old, first.new))
    message = f"{first.common or first.message} in {count} places" if count > 1 else first.message
    details = tuple(entry.symbol for entry in together) if count > 1 else first.details
    changes.add(first.kind, first.symbol, message, old, new, grade=first.grade, details=details)


def _subject(kind: str) -> str:
    """Return what a kind is about: `field-added` and `required-field-added` are one."""
    return kind.removeprefix("required-").rpartition("-")[0]
