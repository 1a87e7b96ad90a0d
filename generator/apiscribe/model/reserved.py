"""Numbers and names that a message or an enum does not use again."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Reserved:
    """A removed field or value: its number is never assigned again. `json_name` is the documented
    name; `name` is empty if that was not an identifier. A range of a `.proto` ends with `last`, and
    a name that it reserves alone has the number 0.
    """

    name: str
    json_name: str
    number: int
    last: int | None = None

    @property
    def numbers(self) -> range:
        """Return the reserved numbers: one, or those of a range."""
        return range(self.number, (self.number if self.last is None else self.last) + 1)

    @property
    def is_name_alone(self) -> bool:
        """Whether no number is reserved. No removed value has 0: it is that of another value."""
        return self.number == 0 and bool(self.json_name)

    @property
    def numbers_text(self) -> str:
        """Return the numbers as `reserved` of a `.proto` writes them: `4`, `6 to 8`, or nothing."""
        if self.is_name_alone:
            return ""
        return str(self.number) if self.last is None else f"{self.number} to {self.last}"
