"""Read back what `emit.openapi` puts into extensions of a document that `apiscribe build` wrote.

The request of a method is taken apart there: its fields are parameters and properties of a body.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from apiscribe.model.openapi_document import SCHEMAS, Document, Json
from apiscribe.sources.openapi_operations import Operation, request_schema, response_schema

_REQUEST, _BODY = "x-apiscribe-request", "x-apiscribe-body"
_RESPONSE, _RESPONSE_BODY = "x-apiscribe-response", "x-apiscribe-response-body"
_FIELD, _MESSAGES, _NAME = "x-apiscribe-field", "x-apiscribe-messages", "x-apiscribe-name"
_REQUIRED = "x-apiscribe-required"


def stated_name(schema: Any) -> str:
    """Return the full name that a schema states, or an empty text."""
    return str(schema.get(_NAME) or "") if isinstance(schema, dict) else ""


def request_name(document: Document, operation: Operation) -> str:
    """Return the full name of an operation's request; empty if it has none."""
    stated = operation.content.get(_REQUEST)
    return str(stated) if stated else stated_name(_resolved(document, operation))


def body_of(document: Document, operation: Operation) -> str:
    """Return the field that is the whole body of an operation's request, or `*`."""
    has_body = request_schema(document, operation) is not None
    return str(operation.content.get(_BODY) or ("*" if has_body else ""))


def response_body_of(operation: Operation) -> str:
    """Return the field that is the whole response of an operation."""
    return str(operation.content.get(_RESPONSE_BODY) or "")


def response_name(operation: Operation) -> str:
    """Return the full name of a response of which the document has one field; empty for others."""
    return str(operation.content.get(_RESPONSE) or "")


def dissolved_messages(
    document: Document, operations: Iterable[Operation], declared: Mapping[str, str]
) -> dict[str, Json]:
    """Return full name → schema of the messages that no named schema has.

    `declared` is full name → key of the named schemas.
    """
    result: dict[str, Json] = {}
    for operation in operations:
        name = request_name(document, operation)
        if name and name not in declared:
            schema = result.setdefault(name, {"type": "object", "properties": {}, "required": []})
            _merge(schema, _request_parts(document, operation), declared)
        response, field = response_name(operation), response_body_of(operation)
        whole = response_schema(document, operation)
        if response and response not in declared and whole is not None:
            result[response] = {"type": "object", "properties": {field: whole}}
    return result


def _request_parts(
    document: Document, operation: Operation
) -> Iterator[tuple[list[str], list[str], Json, bool]]:
    """Yield the field paths of a request: their names, messages, schema and whether required."""
    for parameter in operation.parameters:
        # A header is a field only if the document says so, a parameter of the path unless it does.
        is_header = parameter.get("in") in ("header", "cookie")
        field_path = str(parameter.get(_FIELD, "" if is_header else parameter.get("name")))
        if not field_path:
            continue
        messages = parameter.get(_MESSAGES)
        listed = [str(name) for name in messages] if isinstance(messages, list) else []
        path = field_path.split(".", len(listed))  # the name of a field may have dots, too
        is_required = parameter.get("required") is True and parameter.get(_REQUIRED) is not False
        yield path, listed, _parameter_schema(document, parameter), is_required
    field, body = operation.content.get(_BODY), request_schema(document, operation)
    if body is not None and field:
        content = document.resolve(operation.content.get("requestBody") or {})
        described = {"description": content["description"]} if "description" in content else {}
        yield [str(field)], [], {**body, **described}, content.get("required") is True
    elif body is not None:
        resolved = document.resolve(body)
        required = resolved.get("required")
        names = required if isinstance(required, list) else []
        for name, schema in document.get_object(resolved, "properties").items():
            yield [str(name)], [], schema, name in names


def _parameter_schema(document: Document, parameter: Json) -> Json:
    schema = dict(document.get_object(parameter, "schema"))
    items = schema.get("items")
    if isinstance(items, dict) and "contentSchema" in items:  # JSON texts of messages
        schema["items"] = items["contentSchema"]
    for key in ("description", "deprecated"):
        if key in parameter:
            schema[key] = parameter[key]
    return schema


def _merge(
    schema: Json,
    parts: Iterable[tuple[list[str], list[str], Json, bool]],
    declared: Mapping[str, str],
) -> None:
    """Add the fields of a request to its schema, nested ones to the schemas of their messages."""
    for (name, *inner), messages, field, required in parts:
        properties = schema["properties"]
        if not inner:
            properties.setdefault(name, field)
        elif messages[0] in declared:
            properties.setdefault(name, {"$ref": f"{SCHEMAS}{declared[messages[0]]}"})
            continue
        else:
            nested = properties.setdefault(
                name, {"type": "object", _NAME: messages[0], "properties": {}, "required": []}
            )
            if "properties" in nested:
                _merge(nested, [(inner, messages[1:], field, required)], declared)
        if required and name not in schema["required"] and not inner:
            schema["required"].append(name)


def _resolved(document: Document, operation: Operation) -> Json:
    schema = request_schema(document, operation)
    return document.resolve(schema) if schema is not None else {}
