"""Render diagnostics for people and programs.

To add a format: a module with a function, a row in `FORMATS`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from apiscribe.diagnostics.grouping import DiagnosticGroup, group_by_cause
from apiscribe.diagnostics.renderers.diagnostics_json import json_report
from apiscribe.diagnostics.renderers.github import github_report
from apiscribe.diagnostics.renderers.sarif import sarif_report
from apiscribe.diagnostics.renderers.text import compact_report, text_report
from apiscribe.diagnostics.summary import Summary, summary

__all__ = [
    "FORMATS",
    "DiagnosticGroup",
    "Format",
    "Summary",
    "compact_report",
    "format_named",
    "group_by_cause",
    "summary",
]


@dataclass(frozen=True)
class Format:
    """A format of the diagnostics: one text, with an end on its last line."""

    name: str
    render: Callable[[Sequence[DiagnosticGroup], Summary], str]


# In the order of `--help`; the first is the default.
FORMATS: tuple[Format, ...] = (
    Format("text", text_report),
    Format("json", json_report),
    Format("sarif", sarif_report),
    Format("github", github_report),
)


def format_named(name: str) -> Format:
    """Return the format with a name from `FORMATS`."""
    return next(form for form in FORMATS if form.name == name)
