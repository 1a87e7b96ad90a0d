"""A drift as JSON; `drift.schema.json` describes it."""

from __future__ import annotations

import json
from typing import Any

from apiscribe.diagnostics.source import Span
from apiscribe.drift.change import GRADES, Change, Drift
from apiscribe.drift.formats.shown import counts
from apiscribe.model.version import ApiVersion


def json_drift(drift: Drift, old: ApiVersion, new: ApiVersion) -> str:
    """One object. Pure ASCII, so that no character of a page steers a terminal."""
    counted = counts(drift.changes)
    document = {
        "old": drift.old,
        "new": drift.new,
        "counts": {grade: counted.get(grade, 0) for grade in GRADES},
        "changes": [_change(change, old, new) for change in drift.changes],
        "accepted": [_change(change, old, new) for change in drift.accepted],
        "not_compared": [{"fact": each.fact, "reason": each.reason} for each in drift.not_compared],
    }
    return json.dumps(document, indent=1) + "\n"


def _change(change: Change, old: ApiVersion, new: ApiVersion) -> dict[str, Any]:
    return {
        "kind": change.kind,
        "grade": change.grade,
        "symbol": change.symbol,
        "message": change.message,
        "consequence": change.consequence,
        "old": _place(change.old, old),
        "new": _place(change.new, new),
        "details": list(change.details),
        "fingerprint": change.fingerprint,
    }


def _place(span: Span | None, side: ApiVersion) -> dict[str, Any] | None:
    if span is None:
        return None
    folder = f"{side.folder.rstrip('/')}/" if side.folder else ""
    return {"path": f"{folder}{span.path}", "line": span.line}
