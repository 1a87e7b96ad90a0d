"""The sources of queries: the rows of a resource, or the output of a stage.

The rows of a stage are read once, and not copied until a group, a limit or the end of the query
sorts them. Then `stored` bounds their bytes, and a whole row is represented by its number (`row`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, func, literal_column, null, select, true
from sqlalchemy.sql.selectable import FromClause

from . import json_sql, limits, query
from . import sql_dialects as functions
from .errors import query_failed, required_parameter
from .field_path import FieldPath
from .json_sql import Condition, Expression
from .registry import Resource

Columns = dict[str, Expression]
Order = Sequence[tuple[Expression, bool]]  # expressions, each with whether it is descending
JsonObject = dict[str, Any]

_ROW = "row"  # the column of a subquery with the number of a row


@dataclass(frozen=True)
class Stage:
    """The output of a stage: whole rows of a resource, or without a resource objects of `columns`.

    With a resource, the column "" is the row and any other column is an element of the unwound list
    at that key; `table` has the rows, and `row` is their number in it. `order` is the order of the
    rows; `keys` are the key columns of the last group. `grows`: the output may be larger than the
    stored rows.
    """

    source: FromClause
    order: Order
    columns: Columns
    resource: Resource | None = None
    table: Table | None = None
    row: Expression | None = None
    where: Sequence[Condition] = ()
    keys: Sequence[str] = ()
    grows: bool = False

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

    def select(self, *columns: Expression) -> Select[Any]:
        """Return the statement for columns of the rows, in no order."""
        return select(*columns).select_from(self.source).where(*self.where)


def all_rows(table: Table, resource: Resource, where: Sequence[Condition]) -> Stage:
    """Return the stage of the stored rows that meet the conditions."""
    row = table.c.seq
    return Stage(table, [(row, False)], {"": table.c.data}, resource, table, row, where)


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
    columns = dict(stage.columns)
    if stage.resource is not None:
        # Elements of lists within this one; without rows, a dot is a part of a name.
        columns = {name: at for name, at in columns.items() if not name.startswith(f"{key}.")}
    if key in stage.columns or stage.resource is not None:
        columns[key] = elements.value
    where = [*stage.where, functions.kind(path.value).not_in(["null"])]
    unwound = replace(
        stage,
        source=stage.source.join(elements.source, true()),
        order=[*stage.order, (elements.ordinal, False)],
        columns=columns,
        where=where,
        grows=True,
    )
    entries = query.as_list(body.get("filter"))
    limits.at_most(limits.FIELD_CONDITIONS, entries, "conditions of an unwind")
    query.check_count(entries)
    at = partial(unwound.at, declared=True)
    met = [query.entry_condition(entry, at) for entry in entries]
    return replace(unwound, where=[*where, *met])


def order_terms(order: Order) -> list[ColumnElement[Any]]:
    """Return the terms of ORDER BY."""
    return [part.desc() if desc else part.asc() for part, desc in order]


def _computed(stage: Stage) -> Stage:
    """Return the stage with its columns computed once.

    Otherwise, each stage that uses a column several times would multiply its expression, and the
    database would not finish planning a query with many stages.
    """
    statement, named = _named(stage)
    # Both databases plan a subquery with OFFSET apart from the query around it.
    return _read(stage, statement.offset(literal_column("0")), named)


def stored(stage: Stage, copies: Mapping[str, int] | None = None, share: int = 1) -> Stage:
    """Return the stage with limits on its size, for an operation that stores its rows.

    They are `limits.STORED` bytes in all, and `limits.VALUE // share` bytes in a row. `copies` maps
    columns to how many times they are stored, if not once.
    """
    if not stage.grows:
        return stage
    stage, times = _computed(stage), copies or {}
    size: Expression = literal_column(str(limits.ROW))
    for name, column in stage.columns.items():
        if name or stage.row is None:
            size = size + functions.size(column) * literal_column(str(times.get(name, 1)))
    for part, _ in stage.order:
        size = size + functions.size(part)
    statement, named = _named(stage)
    most: Expression = literal_column(str(limits.VALUE // share))
    source = statement.add_columns(functions.spent(size, most).label("spent")).cte()
    return replace(_of(stage, source, named), where=[functions.is_affordable(source.c.spent)])


def sliced(stage: Stage, limit: int | None, skip: int) -> Stage:
    """Return a stage with some of the rows of a stage, in its order."""
    stage = stored(stage)
    statement, named = _named(stage)
    statement = statement.order_by(*order_terms(stage.order))
    return _read(stage, statement.limit(limit).offset(skip), named)


def numbered(stage: Stage) -> Stage:
    """Return the stage with numbers as its order."""
    number = func.row_number().over(order_by=order_terms(stage.order))
    statement, named = _named(replace(stage, order=[(number, False)]))
    return _read(stage, statement, {**named, "order": [False]})


def grouped(keys: Columns, fields: Columns, stage: Stage) -> Stage:
    """Return the stage of the groups with equal keys, in their order. A field may have the name of
    a key.
    """
    output = replace(
        without_rows(stage),
        columns={**keys, **fields},
        order=[(part, False) for key in keys.values() for part in query.sort_parts(key)],
        keys=list(keys),
    )
    statement, named = _named(output)
    return _read(output, statement.group_by(*keys.values()), named)


def without_rows(stage: Stage) -> Stage:
    """Return the stage without whole rows."""
    return replace(stage, resource=None, table=None, row=None)


def _named(stage: Stage) -> tuple[Select[Any], JsonObject]:
    """Return the statement for the columns, the order and the number of the rows of a stage. In SQL
    they are named by position, so that no text of a request becomes a name.
    """
    names = [name for name in stage.columns if name or stage.row is None]
    labelled = [stage.columns[name].label(f"c{number}") for number, name in enumerate(names)]
    labelled += [part.label(f"o{number}") for number, (part, _) in enumerate(stage.order)]
    if stage.row is not None:
        labelled.append(stage.row.label(_ROW))
    return stage.select(*labelled), {"columns": names, "order": [desc for _, desc in stage.order]}


def _read(stage: Stage, statement: Select[Any], named: JsonObject) -> Stage:
    """Return the stage that reads a statement of `_named`."""
    return _of(stage, statement.cte(), named)


def _of(stage: Stage, source: Any, named: JsonObject) -> Stage:
    columns: Columns = {name: source.c[f"c{at}"] for at, name in enumerate(named["columns"])}
    order = [(source.c[f"o{at}"], desc) for at, desc in enumerate(named["order"])]
    result = replace(stage, source=source, columns=columns, order=order, where=())
    if stage.row is None or stage.table is None:
        return result
    row, table = source.c[_ROW], stage.table.alias()
    # Of the row at hand, also in a subquery of its own, such as that for the elements of a list.
    data = select(table.c.data).where(table.c.seq == row).correlate(source).scalar_subquery()
    return replace(result, row=row, columns={"": data, **columns})


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
