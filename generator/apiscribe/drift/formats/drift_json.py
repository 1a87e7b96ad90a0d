"""A drift as JSON, in the schema of `drift.schema.json`."""

from __future__ import annotations

import json
from typing import Any

from apiscribe.diagnostics.source import Span
from apiscribe.drift.change import GRADES, Change, Drift
from apiscribe.drift.formats.presentation import count_grades, path_of
from apiscribe.model.version import ApiVersion


def json_drift(drift: Drift, old: ApiVersion, new: ApiVersion) -> str:
    """Return one object in ASCII, so that no character of a page controls a terminal."""
    counted = count_grades(drift.changes)
    document = {
        "old": drift.old,
        "new": drift.new,
        "counts": {grade: counted.get(grade, 0) for grade in GRADES},
        "changes": [_change(change, old, new) for change in drift.changes],
        "accepted": [_change(change, old, new) for change in drift.accepted],
        "not_compared": [{"fact": fact.fact, "reason": fact.reason} for fact in drift.not_compared],
    }
    return json.dumps(document, indent=1) + "\n"


def _change(change: Change, old: ApiVersion, new: ApiVersion) -> dict[str, Any]:
    return {
        "kind": change.kind,
        "grade": change.grade,
        "symbol": change.symbol,
        "message": change.message,
        "consequence": change.consequence,
        "old": _location(change.old, old),
        "new": _location(change.new, new),
        "details": list(change.details),
        "fingerprint": change.fingerprint,
    }


def _location(span: Span | None, version: ApiVersion) -> dict[str, Any] | None:
    return {"path": path_of(span, version), "line": span.line} if span else None
