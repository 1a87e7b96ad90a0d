"""Render diagnostics as annotations of GitHub Actions: workflow commands in the output.

Format and escapes: github.com/actions/toolkit, packages/core/src/command.ts.
"""

from __future__ import annotations

from collections.abc import Sequence

from apiscribe.diagnostics.grouping import DiagnosticGroup
from apiscribe.diagnostics.report import visible
from apiscribe.diagnostics.summary import Summary

_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}


def github_report(groups: Sequence[DiagnosticGroup], _: Summary) -> str:
    """Return one command per line."""
    return "".join(f"{_command(group)}\n" for group in groups)


def _command(group: DiagnosticGroup) -> str:
    location = group.location
    properties = {
        "file": location.relative_path,
        "line": str(location.line),
        "endLine": str(location.end_line),
        "col": str(location.column),
        "title": group.code,
    }
    if location.length:
        properties["endColumn"] = str(location.column + location.length)
    arguments = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    message = "\n".join(visible(line) for line in (group.message, group.why, group.help))
    return f"::{_COMMANDS[group.level]} {arguments}::{_escaped(message)}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(visible(text)).replace(":", "%3A").replace(",", "%2C")
