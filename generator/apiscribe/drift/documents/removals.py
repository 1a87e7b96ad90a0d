"""Reports the operations that only one of two documents has; a whole path is one change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from apiscribe.drift.documents.findings import Findings
from apiscribe.drift.documents.operations import Operation
from apiscribe.drift.documents.sunsets import is_announced
from apiscribe.model.openapi_document import Node


def report_unpaired(
    findings: Findings,
    old: Sequence[Operation],
    new: Sequence[Operation],
    pairs: Sequence[tuple[Operation, Operation]],
) -> None:
    """Report operations that were removed or added."""
    paired = {id(operation) for pair in pairs for operation in pair}
    kept = {operation.path for operation, _ in pairs}, {operation.path for _, operation in pairs}
    _report("removed", (o for o in old if id(o) not in paired), kept[0], findings)
    _report("added", (o for o in new if id(o) not in paired), kept[1], findings)


def _report(what: str, listed: Iterable[Operation], kept: set[str], findings: Findings) -> None:
    groups: defaultdict[tuple[str, bool], list[Operation]] = defaultdict(list)
    for operation in listed:
        # The removal of a whole path is one change.
        key = operation.path if operation.path not in kept else operation.text
        groups[key, is_announced(operation)].append(operation)
    for (_, announced), group in groups.items():
        first, removed = group[0], what == "removed"
        is_path = len(group) > 1
        verbs = ", ".join(o.verb.upper() for o in group)
        name = f"{first.path} ({verbs})" if is_path else first.text
        node: Node = first.node
        findings.add(
            f"method-{what}",
            f"{name} was {what}{', as announced' if removed and announced else ''}",
            node if removed else None,
            None if removed else node,
            "docs" if removed and announced else "json" if removed else "safe",
            details=tuple(o.text for o in group) if is_path else (),
        )
