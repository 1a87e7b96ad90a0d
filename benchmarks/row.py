"""What a benchmark says: one measurement, and what it had to reach."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the table: a median, alone or beside another one of the same run.

    `limit` is what the value must keep to, or the value ÷ `reference` where there is a reference;
    a row without a limit is shown for information.
    """

    section: str
    what: str
    value: float
    unit: str  # "s", "MB", "calls/s"; "" for a bare number
    against: str = ""
    reference: float | None = None
    limit: float | None = None
    at_least: bool = False
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """The value by the reference; None without one."""
        return None if self.reference is None else self.value / self.reference

    @property
    def reached(self) -> bool:
        """Whether the limit is kept; a value that just equals it does."""
        if self.limit is None:
            return True
        measured = self.value if self.ratio is None else self.ratio
        return measured >= self.limit if self.at_least else measured <= self.limit
