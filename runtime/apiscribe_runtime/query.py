"""The Query of list methods → SQL: filters, keyword, sort, page, and the fields to return."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, null, or_

from . import filters, limits
from . import sql_dialects as functions
from .errors import query_failed
from .field_path import FieldPath
from .json_sql import Condition, Expression
from .registry import Resource

JsonObject = dict[str, Any]


def where(
    query: Mapping[str, Any], table: Table, resource: Resource, has_servers_times: bool = False
) -> list[Condition]:
    """Return the conditions of `filter` (all must be met), `filter_or` (any) and `keyword`.

    `has_servers_times`: no row has a `foreign_time`.
    """
    all_of, any_of = as_list(query.get("filter")), as_list(query.get("filter_or"))
    check_count([*all_of, *any_of])

    def at(key: str) -> FieldPath:
        is_servers = has_servers_times and key == resource.created
        return FieldPath(table.c.data, key, resource, has_servers_times=is_servers)

    conditions = [entry_condition(entry, at) for entry in all_of]
    if any_of:
        conditions.append(or_(*(entry_condition(entry, at) for entry in any_of)))
    if words := str(query.get("keyword") or "").split():
        limits.at_most(limits.WORDS, words, "words in keyword")
        limits.at_most(limits.SEARCHED, sum(map(len, words)), "characters in keyword")
        matches = [filters.condition(at(key), "contain_in", words) for key in resource.identifying]
        conditions.append(or_(*matches))
    check_only(query, resource)
    return conditions


def compares_created(query: Mapping[str, Any], resource: Resource) -> bool:
    """Return whether a condition compares the creation time of rows, a text, with another time."""
    entries = [*as_list(query.get("filter")), *as_list(query.get("filter_or"))]
    time_keys = (
        get_text(entry, "k", "key")
        for entry in entries
        if filters.compares_times(get_text(entry, "o", "operator"))
    )
    if not resource.created or resource.created not in time_keys:
        return False
    return FieldPath(null(), resource.created, resource, declared=False).is_text


def foreign_time(document: Expression, resource: Resource) -> Expression:
    """Return the creation time of a row if it is not in the servers' format, else NULL."""
    path = FieldPath(document, resource.created, resource, declared=False)
    return functions.foreign_time(functions.text(path.value))


def check_only(query: Mapping[str, Any], resource: Resource) -> None:
    """Raise ApiError if `only` names a field that no row can have."""
    names = query.get("only") or ()
    limits.at_most(limits.NAMES, names, "names in only")
    for name in names:
        FieldPath(null(), name, resource)


def order_by(
    query: Mapping[str, Any],
    at: Callable[[str], FieldPath],
    document: Expression,
    resource: Resource,
    avoid_index: bool = False,
) -> Iterator[ColumnElement[Any]]:
    """Yield the ORDER BY terms of `sort`: an object with `key` or `keys`, or a list of keys.
    Without `sort` the newest rows come first. Rows that are equal in these terms have no order yet.

    `avoid_index`: make SQLite sort the rows that it finds, instead of walking an index.
    """
    keys = sort_keys(query.get("sort"))
    if not keys:
        yield from newest_first(document, resource, avoid_index)
    for key, desc in keys:
        yield from sort_terms(at(key), desc, avoid_index)


def newest_first(
    document: Expression, resource: Resource, avoid_index: bool = False
) -> list[ColumnElement[Any]]:
    """Return the terms that sort the newest rows first and rows without a time last; no terms if
    the resource has no creation time.
    """
    if not resource.created:
        return []
    path = FieldPath(document, resource.created, resource, declared=False)
    return sort_terms(path, True, avoid_index)


def sort_terms(path: FieldPath, desc: bool, avoid_index: bool = False) -> list[ColumnElement[Any]]:
    """Return the terms that sort rows by the values at a path, in the order of `sort_parts`. At a
    text field any other value counts as absent: responses omit it.
    """
    if path.is_text:
        text: Expression = functions.text(path.value)
        text = functions.without_index(text) if avoid_index else text
        return [functions.descending(text) if desc else functions.ascending(text)]
    return [part.desc() if desc else part.asc() for part in sort_parts(path.value)]


def sort_parts(value: Expression) -> tuple[Expression, ...]:
    """Return the expressions that order JSON values: null and absent, then numbers, texts (by code
    point), objects, lists, booleans.
    """
    return functions.rank(value), functions.number(value), functions.text(value)


def as_list(value: Any) -> list[Any]:
    """Return one message or a list of them as a list: pages of early versions mark no lists."""
    return [value] if isinstance(value, Mapping) else list(value or ())


def apply_page(statement: Select[Any], query: Mapping[str, Any], max_rows: int) -> Select[Any]:
    """Return the statement with the LIMIT and OFFSET of `page`; see `window`."""
    offset, limit = window(query, max_rows)
    return statement.limit(limit).offset(offset)


def window(query: Mapping[str, Any], max_rows: int) -> tuple[int, int]:
    """Return the OFFSET and LIMIT of `page`: `start` counts from 1, and is ignored without `limit`.
    LIMIT is at most `max_rows` + 1, so that the caller sees when there are too many rows.
    """
    page = query.get("page") or {}
    limit, start = page.get("limit", 0), page.get("start", 0)
    return (0, max_rows + 1) if limit <= 0 else (max(start, 1) - 1, min(limit, max_rows + 1))


def selected(row: JsonObject, query: Mapping[str, Any], resource: Resource) -> JsonObject:
    """Return the row with the fields of `only` and the sort keys, or with the identifying fields if
    `minimal` is set. A dotted name selects fields of an object, and of the objects in a list.
    """
    only = query.get("only") or (resource.identifying if query.get("minimal") else ())
    if not only:
        return row
    keys = [*only, *(key for key, _ in sort_keys(query.get("sort")))]
    narrowed: JsonObject = _narrow(row, [key.split(".") for key in keys])
    return narrowed


def _narrow(value: Any, keys: Sequence[Sequence[str]]) -> Any:
    if isinstance(value, list):
        return [_narrow(item, keys) for item in value if isinstance(item, dict)]
    if not isinstance(value, dict):
        return value
    inner_keys: dict[str, list[Sequence[str]]] = {}
    for first, *rest in keys:
        inner_keys.setdefault(first, []).append(rest)
    return {
        name: item if [] in inner_keys[name] else _narrow(item, inner_keys[name])
        for name, item in value.items()
        if name in inner_keys and ([] in inner_keys[name] or isinstance(item, list | dict))
    }


def sort_keys(sort: Any) -> list[tuple[str, bool]]:
    """Return the keys of a `sort` in order, each with whether it is descending."""
    entries: Sequence[Any] = sort if isinstance(sort, list) else [sort] if sort else []
    objects = [{"key": entry} if isinstance(entry, str) else entry for entry in entries]
    if not all(isinstance(entry, dict) for entry in objects):
        raise query_failed("sort takes keys, or objects with key and desc")
    flat = [part for entry in objects for part in (entry, *entry.get("keys", ()))]
    keys = [part for part in flat if isinstance(part, dict) and part.get("key")]
    limits.at_most(limits.SORT_KEYS, keys, "keys to sort by")
    return [(str(part["key"]), bool(part.get("desc"))) for part in keys]


def get_text(entry: Mapping[str, Any], short: str, long: str) -> str:
    """Return the text under the short or the long name of a member, such as `k` and `key`."""
    return str(entry.get(short) or entry.get(long) or "")


def check_count(entries: Sequence[Mapping[str, Any]]) -> None:
    """Raise ApiError if the filters have too many conditions or values in total."""
    conditions, values, searched = 0, 0, 0
    for entry in entries:
        value, operator = _value(entry), get_text(entry, "o", "operator")
        count = len(filters.as_values(value))
        conditions += max(count, 1) if filters.is_per_value(operator) else 1
        values += count
        searched += filters.searched_length(operator, value)
    limits.at_most(limits.CONDITIONS, conditions, "conditions")
    limits.at_most(limits.VALUES, values, "values in conditions")
    limits.at_most(limits.SEARCHED, searched, "characters in texts and patterns to search for")


def _value(entry: Mapping[str, Any]) -> Any:
    return entry["v"] if "v" in entry else entry.get("value")


def entry_condition(entry: Mapping[str, Any], at: Callable[[str], FieldPath]) -> Condition:
    """Return the condition of one entry of a `filter`. Raises ApiError."""
    path, operator = at(get_text(entry, "k", "key")), get_text(entry, "o", "operator")
    return filters.condition(path, operator, _value(entry))
