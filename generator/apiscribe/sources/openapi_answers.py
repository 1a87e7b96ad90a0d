"""Read the responses of OpenAPI operations, by status."""

from __future__ import annotations

from apiscribe.model.http import Answer
from apiscribe.model.openapi_document import Document
from apiscribe.sources.openapi_operations import Operation


def answers_of(document: Document, operation: Operation) -> tuple[Answer, ...]:
    """Return the statuses of an operation; that of success has the method's response."""
    responses = document.get_object(operation.content, "responses")
    keys = ("paths", operation.path, operation.http_method.lower(), "responses")
    return tuple(
        Answer(
            status=str(status),
            description=str(document.resolve(response).get("description") or ""),
            span=document.span(*keys, str(status)),
        )
        for status, response in responses.items()
    )
