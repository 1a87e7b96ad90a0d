"""Render diagnostics as one JSON object; diagnostics.schema.json describes it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from apiscribe import __version__
from apiscribe.diagnostics.grouping import DiagnosticGroup, Location, encodable
from apiscribe.diagnostics.summary import Summary

# Raised when a key is removed or changes its meaning; a new key does not raise it.
_VERSION = 1


def json_report(groups: Sequence[DiagnosticGroup], counts: Summary) -> str:
    """Return the diagnostics and their counts.

    The text is pure ASCII, so no character of a page can control a terminal.
    """
    report = {
        "version": _VERSION,
        "tool": {"name": "apiscribe", "version": __version__},
        "summary": asdict(counts),
        "diagnostics": [_entry(group) for group in groups],
    }
    return json.dumps(report, indent=2) + "\n"


def _entry(group: DiagnosticGroup) -> dict[str, Any]:
    return {
        "code": group.code,
        "level": group.level,
        "message": group.message,
        **_location(group.location),
        "row": group.row,
        "why": group.why,
        "help": group.help,
        "also": [_location(location) for location in group.also],
        "fingerprint": group.fingerprint,
    }


def _location(location: Location) -> dict[str, Any]:
    return {
        "path": encodable(location.path),
        "line": location.line,
        "column": location.column,
        "end_line": location.end_line,
        "mark": location.mark,
    }
