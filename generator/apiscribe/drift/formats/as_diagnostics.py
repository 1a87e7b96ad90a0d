"""Changes as findings: for the formats that both have."""

from __future__ import annotations

import re
from typing import Any

from apiscribe.diagnostics.codes import Level
from apiscribe.diagnostics.grouping import DiagnosticGroup, Location, encodable
from apiscribe.diagnostics.source import Span
from apiscribe.drift.change import Change, Drift, Grade
from apiscribe.drift.formats.shown import row
from apiscribe.drift.kinds import KINDS
from apiscribe.model.version import ApiVersion

# Half a character that stands for no byte of a file's name: a server may tell such a name.
_NO_PATH = re.compile("[\ud800-\udc7f]")
_LEVELS: dict[Grade, Level] = {
    "wire": "error",
    "json": "error",
    "source": "warning",
    "docs": "note",
    "safe": "note",
}


def change_diagnostics(drift: Drift, old: ApiVersion, new: ApiVersion) -> list[DiagnosticGroup]:
    """The changes as findings at their new places, or at the old ones of what is gone."""
    return [_finding(change, old, new) for change in drift.changes]


def change_rule(kind: str) -> dict[str, Any]:
    """A kind as a rule of SARIF."""
    known = KINDS[kind]
    return {
        "id": kind,
        "shortDescription": {"text": known.summary},
        "help": {"text": f"{known.consequence} More: apiscribe explain {kind}"},
        "defaultConfiguration": {"level": _LEVELS[known.grade]},
    }


def _finding(change: Change, old: ApiVersion, new: ApiVersion) -> DiagnosticGroup:
    places = [_place(span, side) for span, side in ((change.new, new), (change.old, old)) if span]
    first, side = (change.new, new) if change.new else (change.old, old)
    return DiagnosticGroup(
        code=change.kind,
        level=_LEVELS[change.grade],
        message=encodable(f"{change.symbol}: {change.message} ({change.grade})"),
        location=places[0] if places else Location(path=side.name, line=1, column=1, end_line=1),
        row=row(first, side, change.symbol),
        why=KINDS[change.kind].summary,
        help=encodable(change.consequence),
        also=tuple(places[1:]),
        fingerprint=change.fingerprint,
    )


def _place(span: Span, side: ApiVersion) -> Location:
    folder = f"{side.folder.rstrip('/')}/" if side.folder else ""
    path = _NO_PATH.sub("\ufffd", f"{folder}{span.path}")
    return Location(path=path, line=span.line, column=1, end_line=span.end_line)
