"""Lists what was not compared, with the reasons, and what the traffic did not show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from apiscribe.drift.change import NotCompared
from apiscribe.drift.traffic.comparison import Comparison
from apiscribe.drift.traffic.findings import Findings
from apiscribe.drift.traffic.operations import Operations

# A reason names this many places.
_MAX_NAMES = 5


def not_compared(
    operations: Operations, comparison: Comparison, findings: Findings
) -> tuple[NotCompared, ...]:
    """Return what was left out, and the documented operations and fields that were never seen."""
    return (
        *_left_out(findings),
        NotCompared(fact="headers", reason="clients, browsers and proxies add their own"),
        *_without_credentials(comparison),
        *_never_called(operations, comparison),
        *_never_seen(comparison),
    )


def _left_out(findings: Findings) -> Iterator[NotCompared]:
    for fact, count in sorted(findings.left_out.items()):
        places = list(findings.places.get(fact, ()))
        names = f": {listed(places)}" if places else ""
        yield NotCompared(fact=fact, reason=f"{count} time{'s'[: count > 1]}{names}")


def _without_credentials(comparison: Comparison) -> Iterator[NotCompared]:
    if count := comparison.authentication.unknown:
        reason = f"no request of the recording has credentials; {count} should"
        yield NotCompared(fact="authentication", reason=reason)


def _never_called(operations: Operations, comparison: Comparison) -> Iterator[NotCompared]:
    names = dict.fromkeys(operation.text for operation in operations.all)
    never = [name for name in names if not comparison.calls[name]]
    if never:
        reason = f"{len(never)} of {len(names)}: {listed(never)}"
        yield NotCompared(fact="operations that no request called", reason=reason)


def _never_seen(comparison: Comparison) -> Iterator[NotCompared]:
    """Yield the documented fields that no answer had, with the answers that could have."""
    sightings, messages = comparison.sightings, comparison.declarations.messages
    names, total = [], 0
    for name, message in messages.items():
        count = sightings.answers[name]
        total += len(message.fields) if count else 0
        names += [
            f"{message.name}.{one.json_name} (0 of {count})"
            for one in message.fields
            if count and not sightings.fields[name][one.json_name]
        ]
    if names:
        reason = f"{len(names)} of {total}: {listed(names)}"
        yield NotCompared(fact="documented fields that no answer had", reason=reason)


def listed(names: Sequence[str]) -> str:
    """Return the first names, and the number of the others."""
    more = f" and {len(names) - _MAX_NAMES} more" if len(names) > _MAX_NAMES else ""
    return f"{', '.join(names[:_MAX_NAMES])}{more}"
