"""Compares two OpenAPI documents: all that they state of requests and responses.

The Api has no place for much of it, such as the alternatives of a body or the headers of responses.
So two documents are compared themselves, and a document with pages as Apis.
"""

from __future__ import annotations

from collections.abc import Sequence

from apiscribe.drift.change import NotCompared
from apiscribe.drift.change_list import Changes
from apiscribe.drift.documents.annotations import compare_annotations
from apiscribe.drift.documents.bodies import compare_request_body, compare_responses
from apiscribe.drift.documents.findings import Direction, Findings, Place
from apiscribe.drift.documents.operations import (
    Operation,
    callbacks,
    operations,
    pair_operations,
)
from apiscribe.drift.documents.parameters import compare_parameters
from apiscribe.drift.documents.removals import report_unpaired
from apiscribe.drift.documents.requirements import compare_requirements
from apiscribe.drift.documents.routes import compare_routes
from apiscribe.drift.documents.schemas import SchemaWalk
from apiscribe.drift.documents.servers import compare_servers, on_base_of
from apiscribe.model.openapi_document import Document


def compare_documents(changes: Changes, old: Document, new: Document) -> tuple[NotCompared, ...]:
    """Add the changes between two documents, and return what differs and was not compared."""
    findings = Findings()
    walk = SchemaWalk(findings)
    before, listed = operations(old), operations(new)
    after = on_base_of(old.root, new.root, before, listed)
    pairs = pair_operations(before, after)
    report_unpaired(findings, before, after, pairs)
    compare_routes(findings, pairs)
    for one, other in pairs:
        _compare_operations(walk, one, other, _OF_WEBHOOKS if one.is_called_back else _OF_PATHS)
    compare_requirements(findings, (old, new), pairs)
    compare_servers(findings, old.root, new.root, pairs, hosts=after is not listed)
    compare_annotations(findings, old, new, pairs)
    findings.report(changes)
    return tuple(findings.not_compared_facts())


def _compare_operations(
    walk: SchemaWalk, old: Operation, new: Operation, directions: Sequence[Direction]
) -> None:
    """Compare operations, with their requests in the directions that they may have."""
    for direction in directions:
        answers: Direction = "request" if direction == "response" else "response"
        compare_parameters(walk, old, new, Place(direction, ""))
        compare_request_body(walk, old, new, Place(direction, ""))
        compare_responses(walk, old, new, Place(answers, ""))
    deprecated = [each.node.is_true("deprecated") for each in (old, new)]
    if deprecated[0] != deprecated[1]:
        state = "is now" if deprecated[1] else "is no longer"
        message = f"{old.text} {state} deprecated"
        walk.findings.add("deprecation-changed", message, old.node, new.node)
    before, after = callbacks(old), callbacks(new)
    pairs = pair_operations(before, after)
    report_unpaired(walk.findings, before, after, pairs)
    for one, other_one in pairs:
        _compare_operations(walk, one, other_one, _OF_CALLBACKS)


_OF_PATHS: Sequence[Direction] = ("request",)
# The API calls the client. Source: OpenAPI 3.1, "Callback Object".
_OF_CALLBACKS: Sequence[Direction] = ("response",)
# A document does not state on which side its readers are: the API may receive a webhook, or its
# clients. Source: OpenAPI 3.1, "OpenAPI Object", webhooks.
_OF_WEBHOOKS: Sequence[Direction] = ("request", "response")
