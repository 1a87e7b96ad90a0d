"""drift-baseline.toml: changes that somebody has looked at and accepts.

[[accept]]
fingerprint = "3f1c…"       # of the change; `drift --write-baseline` tells it
reason = "…"                # why it may be
expires = 2026-12-31        # optional: from then on it is a finding again
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


class BaselineError(Exception):
    """A baseline that is not what it should be; the text says where, and why."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An accepted change; `place` is the entry's own."""

    place: str
    fingerprint: str
    reason: str
    expires: date | None = None


def read_baseline(file: Path | None) -> list[Entry]:
    """The entries of a baseline; none where no file is named and there is none here. Raises
    BaselineError.
    """
    place = file or Path(BASELINE)
    if file is None and not place.is_file():
        return []
    try:
        document = tomllib.loads(place.read_bytes().decode())
    except (OSError, ValueError) as error:
        raise BaselineError(f"{place}: {error}") from error
    entries = document.pop("accept", [])
    if document or not isinstance(entries, list):
        raise BaselineError(f"{place}: it holds other things than [[accept]] entries")
    return [_entry(raw, f"{place}: [[accept]] {n}") for n, raw in enumerate(entries, 1)]


def _entry(raw: Any, place: str) -> Entry:
    keys = {"fingerprint", "reason", "expires"}
    if not isinstance(raw, dict) or raw.keys() - keys:
        unknown = min(raw.keys() - keys) if isinstance(raw, dict) else "no table"
        raise BaselineError(f"{place}: {unknown} means nothing here")
    for key in ("fingerprint", "reason"):
        if not isinstance(raw.get(key), str) or not raw[key].strip():
            raise BaselineError(f"{place}: it has no {key}")
    expires = raw.get("expires")
    if expires is not None and type(expires) is not date:
        raise BaselineError(f"{place}: expires is no date (2026-12-31)")
    return Entry(place=place, fingerprint=raw["fingerprint"], reason=raw["reason"], expires=expires)


def accepted(
    drift: Drift, entries: Sequence[Entry], today: date | None = None
) -> tuple[Drift, list[str]]:
    """The drift with what the entries accept set apart, and what is wrong with entries: one that is
    expired, or that no change matches any more.
    """
    now = today or datetime.now(UTC).date()
    known = {change.fingerprint for change in drift.changes}
    complaints = []
    valid = set()
    for entry in entries:
        if entry.fingerprint not in known:
            complaints.append(f"{entry.place} matches no change ({entry.reason}); delete it")
        elif entry.expires and entry.expires < now:
            complaints.append(f"{entry.place} expired on {entry.expires} ({entry.reason})")
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
    """Entries that would accept changes, each below what it is about. The reasons are left to
    people: an entry without one is an error.
    """
    return "\n".join(
        f"# {change.grade}: {change.kind}: {visible(change.symbol)}\n"
        f"# {visible(change.message)}\n"
        f'[[accept]]\nfingerprint = "{change.fingerprint}"\nreason = ""\n'
        for change in changes
    )
