"""Findings as annotations of GitHub Actions: commands that a runner reads from the output.

Format and escapes: github.com/actions/toolkit, packages/core/src/command.ts.
"""

from __future__ import annotations

from collections.abc import Sequence

from apiscribe.diagnostics.grouping import DiagnosticGroup
from apiscribe.diagnostics.report import visible
from apiscribe.diagnostics.summary import Summary

_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}


def github_report(found: Sequence[DiagnosticGroup], _: Summary) -> str:
    """One command a line."""
    return "".join(f"{_command(each)}\n" for each in found)


def _command(found: DiagnosticGroup) -> str:
    place = found.place
    properties = {
        "file": place.from_here,
        "line": str(place.line),
        "endLine": str(place.end_line),
        "col": str(place.column),
        "title": found.code,
    }
    if place.length:
        properties["endColumn"] = str(place.column + place.length)
    stated = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    message = "\n".join(visible(line) for line in (found.message, found.why, found.help))
    return f"::{_COMMANDS[found.level]} {stated}::{_escaped(message)}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(visible(text)).replace(":", "%3A").replace(",", "%2C")
