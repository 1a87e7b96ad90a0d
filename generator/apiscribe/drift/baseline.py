"""drift-baseline.toml: changes that reviewers have accepted.

`model/schemas/baseline.schema.json` and a table in docs/settings.md are made of these types.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from apiscribe.diagnostics.report import visible
from apiscribe.diagnostics.toml_errors import toml_reason
from apiscribe.drift.change import Change, Drift

BASELINE = "drift-baseline.toml"
_LONGEST_REASON = 300  # characters


class BaselineError(Exception):
    """An invalid baseline; the text has the location and the reason."""


class AcceptedChange(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """An accepted change."""

    fingerprint: Annotated[
        str,
        Meta(
            description="Fingerprint of the change; `drift --write-baseline` prints it.",
            extra_json_schema={"pattern": r"\S"},
        ),
    ]
    reason: Annotated[
        str,
        Meta(
            description="Why the change is acceptable, for reviewers.",
            extra_json_schema={"pattern": r"\S"},
        ),
    ]
    expires: Annotated[
        date | None,
        Meta(
            description="Last day on which the change is accepted: `2026-12-31`. Default: no end."
        ),
    ] = None


class Baseline(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Accepted changes. The file is optional."""

    accept: Annotated[
        tuple[AcceptedChange, ...],
        Meta(description="Accepted changes. `drift` reports an entry that matches no change."),
    ] = ()


def read_baseline(file: Path | None) -> dict[str, AcceptedChange]:
    """Return the entries of a baseline by location: the file, and the entry's number.

    Without a file, read `BASELINE` in the working folder, if it exists. Raises BaselineError.
    """
    path = file or Path(BASELINE)
    if file is None and not path.is_file():
        return {}
    try:
        baseline = msgspec.toml.decode(path.read_bytes().decode(), type=Baseline)
    except (OSError, ValueError, RecursionError) as error:
        is_deep = isinstance(error, RecursionError)
        reason = "nested too deeply" if is_deep else toml_reason(str(error), Baseline)
        raise BaselineError(f"{path}: {reason[:_LONGEST_REASON]}") from error
    entries = {f"{path}: [[accept]] {n}": entry for n, entry in enumerate(baseline.accept, 1)}
    for location, entry in entries.items():
        for key in ("fingerprint", "reason"):
            if not getattr(entry, key).strip():
                raise BaselineError(f"{location}: {key} is empty")
    return entries


def accepted(
    drift: Drift, entries: Mapping[str, AcceptedChange], today: date | None = None
) -> tuple[Drift, list[str]]:
    """Return the drift with the accepted changes in `accepted`, and complaints.

    A complaint is about an entry that has expired or matches no change. The keys of `entries` are
    their locations.
    """
    now = today or datetime.now(UTC).date()
    known = {change.fingerprint for change in drift.changes}
    complaints = []
    valid = set()
    for location, entry in entries.items():
        if entry.fingerprint not in known:
            complaints.append(f"{location} matches no change ({entry.reason}); delete it")
        elif entry.expires and entry.expires < now:
            complaints.append(f"{location} expired on {entry.expires} ({entry.reason})")
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
    """Return entries that accept the changes, each after a comment with its change.

    The reasons are empty, for reviewers to fill in: an entry without one is an error.
    """
    return "\n".join(
        f"# {change.grade}: {change.kind}: {visible(change.symbol)}\n"
        f"# {visible(change.message)}\n"
        f'[[accept]]\nfingerprint = "{change.fingerprint}"\nreason = ""\n'
        for change in changes
    )
