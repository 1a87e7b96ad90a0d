"""drift-baseline.toml: changes that were reviewed and accepted.

[[accept]]
fingerprint = "3f1c…"       # of the change, from `drift --write-baseline`
reason = "…"                # why the change is acceptable
expires = 2026-12-31        # optional: the change is reported again from this date on
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from apiscribe.diagnostics.report import visible
from apiscribe.drift.change import Change, Drift

BASELINE = "drift-baseline.toml"
_KEYS = ("fingerprint", "reason", "expires")


class BaselineError(Exception):
    """A malformed baseline; the text has the location and the reason."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An accepted change; `location` is that of the entry."""

    location: str
    fingerprint: str
    reason: str
    expires: date | None = None


def read_baseline(file: Path | None) -> list[Entry]:
    """Return the entries of a baseline; without a name those of `BASELINE`, if that file exists.
    Raises BaselineError.
    """
    path = file or Path(BASELINE)
    if file is None and not path.is_file():
        return []
    try:
        document = tomllib.loads(path.read_bytes().decode())
    except (OSError, ValueError) as error:
        raise BaselineError(f"{path}: {error}") from error
    entries = document.pop("accept", [])
    if document or not isinstance(entries, list):
        raise BaselineError(f"{path}: expected nothing but [[accept]] entries")
    return [_entry(raw, f"{path}: [[accept]] {n}") for n, raw in enumerate(entries, 1)]


def _entry(raw: Any, location: str) -> Entry:
    if not isinstance(raw, dict):
        raise BaselineError(f"{location}: expected a table")
    if unknown := raw.keys() - set(_KEYS):
        known = ", ".join(_KEYS)
        raise BaselineError(f'{location}: unknown key "{min(unknown)}" (known: {known})')
    for key in ("fingerprint", "reason"):
        if not isinstance(raw.get(key), str) or not raw[key].strip():
            raise BaselineError(f"{location}: {key} is missing or empty")
    expires = raw.get("expires")
    if expires is not None and type(expires) is not date:
        raise BaselineError(f"{location}: expires is not a date; write it as 2026-12-31")
    return Entry(
        location=location, fingerprint=raw["fingerprint"], reason=raw["reason"], expires=expires
    )


def accepted(
    drift: Drift, entries: Sequence[Entry], today: date | None = None
) -> tuple[Drift, list[str]]:
    """Return the drift with the accepted changes moved to `accepted`, and a complaint for each
    entry that is expired or matches no change.
    """
    now = today or datetime.now(UTC).date()
    known = {change.fingerprint for change in drift.changes}
    complaints = []
    valid = set()
    for entry in entries:
        if entry.fingerprint not in known:
            complaints.append(f"{entry.location} matches no change ({entry.reason}); delete it")
        elif entry.expires and entry.expires < now:
            complaints.append(f"{entry.location} expired on {entry.expires} ({entry.reason})")
        else:
            valid.add(entry.fingerprint)
    return (
        replace(
            drift,
            changes=tuple(c for c in drift.changes if c.fingerprint not in valid),
            accepted=tuple(c for c in drift.changes if c.fingerprint in valid),
        ),
        complaints,
    )


def baseline_text(changes: Sequence[Change]) -> str:
    """Return entries that accept the changes, each after a comment with its change. The reasons are
    left empty, which is an error until someone fills them in.
    """
    return "\n".join(
        f"# {change.grade}: {change.kind}: {visible(change.symbol)}\n"
        f"# {visible(change.message)}\n"
        f'[[accept]]\nfingerprint = "{change.fingerprint}"\nreason = ""\n'
        for change in changes
    )
