"""Findings for programs: one JSON object, as diagnostics.schema.json describes it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from apiscribe import __version__
from apiscribe.diagnostics.grouping import DiagnosticGroup, Place, sound
from apiscribe.diagnostics.summary import Summary

# Raised when a key goes or changes its meaning; a new key may come without.
_VERSION = 1


def json_report(found: Sequence[DiagnosticGroup], counted: Summary) -> str:
    """The findings and their count. Pure ASCII, so that no character of a page steers a reader."""
    report = {
        "version": _VERSION,
        "tool": {"name": "apiscribe", "version": __version__},
        "summary": asdict(counted),
        "diagnostics": [_entry(each) for each in found],
    }
    return json.dumps(report, indent=2) + "\n"


def _entry(found: DiagnosticGroup) -> dict[str, Any]:
    return {
        "code": found.code,
        "level": found.level,
        "message": found.message,
        **_where(found.place),
        "row": found.row,
        "why": found.why,
        "help": found.help,
        "also": [_where(place) for place in found.also],
        "fingerprint": found.fingerprint,
    }


def _where(place: Place) -> dict[str, Any]:
    return {
        "path": sound(place.path),
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line,
        "mark": place.mark,
    }
