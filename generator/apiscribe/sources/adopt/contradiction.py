"""Numbers of a lock that a source contradicts."""

from __future__ import annotations

from dataclasses import dataclass

from apiscribe.diagnostics.source import Span


@dataclass(frozen=True, kw_only=True)
class Contradiction:
    """A number of the lock that the source has for another name (`taken_by`), or another number
    that it has for the name (`other`, else 0).
    """

    name: str
    number: int
    other: int
    taken_by: str
    span: Span

    @property
    def mark(self) -> str:
        """The last part of the name."""
        return self.name.rpartition(".")[2]

    @property
    def replacement(self) -> str:
        """What the lock has in place of the number."""
        if self.other:
            return f"{self.name} has {self.other} in place of {self.number}"
        now = f"that of {self.taken_by}" if self.taken_by else "reserved"
        return f"{self.name} gets another number: {self.number} is {now}"
