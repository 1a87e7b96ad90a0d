"""Changes as diagnostics, for the formats that diagnostics have too."""

from __future__ import annotations

import re
from typing import Any

from apiscribe.diagnostics.codes import Level
from apiscribe.diagnostics.grouping import DiagnosticGroup, Location, encodable
from apiscribe.diagnostics.source import Span
from apiscribe.drift.change import Change, Drift, Grade
from apiscribe.drift.change_kinds import KINDS
from apiscribe.drift.formats.presentation import path_of, source_line
from apiscribe.model.version import ApiVersion

# Surrogates that encode no byte of a file name: a server may report such names.
_LONE_SURROGATE = re.compile("[\ud800-\udc7f]")
_LEVELS: dict[Grade, Level] = {
    "wire": "error",
    "json": "error",
    "source": "warning",
    "docs": "note",
    "safe": "note",
}


def change_diagnostics(drift: Drift, old: ApiVersion, new: ApiVersion) -> list[DiagnosticGroup]:
    """Return the changes as diagnostics at their new locations. A removal is at its page in the new
    version, where a review shows it; without that page, at its old location. What traffic shows is
    at the page, which can be corrected.
    """
    return [_diagnostic(change, old, new) for change in drift.changes]


def change_rule(kind: str) -> dict[str, Any]:
    """Return a kind as a rule of SARIF."""
    entry = KINDS[kind]
    return {
        "id": kind,
        "shortDescription": {"text": entry.summary},
        "help": {"text": f"{entry.consequence} More: apiscribe explain {kind}"},
        "defaultConfiguration": {"level": _LEVELS[entry.grade]},
    }


def _diagnostic(change: Change, old: ApiVersion, new: ApiVersion) -> DiagnosticGroup:
    spans = [(change.new, new), (change.old, old)]
    spans.sort(key=lambda side: side[0] is None or side[1].is_traffic)
    locations = [_location(span, version) for span, version in spans if span]
    first, version = spans[0] if locations else (None, old)
    if not change.new and change.old and (page := new.texts.get(change.old.path)):
        line = min(change.old.line, len(page.lines))
        locations.insert(0, _location(Span(change.old.path, line, line), new))
    return DiagnosticGroup(
        code=change.kind,
        level=_LEVELS[change.grade],
        message=encodable(f"{change.symbol}: {change.message} ({change.grade})"),
        location=(
            locations[0] if locations else Location(path=version.name, line=1, column=1, end_line=1)
        ),
        row=source_line(first, version, change.symbol),
        why=KINDS[change.kind].summary,
        help=encodable(change.consequence),
        also=tuple(locations[1:]),
        fingerprint=change.fingerprint,
    )


def _location(span: Span, version: ApiVersion) -> Location:
    path = _LONE_SURROGATE.sub("\ufffd", path_of(span, version))
    return Location(path=path, line=span.line, column=1, end_line=span.end_line)
