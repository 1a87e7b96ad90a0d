"""Collects changes: each with its place on both sides, and what its kind says."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field

from apiscribe.diagnostics.source import Span
from apiscribe.drift.change import Change, Grade, NotCompared
from apiscribe.drift.declarations import Declarations
from apiscribe.drift.kinds import KINDS
from apiscribe.model.version import Fact


@dataclass
class Changes:
    """The changes between two editions, and the facts that were passed over for want of one."""

    old: Declarations
    new: Declarations
    found: list[Change] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._skipped: Counter[tuple[Fact, str, str]] = Counter()

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
    ) -> None:
        """Note a change; its grade is that of its kind, where no milder or other one is given."""
        facts = "\0".join((kind, symbol, message))
        self.found.append(
            Change(
                kind=kind,
                grade=grade or KINDS[kind].grade,
                symbol=symbol,
                message=message,
                consequence=KINDS[kind].consequence,
                old=old,
                new=new,
                details=details,
                fingerprint=hashlib.sha256(facts.encode("utf-8", "replace")).hexdigest()[:20],
            )
        )

    def know(self, fact: Fact, ours: str, theirs: str) -> bool:
        """Whether both sides can tell a fact of two declarations."""
        return self.old.knows(fact, ours) and self.new.knows(fact, theirs)

    def skip(self, fact: Fact, edition: Declarations, reason: str) -> None:
        """Keep that a fact of one declaration was not compared."""
        self._skipped[fact, edition.side.name, reason] += 1

    def not_compared(self) -> tuple[NotCompared, ...]:
        """The facts that were passed over, and why, by fact."""
        counted = Counter(self._skipped)
        for edition in (self.old, self.new):
            name = edition.side.name
            for fact, reason in edition.side.unknown.items():
                counted.pop((fact, name, reason), None)
                counted[fact, name, reason] = 0
            for facts in edition.side.unknown_on.values():
                counted.update((fact, name, reason) for fact, reason in facts.items())
        return tuple(
            NotCompared(
                fact=fact,
                reason=f"{name}: {reason}"
                + (f" ({count} place{'s'[: count > 1]})" if count else ""),
            )
            for (fact, name, reason), count in sorted(counted.items())
        )
