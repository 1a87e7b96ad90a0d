"""Compares the dates at which operations end: `x-sunset`, the extension of that name."""

from __future__ import annotations

from datetime import UTC, date, datetime

from apiscribe.drift.documents.findings import Findings
from apiscribe.drift.documents.operations import Operation


def compare_sunset(findings: Findings, old: Operation, new: Operation) -> None:
    """Report that an operation ends earlier than announced, or without a date."""
    before, after = sunset(old), sunset(new)
    if before == after or (before is None and not _is_deprecated(old)):
        return  # the deprecation says so
    message = f"the sunset of {old.text} changed from {before or 'none'} to {after or 'none'}"
    worse = before is not None and (after < before if after else _is_deprecated(new))
    findings.add("sunset-changed", message, old.node, new.node, "json" if worse else "docs")


def is_announced(operation: Operation) -> bool:
    """Return whether an operation has a sunset date that has passed."""
    day = sunset(operation)
    today = datetime.now(UTC).date()
    return _is_deprecated(operation) and day is not None and day < today


def _is_deprecated(operation: Operation) -> bool:
    return operation.node.is_true("deprecated")


def sunset(operation: Operation) -> date | None:
    """Return the sunset date of an operation; None without one."""
    stated = part.value if (part := operation.node.get("x-sunset")) else None
    if isinstance(stated, datetime):
        return stated.date()
    if isinstance(stated, date):  # as YAML reads it
        return stated
    try:
        return date.fromisoformat(str(stated)[:10])
    except ValueError:
        return None
