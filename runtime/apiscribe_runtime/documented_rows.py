"""Stored rows as the current pages document them."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from typing import Any

from pydantic import ValidationError

from .registry import Resource

JsonObject = dict[str, Any]


def without_parents(row: JsonObject, resource: Resource) -> JsonObject:
    """Return a stored row without the keys of the rows above it."""
    names = resource.parents
    return {name: value for name, value in row.items() if name not in names} if names else row


def documented(row: JsonObject, resource: Resource) -> JsonObject:
    """Return a row without fields that the current pages lack: older pages may have had them. The
    stored row does not change.
    """
    row = without_parents(row, resource)
    try:
        resource.model.checked(row)
    except ValidationError as error:
        row = deepcopy(row)
        for problem in error.errors(include_url=False, include_context=False):
            _remove(row, problem["loc"])
    return row


def _remove(row: JsonObject, path: Sequence[str | int]) -> None:
    """Remove the innermost existing field of a path."""
    holder, name = row, ""
    value: Any = row
    for part in path:
        if isinstance(value, dict) and part in value:
            holder, name = value, str(part)
        elif not (isinstance(value, list) and isinstance(part, int) and part < len(value)):
            break
        value = value[part]
    holder.pop(name, None)
