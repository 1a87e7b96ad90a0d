"""One measurement of a benchmark, and its limit."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row of the results: a median, optionally with a reference of the same run.

    `limit` applies to the value, or with a `reference` to the ratio: a maximum, or a minimum with
    `at_least`. A row without a limit is informative.
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
        """The value divided by the reference; None without a reference."""
        return None if self.reference is None else self.value / self.reference

    @property
    def meets_limit(self) -> bool:
        """Whether the limit is met; a value equal to it meets it."""
        if self.limit is None:
            return True
        measured = self.value if self.ratio is None else self.ratio
        return measured >= self.limit if self.at_least else measured <= self.limit
