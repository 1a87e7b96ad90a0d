"""The Query of list methods → SQL: equality filters, sort, page, and which fields to return.

What else a Query can ask for is refused with an error that says so, never ignored.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, and_, exists, func, literal, or_, select

from .catalog import Resource
from .errors import query_failed

_UNSUPPORTED = ("keyword", "minimal")


def where(asked: Mapping[str, Any], table: Table, resource: Resource) -> list[ColumnElement[bool]]:
    """The conditions of `filter` (all of them) and `filter_or` (any of them)."""
    for part in _UNSUPPORTED:
        if asked.get(part):
            raise query_failed(f"{part} is not supported")
    for name in asked.get("only", ()):
        check_key(name, resource)
    conditions = [_condition(entry, table, resource) for entry in asked.get("filter", ())]
    either = [_condition(entry, table, resource) for entry in asked.get("filter_or", ())]
    return [*conditions, or_(*either)] if either else conditions


def order_by(asked: Mapping[str, Any], table: Table) -> list[ColumnElement[Any]]:
    """What `sort` asks for: one object with `key` or `keys`, or a list of such keys."""
    return [
        element(table, key).desc() if desc else element(table, key).asc()
        for key, desc in sort_keys(asked.get("sort"))
    ]


def paged(statement: Select[Any], asked: Mapping[str, Any]) -> Select[Any]:
    """The slice that `page` asks for; `start` counts from 1, and means nothing without `limit`."""
    page = asked.get("page") or {}
    limit, start = page.get("limit", 0), page.get("start", 0)
    return statement.limit(limit).offset(max(start, 1) - 1) if limit > 0 else statement


def selected(row: dict[str, Any], asked: Mapping[str, Any]) -> dict[str, Any]:
    """The row with the fields that `only` names, and those that it is sorted by."""
    only = asked.get("only")
    if not only:
        return row
    names = {name.split(".")[0] for name in only}
    names |= {key.split(".")[0] for key, _ in sort_keys(asked.get("sort"))}
    return {name: value for name, value in row.items() if name in names}


def sort_keys(sort: Any) -> list[tuple[str, bool]]:
    """The keys of a `sort` in order, each with whether it descends."""
    entries: Sequence[Any] = sort if isinstance(sort, list) else [sort] if sort else []
    flat = [part for entry in entries for part in (entry, *entry.get("keys", ()))]
    return [(entry["key"], bool(entry.get("desc"))) for entry in flat if entry.get("key")]


def element(table: Table, key: str) -> ColumnElement[Any]:
    """The value at a dotted key of the row; NULL where it is null or absent."""
    return func.json_extract(table.c.data, _path(key))


def _path(key: str) -> str:
    """SQLite's path of a dotted key. It has no escape for a quote, so such keys are refused."""
    parts = key.split(".")
    if not all(parts) or any(char in key for char in '"\\\0'):
        raise query_failed(f"{key!r} is no key")
    return "$" + "".join(f'."{part}"' for part in parts)


def equals(table: Table, key: str, value: Any) -> ColumnElement[bool]:
    """Whether the value at a key is `value`, or for a list, is one of `value`; a list there holds
    an equal element.
    """
    if isinstance(value, list):
        return or_(literal(False), *(equals(table, key, item) for item in value))
    if isinstance(value, dict):
        raise query_failed(f"{key} cannot be compared with an object")
    at = element(table, key)
    if value is None:
        return at.is_(None)
    inside = func.json_each(at).table_valued("value")
    in_list = exists(select(1).select_from(inside).where(inside.c.value == value))
    is_list = func.json_type(table.c.data, _path(key)) == "array"
    return or_(and_(is_list, in_list), and_(~is_list, at == value))


def check_key(key: str, resource: Resource) -> None:
    """Raise ApiError where the resource has no such field; an open one may have any."""
    names = {field.alias or name for name, field in resource.model.model_fields.items()}
    if key.split(".")[0] not in names and resource.model.model_config.get("extra") != "allow":
        raise query_failed(f"{key} is no field of {resource.model.__name__}")


def _condition(entry: Mapping[str, Any], table: Table, resource: Resource) -> ColumnElement[bool]:
    key = entry.get("k") or entry.get("key") or ""
    operator = entry.get("o") or entry.get("operator") or ""
    check_key(key, resource)
    if operator != "eq":
        raise query_failed(f"operator {operator!r} is not supported (supported: eq)")
    value = entry.get("v", entry.get("value"))
    if isinstance(value, list):
        raise query_failed("the operator eq compares with one value, not with a list")
    return equals(table, key, value)
