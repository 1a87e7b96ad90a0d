"""Compares the paths and ids of operations that both documents have, and their sunsets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from apiscribe.drift.change import Grade
from apiscribe.drift.documents.findings import Findings
from apiscribe.drift.documents.operations import Operation
from apiscribe.drift.documents.sunsets import compare_sunset
from apiscribe.drift.routes import path_difference, path_difference_text

# At least this many paths with the same difference are one change.
_MIN_ALIKE = 3


def compare_routes(findings: Findings, pairs: Sequence[tuple[Operation, Operation]]) -> None:
    """Report operations with another path, verb or id."""
    moved: defaultdict[tuple[str, str], list[tuple[Operation, Operation]]] = defaultdict(list)
    for old, new in pairs:
        compare_sunset(findings, old, new)
        if new.includes(old):
            message = f"{old.text} is now one of the paths of {new.text}"
            findings.add("route-widened", message, old.node, new.node)
        elif old.key != new.key:
            moved[path_difference(old.path, new.path)].append((old, new))
        elif old.path_parameters != new.path_parameters and set(old.path_parameters) == set(
            new.path_parameters
        ):
            message = f"{old.text} changed to {new.text}"
            findings.add("route-changed", message, old.node, new.node)
    _compare_ids(findings, [pair for pair in pairs if pair[0].key == pair[1].key])
    for (was, now), together in moved.items():
        old, new = together[0]
        if len(together) >= _MIN_ALIKE and (was or now):
            paths = tuple(dict.fromkeys(one.path for one, _ in together))
            message = path_difference_text(was, now, len(paths))
            findings.add("route-changed", message, old.node, new.node, details=paths)
            continue
        for old, new in together:
            message = f"{old.text} changed to {new.text}"
            other_id = f"id {old.id or 'none'} is now {new.id or 'none'}"
            details = (other_id,) if old.id != new.id else ()
            findings.add("route-changed", message, old.node, new.node, details=details)


def _compare_ids(findings: Findings, pairs: Sequence[tuple[Operation, Operation]]) -> None:
    """Report changed ids: as one change if most changed, as after a change of the generator."""
    changed = [(old, new) for old, new in pairs if old.id != new.id]
    if len(changed) >= _MIN_ALIKE and 2 * len(changed) > len(pairs):
        old, new = changed[0]
        ids = f"{old.id or 'none'} to {new.id or 'none'}"
        message = f"the ids of {len(changed)} operations changed: {ids}"
        details = tuple(old.id for old, _ in changed if old.id)
        grade = _grade_of_id(any(old.id for old, _ in changed))
        findings.add("operation-id-changed", message, old.node, new.node, grade, details=details)
        return
    for old, new in changed:
        message = f"the id of {old.text} changed from {old.id or 'none'} to {new.id or 'none'}"
        grade = _grade_of_id(bool(old.id))
        findings.add("operation-id-changed", message, old.node, new.node, grade)


def _grade_of_id(had_id: bool) -> Grade:
    return "source" if had_id else "safe"
