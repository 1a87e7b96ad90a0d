"""The project stage: which fields go on, and what is computed from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import case, func, literal, select

from . import json_functions as functions
from . import json_sql, query
from .errors import query_failed
from .json_sql import Expression


def projected(
    body: Mapping[str, Any], before: Mapping[str, Expression], value: Callable[[str], Expression]
) -> dict[str, Expression]:
    """The columns of a project stage: those that it names, or with `exclude_keys` the others."""
    entries = body.get("fields", ())
    named = [(query.either(e, "n", "name") or query.either(e, "k", "key"), e) for e in entries]
    if not named:
        raise query_failed("a project has no fields")
    if body.get("exclude_keys"):
        left_out = {query.either(e, "k", "key") or query.either(e, "n", "name") for e in entries}
        return {name: column for name, column in before.items() if name not in left_out}
    return {name: _field(name, entry, value) for name, entry in named}


def _field(name: str, entry: Mapping[str, Any], value: Callable[[str], Expression]) -> Expression:
    found = value(query.either(entry, "k", "key") or name)
    match query.either(entry, "o", "operator"):
        case "":
            return found
        case "size":
            is_list = functions.kind(found) == "array"
            return case((is_list, functions.quote(functions.length(found))))
        case "sum":
            one = json_sql.elements(found)
            total = func.coalesce(func.sum(json_sql.number(one.value)), literal(0))
            return functions.quote(select(total).select_from(one.source).scalar_subquery())
        case operator:
            raise query_failed(f"operator {operator!r} is not supported (supported: size, sum)")
