"""The formats of a drift report, for people and programs.

To add one: a module with a function, and a row in `FORMATS`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from apiscribe.drift.change import Drift
from apiscribe.drift.formats.drift_json import json_drift
from apiscribe.drift.formats.github import github_drift
from apiscribe.drift.formats.html import html_drift
from apiscribe.drift.formats.junit import junit_drift
from apiscribe.drift.formats.markdown import markdown_drift
from apiscribe.drift.formats.sarif import sarif_drift
from apiscribe.drift.formats.text import text_drift
from apiscribe.model.version import ApiVersion

__all__ = ["FORMATS", "Format", "format_named"]


@dataclass(frozen=True)
class Format:
    """An output format; `render` returns a text that ends with a newline."""

    name: str
    render: Callable[[Drift, ApiVersion, ApiVersion], str]


# In the order of `--help`; the first is the default.
FORMATS: tuple[Format, ...] = (
    Format("text", text_drift),
    Format("markdown", markdown_drift),
    Format("html", html_drift),
    Format("json", json_drift),
    Format("sarif", sarif_drift),
    Format("junit", junit_drift),
    Format("github", github_drift),
)


def format_named(name: str) -> Format:
    """Return the format with a name of `FORMATS`."""
    return next(format_ for format_ in FORMATS if format_.name == name)
