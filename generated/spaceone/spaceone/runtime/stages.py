"""What queries select from: the rows of a resource, or what a stage made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from sqlalchemy import Table, func, null, select, true
from sqlalchemy.sql.selectable import FromClause

from . import json_sql, limits, query
from . import sql_dialects as functions
from .errors import query_failed, required_parameter
from .field_path import FieldPath
from .json_sql import Condition, Expression
from .registry import Resource

Columns = dict[str, Expression]
JsonObject = dict[str, Any]


@dataclass(frozen=True)
class Stage:
    """What a stage gives: whole rows of a resource, or without one objects of these columns.

    Of whole rows the column "" is the row, and each other the element that a list at that key is
    unwound to. `place` is the order of what the stage gives; `keys` are the columns that the last
    group was made by.
    """

    source: FromClause
    place: Expression
    columns: Columns
    resource: Resource | None = None
    where: Sequence[Condition] = ()
    keys: Sequence[str] = ()

    def at(self, key: str, declared: bool = False) -> FieldPath:
        """The place of a key. Raises ApiError as places do."""
        starts = [
            key[:end] for end in range(len(key), -1, -1) if end == len(key) or key[end] == "."
        ]
        for start in [*starts, ""]:
            if start in self.columns:
                return FieldPath(self.columns[start], key, self.resource, declared, within=start)
        return FieldPath(functions.parse(null()), key, None, within=key)  # as what a row lacks

    def value(self, key: str) -> Expression:
        """The JSON value at a key."""
        return self.at(key).value


def whole_rows(table: Table, resource: Resource, where: Sequence[Condition]) -> Stage:
    """The stored rows that meet the conditions."""
    return Stage(table, table.c.seq, {"": table.c.data}, resource, where)


def unwound(stage: Stage, body: Mapping[str, Any]) -> Stage:
    """A row for each element of the list at `path` that meets `filter`; none for an empty or absent
    one.
    """
    path = str(body.get("path") or "")
    if not path:
        raise required_parameter("unwind.path")
    place = stage.at(path)
    if stage.resource is None and path not in stage.columns and path.split(".")[0] in stage.columns:
        raise query_failed(f"{path} is inside a field; unwind takes a whole one here")
    one = json_sql.elements(place.value)
    outside = {key: of for key, of in stage.columns.items() if not key.startswith(f"{path}.")}
    held = path in stage.columns or stage.resource is not None
    joined = replace(
        stage,
        source=stage.source.join(one.source, true()),
        where=[*stage.where, functions.kind(place.value).not_in(["null"])],
    )
    columns = {**outside, path: one.value} if held else outside
    order = func.row_number().over(order_by=[stage.place, one.place])
    found = selected(joined, columns, order, stage.keys, resource=stage.resource)
    entries = query.one_or_more(body.get("filter"))
    limits.at_most(limits.FIELD_CONDITIONS, entries, "conditions of an unwind")
    met = [query.condition(entry, partial(found.at, declared=True)) for entry in entries]
    return replace(found, where=met)


def selected(
    stage: Stage,
    columns: Columns,
    place: Expression,
    keys: Sequence[str] = (),
    group_by: Sequence[Expression] = (),
    limit: int | None = None,
    skip: int = 0,
    resource: Resource | None = None,
) -> Stage:
    """A stage that selects these columns from another."""
    labelled = [column.label(f"c{number}") for number, column in enumerate(columns.values())]
    statement = select(*labelled, place.label("place")).select_from(stage.source)
    statement = statement.where(*stage.where).group_by(*group_by)
    if limit is not None or skip:
        statement = statement.order_by(stage.place).limit(limit).offset(skip)
    found = statement.subquery()
    held: Columns = {name: found.c[f"c{number}"] for number, name in enumerate(columns)}
    return Stage(found, found.c.place, held, resource, keys=keys)


def with_elements(row: JsonObject, elements: Mapping[str, Any]) -> JsonObject:
    """The row with these in the places of the lists that were unwound to them."""
    for key, element in elements.items():
        row = _with(row, key.split("."), element)
    return row


def _with(value: Any, parts: Sequence[str], element: Any) -> Any:
    if not parts:
        return element if isinstance(value, list) else value
    first, *rest = parts
    if not isinstance(value, dict) or first not in value:
        return value
    return {**value, first: _with(value[first], rest, element)}
