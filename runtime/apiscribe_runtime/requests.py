"""The row in a request: the conditions that select it, its fields, and its changes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from .codec import drop_unknown_fields
from .documented_rows import without_parents
from .errors import from_validation, required_parameter
from .rows import Rows

JsonObject = dict[str, Any]


def key_conditions(rows: Rows, request: JsonObject) -> JsonObject:
    """Return the conditions of a request. Raises ApiError without a key: it would match any row."""
    if not request.get(rows.resource.key):
        raise required_parameter(rows.resource.key)
    return conditions(rows, request)


def conditions(rows: Rows, request: JsonObject) -> JsonObject:
    """Return the fields of a request that rows have, and the key, which the message may lack."""
    key = rows.resource.key
    return {**({key: request[key]} if key in request else {}), **_common_fields(rows, request)}


def fixed_conditions(rows: Rows, request: JsonObject, parents: Iterable[str] = ()) -> JsonObject:
    """Return the conditions on the key, the tenant and the rows above; the other fields are
    changes.
    """
    found = key_conditions(rows, request)
    fixed = (rows.resource.key, rows.resource.tenant, *parents)
    return {name: found[name] for name in fixed if name in found}


def _common_fields(rows: Rows, request: JsonObject) -> JsonObject:
    """Return the fields of a request that the resource has, or stores for the rows above."""
    is_opaque = rows.resource.model.model_config.get("extra") == "allow"
    known = {*rows.fields, *rows.resource.parents}
    return {name: value for name, value in request.items() if is_opaque or name in known}


def row_fields(rows: Rows, request: JsonObject) -> JsonObject:
    """Return the resource's fields in a request, without whitespace around strings. Messages in the
    request may have more fields than those of the resource: a password, for example.
    """
    own = without_parents(_common_fields(rows, request), rows.resource)
    fields = drop_unknown_fields(own, rows.resource.proto.DESCRIPTOR)
    return _validate(rows, strip_blanks(fields))


def strip_blanks(value: Any) -> Any:
    """Return a string, or an object with its keys and strings at any depth, without surrounding
    whitespace. Lists stay unchanged.
    """
    # Observed in spaceone-core 2.0.144: nested objects, and no lists.
    if isinstance(value, dict):
        return {key.strip(): strip_blanks(entry) for key, entry in value.items()}
    return value.strip() if isinstance(value, str) else value


def changed_fields(rows: Rows, changes: JsonObject) -> JsonObject:
    """Return changes of a row with the time of the update, and without read-only fields."""
    read_only = {rows.resource.created, rows.resource.key, rows.resource.tenant}
    fields = {n: v for n, v in row_fields(rows, changes).items() if n not in read_only}
    return {**fields, **({rows.resource.updated: current_time()} if rows.resource.updated else {})}


def _validate(rows: Rows, row: JsonObject) -> JsonObject:
    """Return the row as the resource's model writes it. Raises ApiError for a value of a wrong
    type: the field may have another type in the request.
    """
    try:
        return rows.resource.model.checked(row).to_json()
    except ValidationError as error:
        raise from_validation(error) from error


def current_time() -> str:
    """Return the current time as rows store it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
