"""How much was found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from apiscribe.diagnostics.grouping import DiagnosticGroup


@dataclass(frozen=True, kw_only=True)
class Summary:
    """The findings counted by level, and those that spec.toml turns off."""

    errors: int
    warnings: int
    notes: int
    silenced: int

    @property
    def reported(self) -> int:
        """What somebody should look at: notes do not count."""
        return self.errors + self.warnings


def summary(found: Iterable[DiagnosticGroup], silenced: int) -> Summary:
    """The count of the findings."""
    levels = [each.level for each in found]
    return Summary(
        errors=levels.count("error"),
        warnings=levels.count("warning"),
        notes=levels.count("note"),
        silenced=silenced,
    )
