"""The Query of list methods → SQL: filters, keyword, sort, page, and which fields to return."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, case, null, or_

from . import filters, limits
from . import sql_dialects as functions
from .errors import query_failed
from .field_path import FieldPath
from .json_sql import Condition, Expression
from .registry import Resource

JsonObject = dict[str, Any]


def where(
    asked: Mapping[str, Any], table: Table, resource: Resource, has_servers_times: bool = False
) -> list[Condition]:
    """The conditions of `filter` (all of them), `filter_or` (any of them) and `keyword`.

    `has_servers_times`: no row has a `foreign_time`.
    """
    every, either = one_or_more(asked.get("filter")), one_or_more(asked.get("filter_or"))
    _check_count([*every, *either])

    def at(key: str) -> FieldPath:
        is_servers = has_servers_times and key == resource.created
        return FieldPath(table.c.data, key, resource, has_servers_times=is_servers)

    conditions = [condition(entry, at) for entry in every]
    if either:
        conditions.append(or_(*(condition(entry, at) for entry in either)))
    if words := str(asked.get("keyword") or "").split():
        limits.at_most(limits.WORDS, words, "words in keyword")
        found = [filters.condition(at(key), "contain_in", words) for key in resource.identifying]
        conditions.append(or_(*found))
    check_only(asked, resource)
    return conditions


def compares_created(asked: Mapping[str, Any], resource: Resource) -> bool:
    """Whether a condition compares the time of a row's making, a text, with another."""
    entries = [*one_or_more(asked.get("filter")), *one_or_more(asked.get("filter_or"))]
    compared = (
        either(e, "k", "key") for e in entries if filters.compares_times(either(e, "o", "operator"))
    )
    if not resource.created or resource.created not in compared:
        return False
    return FieldPath(null(), resource.created, resource, declared=False).is_text


def foreign_time(document: Expression, resource: Resource) -> Expression:
    """The time of a row's making, where it is not written as servers write it, else NULL."""
    place = FieldPath(document, resource.created, resource, declared=False)
    return functions.foreign_time(functions.text(place.value))


def check_only(asked: Mapping[str, Any], resource: Resource) -> None:
    """Raise ApiError where `only` names what no row can have."""
    names = asked.get("only") or ()
    limits.at_most(limits.NAMES, names, "names in only")
    for name in names:
        FieldPath(null(), name, resource)


def order_by(
    asked: Mapping[str, Any],
    at: Callable[[str], FieldPath],
    document: Expression,
    resource: Resource,
    anew: bool = False,
) -> Iterator[ColumnElement[Any]]:
    """What `sort` asks for: one object with `key` or `keys`, or a list of such keys; without one,
    the newest first. Rows that are alike in these have no order yet. `anew`: SQLite is to sort what
    it finds, and not to look for an index that has the order.
    """
    keys = sort_keys(asked.get("sort"))
    if not keys:
        yield from newest_first(document, resource, anew)
    for key, desc in keys:
        yield from ordered(at(key), desc, anew)


def newest_first(
    document: Expression, resource: Resource, anew: bool = False
) -> list[ColumnElement[Any]]:
    """What puts the newest rows first, those without a time last; nothing where none has one."""
    if not resource.created:
        return []
    return ordered(FieldPath(document, resource.created, resource, declared=False), True, anew)


def ordered(place: FieldPath, desc: bool, anew: bool = False) -> list[ColumnElement[Any]]:
    """The order of the values at a place, as `sort_parts` tells it. Where the pages promise a text,
    anything else counts as absent: an answer does not show it.
    """
    if place.is_text:
        text: Expression = functions.text(place.value)
        text = functions.of_no_index(text) if anew else text
        return [functions.descending(text) if desc else functions.ascending(text)]
    return [part.desc() if desc else part.asc() for part in sort_parts(place.value)]


def sort_parts(value: Expression) -> tuple[Expression, ...]:
    """What a JSON value is sorted by: null and absent, then numbers, texts, objects, lists,
    booleans; texts by code point.
    """
    kind = functions.kind(value)
    ranks = {"integer": 1, "real": 1, "text": 2, "object": 3, "array": 4, "false": 5, "true": 6}
    rank = case(*((kind == name, place) for name, place in ranks.items()), else_=0)
    return rank, functions.number(value), functions.text(value)


def one_or_more(value: Any) -> list[Any]:
    """What a page may call a message or a list of it: early editions have no mark for lists."""
    return [value] if isinstance(value, Mapping) else list(value or ())


def paged(statement: Select[Any], asked: Mapping[str, Any], max_rows: int) -> Select[Any]:
    """The slice that `page` asks for; `start` counts from 1, and means nothing without `limit`.
    The statement gives no more rows than one too many.
    """
    skipped, given = window(asked, max_rows)
    return statement.limit(given).offset(skipped)


def window(asked: Mapping[str, Any], max_rows: int) -> tuple[int, int]:
    """How many rows come before the slice of `paged`, and how many it has at most."""
    page = asked.get("page") or {}
    limit, start = page.get("limit", 0), page.get("start", 0)
    return (0, max_rows + 1) if limit <= 0 else (max(start, 1) - 1, min(limit, max_rows + 1))


def selected(row: JsonObject, asked: Mapping[str, Any], resource: Resource) -> JsonObject:
    """The row with the fields that `only` names and those that it is sorted by, or with `minimal`
    its identifying ones. A dotted name narrows an object, and the objects in a list.
    """
    only = asked.get("only") or (resource.identifying if asked.get("minimal") else ())
    if not only:
        return row
    keys = [*only, *(key for key, _ in sort_keys(asked.get("sort")))]
    narrowed: JsonObject = _narrowed(row, [key.split(".") for key in keys])
    return narrowed


def _narrowed(value: Any, keys: Sequence[Sequence[str]]) -> Any:
    if isinstance(value, list):
        return [_narrowed(item, keys) for item in value if isinstance(item, dict)]
    if not isinstance(value, dict):
        return value
    below: dict[str, list[Sequence[str]]] = {}
    for first, *rest in keys:
        below.setdefault(first, []).append(rest)
    return {
        name: item if [] in below[name] else _narrowed(item, below[name])
        for name, item in value.items()
        if name in below and ([] in below[name] or isinstance(item, list | dict))
    }


def sort_keys(sort: Any) -> list[tuple[str, bool]]:
    """The keys of a `sort` in order, each with whether it descends."""
    entries: Sequence[Any] = sort if isinstance(sort, list) else [sort] if sort else []
    objects = [{"key": entry} if isinstance(entry, str) else entry for entry in entries]
    if not all(isinstance(entry, dict) for entry in objects):
        raise query_failed("sort takes keys, or objects with key and desc")
    flat = [part for entry in objects for part in (entry, *entry.get("keys", ()))]
    keys = [part for part in flat if isinstance(part, dict) and part.get("key")]
    limits.at_most(limits.SORT_KEYS, keys, "keys to sort by")
    return [(str(part["key"]), bool(part.get("desc"))) for part in keys]


def either(entry: Mapping[str, Any], short: str, long: str) -> str:
    """The text under the short name of a key of a query, or under its long one."""
    return str(entry.get(short) or entry.get(long) or "")


def _check_count(entries: Sequence[Mapping[str, Any]]) -> None:
    """Raise ApiError where filters ask for too much together."""
    conditions, values = 0, 0
    for entry in entries:
        value = _value(entry)
        count = len(value) if isinstance(value, list) else 1
        is_each = filters.is_each(either(entry, "o", "operator"))
        conditions += max(count, 1) if is_each else 1
        values += count
    limits.at_most(limits.CONDITIONS, conditions, "conditions")
    limits.at_most(limits.VALUES, values, "values in conditions")


def _value(entry: Mapping[str, Any]) -> Any:
    return entry["v"] if "v" in entry else entry.get("value")


def condition(entry: Mapping[str, Any], at: Callable[[str], FieldPath]) -> Condition:
    """Whether a row meets one entry of a `filter`. Raises ApiError."""
    place, operator = at(either(entry, "k", "key")), either(entry, "o", "operator")
    return filters.condition(place, operator, _value(entry))
