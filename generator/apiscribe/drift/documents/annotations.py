"""Lists the differences of two documents that affect no client, with the number of places."""

from __future__ import annotations

from collections.abc import Sequence

from apiscribe.drift.documents.findings import Findings
from apiscribe.drift.documents.operations import Operation
from apiscribe.drift.documents.schema_view import ANNOTATIONS
from apiscribe.model.openapi_document import Document, Node

# Extensions that are compared.
_COMPARED = frozenset({"x-extensible-enum", "x-sunset"})
_OF_OPERATIONS = frozenset({"tags", "links"})
# The keys of these objects are names, not keywords.
_NAMES = frozenset(
    "properties patternProperties dependentSchemas schemas responses parameters examples headers"
    " requestBodies securitySchemes links callbacks pathItems paths webhooks content variables"
    " scopes mapping encoding".split()
)


def compare_annotations(
    findings: Findings,
    old: Document,
    new: Document,
    pairs: Sequence[tuple[Operation, Operation]],
) -> None:
    """Record the annotations that differ between parts that both documents have."""
    visited: set[tuple[str, ...]] = set()
    for one, other in pairs:
        _compare(findings, one.node, other.node, False, visited)
    for key in ("info", "tags", "externalDocs"):
        before, after = old.root.get(key), new.root.get(key)
        if before and after and before.value != after.value:
            findings.skip(key, before)
    components = old.root.get("components"), new.root.get("components")
    if components[0] and components[1]:
        _compare(findings, components[0], components[1], False, visited)


def _compare(
    findings: Findings, old: Node, new: Node, by_name: bool, visited: set[tuple[str, ...]]
) -> None:
    """Record what differs in two parts; `by_name` states that their keys are names."""
    if old.keys in visited:
        return
    visited.add(old.keys)
    before, after = old.members(), new.members()
    for key in dict.fromkeys([*before, *after]):
        one, other = before.get(key), after.get(key)
        if key == "allOf" and not by_name and _members(one) != _members(other):
            findings.skip(key, old)  # the merged schemas are compared
        if not by_name and _is_note(key):
            if (one and one.value) != (other and other.value):
                findings.skip(key, old)
        elif one and other:
            _compare(findings, one, other, not by_name and key in _NAMES, visited)


def _members(node: Node | None) -> set[tuple[str, ...]]:
    """Return the keys of the named schemas that a list refers to."""
    return {part.keys for part in node.members().values() if part.used} if node else set()


def _is_note(key: str) -> bool:
    is_extension = key.startswith("x-") and key not in _COMPARED
    return key in ANNOTATIONS or key in _OF_OPERATIONS or is_extension
