"""Reports: what was found, as people and programs read it.

To add a format: a module with a function, a row in `FORMATS`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from apiscribe.diagnostics.grouping import DiagnosticGroup, group_by_cause
from apiscribe.diagnostics.renderers.diagnostics_json import json_report
from apiscribe.diagnostics.renderers.github import github_report
from apiscribe.diagnostics.renderers.sarif import sarif_report
from apiscribe.diagnostics.renderers.text import text_report
from apiscribe.diagnostics.summary import Summary, summary

__all__ = [
    "FORMATS",
    "DiagnosticGroup",
    "Format",
    "Summary",
    "format_named",
    "group_by_cause",
    "summary",
]


@dataclass(frozen=True)
class Format:
    """A way to write findings down: all of them as one text, which ends its last line."""

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
    """The format of a name, which must be one."""
    return next(each for each in FORMATS if each.name == name)
