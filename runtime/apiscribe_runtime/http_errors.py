"""Errors over HTTP in the form that the pages document."""

from __future__ import annotations

from typing import Any

from .errors import ApiError
from .registry import ErrorShape

JsonObject = dict[str, Any]

_INVALID = 400


def error_status(error: ApiError, shape: ErrorShape | None) -> int:
    """Return the status of an error."""
    return shape.invalid if shape and error.http == _INVALID else error.http


def error_body(error: ApiError, shape: ErrorShape | None) -> Any:
    """Return the body of an error. The kind of the error is in lower case in a documented form:
    `not_found`.
    """
    if shape is None:
        return error.body
    facts = {
        "message": error.message,
        "code": error.code.removeprefix("ERROR_").lower(),
        "status": error_status(error, shape),
    }
    body: Any = {}
    for path, fact in shape.fields.items():
        body = _with(body, path.split("."), facts[fact])
    return body


def error_schema(shape: ErrorShape) -> JsonObject:
    """Return the JSON Schema of the bodies of errors."""
    body: Any = {}
    for path, fact in shape.fields.items():
        kind = {"type": "integer" if fact == "status" else "string"}
        body = _with(body, path.split("."), kind)
    return _schema_of(body)


def _with(holder: Any, parts: list[str], value: Any) -> Any:
    """Return an object or a list of one item, with a value at a path."""
    if not parts:
        return value
    first, *rest = parts
    if first.startswith("[]"):
        item = holder[0] if isinstance(holder, list) else {}
        return [_with(item, rest, value)]
    name = first.removesuffix("[]")
    rest = ["[]", *rest] if first.endswith("[]") else rest
    return {**holder, name: _with(holder.get(name, {}), rest, value)}


def _schema_of(body: Any) -> JsonObject:
    if isinstance(body, list):
        return {"type": "array", "items": _schema_of(body[0])}
    if isinstance(body.get("type"), str):
        return dict(body)
    properties = {name: _schema_of(value) for name, value in body.items()}
    return {"type": "object", "required": list(properties), "properties": properties}
