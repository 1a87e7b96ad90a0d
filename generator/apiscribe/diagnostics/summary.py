"""Count the diagnostics of a report."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from apiscribe.diagnostics.grouping import DiagnosticGroup


@dataclass(frozen=True, kw_only=True)
class Summary:
    """The number of diagnostics by level, and of those that spec.toml turns off."""

    errors: int
    warnings: int
    notes: int
    silenced: int

    @property
    def reported(self) -> int:
        """The number of errors and warnings."""
        return self.errors + self.warnings


def summary(groups: Iterable[DiagnosticGroup], silenced: int) -> Summary:
    """Count the diagnostics by level."""
    levels = [group.level for group in groups]
    return Summary(
        errors=levels.count("error"),
        warnings=levels.count("warning"),
        notes=levels.count("note"),
        silenced=silenced,
    )
