"""What a request says of a row: which one it means, what it gives, what it may change."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from .codec import within
from .errors import from_validation, required_parameter
from .rows import Rows

JsonObject = dict[str, Any]


def naming(rows: Rows, request: JsonObject) -> JsonObject:
    """The conditions of a request, if it names a row; without the key it would mean any."""
    if not request.get(rows.resource.key):
        raise required_parameter(rows.resource.key)
    return conditions(rows, request)


def conditions(rows: Rows, request: JsonObject) -> JsonObject:
    """What a request gives that rows have: the key, which the message may lack, and its fields."""
    key = rows.resource.key
    return {**({key: request[key]} if key in request else {}), **_held(rows, request)}


def row_of(rows: Rows, request: JsonObject) -> JsonObject:
    """The conditions on the key and the tenant alone: the rest is to change the row."""
    named = naming(rows, request)
    fixed = (rows.resource.key, rows.resource.tenant)
    return {name: named[name] for name in fixed if name in named}


def _held(rows: Rows, request: JsonObject) -> JsonObject:
    """What a request gives of the fields that the resource has."""
    is_open = rows.resource.model.model_config.get("extra") == "allow"
    return {name: value for name, value in request.items() if is_open or name in rows.fields}


def given(rows: Rows, request: JsonObject) -> JsonObject:
    """What the resource has of a request, without blanks around texts. The messages in it may be
    others there: a request gives a password, say, that the resource does not show.
    """
    return _checked(rows, stripped(within(_held(rows, request), rows.resource.proto.DESCRIPTOR)))


def stripped(value: Any) -> Any:
    """The value without blanks around its text; of an object, around its keys and texts, at any
    depth. A list stays as it is.
    """
    # Seen in spaceone-core 2.0.144: objects in objects, and no lists.
    if isinstance(value, dict):
        return {key.strip(): stripped(entry) for key, entry in value.items()}
    return value.strip() if isinstance(value, str) else value


def touched(rows: Rows, changes: JsonObject) -> JsonObject:
    """The changes, and the time of them. What a server gives itself, a request cannot change."""
    fixed = {rows.resource.created, rows.resource.key, rows.resource.tenant}
    found = {n: v for n, v in given(rows, changes).items() if n not in fixed}
    return {**found, **({rows.resource.updated: now()} if rows.resource.updated else {})}


def _checked(rows: Rows, row: JsonObject) -> JsonObject:
    """The row as the resource's model writes it. A request may have a field of the same name and
    of another type: raises ApiError for its value.
    """
    try:
        return rows.resource.model.model_validate(row).to_json()
    except ValidationError as error:
        raise from_validation(error) from error


def now() -> str:
    """The time, as rows have it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
