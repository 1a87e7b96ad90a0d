"""Collects changes, each with its locations in both versions and the consequence of its kind."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field

from apiscribe.diagnostics.source import Span
from apiscribe.drift.addition import Addition
from apiscribe.drift.beyond_model import beyond_model
from apiscribe.drift.change import Change, Grade, NotCompared
from apiscribe.drift.change_kinds import KINDS
from apiscribe.drift.declarations import Declarations
from apiscribe.model.version import ATTRIBUTE_FACTS, AttributeFact, Fact


def fingerprint(kind: str, symbol: str, message: str) -> str:
    """Return what identifies a change in a baseline."""
    identity = "\0".join((kind, symbol, message))
    return hashlib.sha256(identity.encode("utf-8", "replace")).hexdigest()[:20]


@dataclass
class Changes:
    """The changes between two versions, and the facts that could not be compared."""

    old: Declarations
    new: Declarations
    entries: list[Change] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._skipped: Counter[tuple[Fact, str, str]] = Counter()
        self._reported: set[tuple[str, str]] = set()

    def add(
        self,
        kind: str,
        symbol: str,
        message: str,
        old: Span | None,
        new: Span | None,
        *,
        grade: Grade | None = None,
        details: tuple[str, ...] = (),
        additions: tuple[Addition, ...] = (),
    ) -> None:
        """Add a change; its grade is that of its kind unless `grade` overrides it."""
        self._reported.add((kind, symbol))
        self.entries.append(
            Change(
                kind=kind,
                grade=grade or KINDS[kind].grade,
                symbol=symbol,
                message=message,
                consequence=KINDS[kind].consequence,
                old=old,
                new=new,
                details=details,
                fingerprint=fingerprint(kind, symbol, message),
                additions=additions,
            )
        )

    def is_reported(self, kind: str, symbol: str) -> bool:
        """Return whether a change of a kind was added for a symbol."""
        return (kind, symbol) in self._reported

    def both_know(self, fact: Fact, old_name: str, new_name: str) -> bool:
        """Return whether both versions know a fact of a declaration."""
        return self.old.knows(fact, old_name) and self.new.knows(fact, new_name)

    def both_know_attribute(self, fact: AttributeFact, old_name: str, new_name: str) -> bool:
        """Return whether both versions know a fact that one of them states; record it if not.

        Between two versions of protobuf all is known: without a default it is zero.
        """
        if self.are_protobuf:
            return True
        unknown = False
        for declarations, name in ((self.old, old_name), (self.new, new_name)):
            if not declarations.knows(fact, name):
                self.skip(fact, declarations, declarations.version.unknown.get(fact, ""))
                unknown = True
        return not unknown

    def leave_open(
        self, fact: AttributeFact, old: object, new: object, *, pages: bool = True, others: bool
    ) -> bool:
        """Return whether only one of pages and a version without pages states a fact. If so, record
        it as not compared. `pages` and `others` choose which of them may leave it open.
        """
        if self.old.version.is_pages == self.new.version.is_pages:
            return False
        for declarations, value in ((self.old, old), (self.new, new)):
            is_pages = declarations.version.is_pages
            if not value and (pages if is_pages else others):
                reason = "its pages leave it open" if is_pages else "it leaves it open"
                self.skip(fact, declarations, reason)
                return True
        return False

    @property
    def are_protobuf(self) -> bool:
        """Whether the sources of both versions are protobuf's own."""
        return self.old.version.is_protobuf and self.new.version.is_protobuf

    def skip(self, fact: Fact, declarations: Declarations, reason: str) -> None:
        """Record that a fact of one declaration was not compared."""
        self._skipped[fact, declarations.version.name, reason] += 1

    def not_compared(self) -> tuple[NotCompared, ...]:
        """Return the facts that were not compared, sorted by fact, with the reasons. Those of
        attributes are listed only if the other version states one, and those that the model has no
        place for only if they differ.
        """
        counted = Counter(self._skipped)
        for version in (self.old.version, self.new.version):
            for fact, reason in version.unknown.items():
                if fact in ATTRIBUTE_FACTS:
                    continue
                counted.pop((fact, version.name, reason), None)
                counted[fact, version.name, reason] = 0
            for facts in version.unknown_on.values():
                counted.update((fact, version.name, reason) for fact, reason in facts.items())
        unknown = tuple(
            NotCompared(
                fact=fact,
                reason=f"{name}: {reason}"
                + (f" ({count} time{'s'[: count > 1]})" if count else ""),
            )
            for (fact, name, reason), count in sorted(counted.items())
        )
        return (*unknown, *beyond_model(self.old, self.new))
