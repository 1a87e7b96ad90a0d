"""The sources of queries: the rows of a resource, or the output of a stage."""

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
    """The output of a stage: whole rows of a resource, or without a resource objects of `columns`.

    With a resource, the column "" is the row and any other column is an element of the unwound list
    at that key. `ordinal` is the order of the rows; `keys` are the key columns of the last group.
    """

    source: FromClause
    ordinal: Expression
    columns: Columns
    resource: Resource | None = None
    where: Sequence[Condition] = ()
    keys: Sequence[str] = ()

    def at(self, key: str, declared: bool = False) -> FieldPath:
        """Return the field path of a key. Raises ApiError as FieldPath does."""
        starts = [
            key[:end] for end in range(len(key), -1, -1) if end == len(key) or key[end] == "."
        ]
        for start in [*starts, ""]:
            if start in self.columns:
                return FieldPath(self.columns[start], key, self.resource, declared, within=start)
        return FieldPath(functions.parse(null()), key, None, within=key)  # absent from every row

    def value(self, key: str) -> Expression:
        """Return the JSON value at a key."""
        return self.at(key).value


def all_rows(table: Table, resource: Resource, where: Sequence[Condition]) -> Stage:
    """Return the stage of the stored rows that meet the conditions."""
    return Stage(table, table.c.seq, {"": table.c.data}, resource, where)


def unwind(stage: Stage, body: Mapping[str, Any]) -> Stage:
    """Return a stage with a row for each element of the list at `path` that meets `filter`; an
    empty or absent list has no rows.
    """
    key = str(body.get("path") or "")
    if not key:
        raise required_parameter("unwind.path")
    path = stage.at(key)
    if stage.resource is None and key not in stage.columns and key.split(".")[0] in stage.columns:
        raise query_failed(f"{key} is inside a field; unwind takes a whole one here")
    elements = json_sql.elements(path.value)
    columns = {
        name: column for name, column in stage.columns.items() if not name.startswith(f"{key}.")
    }
    if key in stage.columns or stage.resource is not None:
        columns[key] = elements.value
    joined = replace(
        stage,
        source=stage.source.join(elements.source, true()),
        where=[*stage.where, functions.kind(path.value).not_in(["null"])],
    )
    ordinal = func.row_number().over(order_by=[stage.ordinal, elements.ordinal])
    unwound = select_columns(joined, columns, ordinal, stage.keys, resource=stage.resource)
    entries = query.as_list(body.get("filter"))
    limits.at_most(limits.FIELD_CONDITIONS, entries, "conditions of an unwind")
    query.check_count(entries)
    at = partial(unwound.at, declared=True)
    return replace(unwound, where=[query.entry_condition(entry, at) for entry in entries])


def select_columns(
    stage: Stage,
    columns: Columns,
    ordinal: Expression,
    keys: Sequence[str] = (),
    group_by: Sequence[Expression] = (),
    limit: int | None = None,
    skip: int = 0,
    resource: Resource | None = None,
) -> Stage:
    """Return a stage that selects columns from another one. In SQL they are named by position, so
    that no text of a request becomes a name.
    """
    labelled = [column.label(f"c{number}") for number, column in enumerate(columns.values())]
    statement = select(*labelled, ordinal.label("ordinal")).select_from(stage.source)
    statement = statement.where(*stage.where).group_by(*group_by)
    if limit is not None or skip:
        statement = statement.order_by(stage.ordinal).limit(limit).offset(skip)
    source = statement.subquery()
    by_name: Columns = {name: source.c[f"c{number}"] for number, name in enumerate(columns)}
    return Stage(source, source.c.ordinal, by_name, resource, keys=keys)


def with_elements(row: JsonObject, elements: Mapping[str, Any]) -> JsonObject:
    """Return the row with each unwound list replaced by its element."""
    for key, element in elements.items():
        row = _with_element(row, key.split("."), element)
    return row


def _with_element(value: Any, parts: Sequence[str], element: Any) -> Any:
    if not parts:
        return element if isinstance(value, list) else value
    first, *rest = parts
    if not isinstance(value, dict) or first not in value:
        return value
    return {**value, first: _with_element(value[first], rest, element)}
