"""StatisticsQuery → SQL: `distinct`, and the stages of `aggregate`.

Each stage selects from the one before it. Its columns are JSON values, named by position, so that
no text of a request becomes a name in SQL; `place` is the order of its rows.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Table, func, null, select, true
from sqlalchemy.sql.selectable import FromClause

from . import json_functions as functions
from . import json_sql, query
from .catalog import Resource
from .errors import number_out_of_range, query_failed, required_parameter
from .groups import group_field, key_value
from .json_sql import Condition, Expression
from .places import Place
from .projections import projected

_STAGES = 20
Columns = dict[str, Expression]


@dataclass(frozen=True)
class Stage:
    """What a stage gives: whole rows of the resource (`value` finds what is at a key), or
    objects of these columns.
    """

    source: FromClause
    place: Expression
    value: Callable[[str], Expression]
    columns: Columns = field(default_factory=dict)
    where: Sequence[Condition] = ()
    keys: Sequence[str] = ()  # the columns that the last group was made by


def _stages(asked: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The stages of a StatisticsQuery. Early editions have one of each kind, in a message: it
    unwinds, groups and counts, and the query sorts by name and limits behind it.
    """
    aggregate = asked.get("aggregate") or []
    if not isinstance(aggregate, Mapping):
        return list(aggregate)
    stages = [{"unwind": unwind} for unwind in query.one_or_more(aggregate.get("unwind"))]
    stages += [{kind: aggregate[kind]} for kind in ("group", "count") if kind in aggregate]
    if sort := asked.get("sort"):
        stages.append({"sort": {"key": sort.get("name"), "desc": sort.get("desc", False)}})
    if limit := asked.get("limit"):
        stages.append({"limit": limit})
    return stages


class Statistics:
    """One StatisticsQuery over the rows of a table that meet `where`.

    `statement` gives the page asked for; `counting` counts all rows, where a page is asked for.
    """

    def __init__(
        self,
        asked: Mapping[str, Any],
        table: Table,
        resource: Resource,
        where: Sequence[ColumnElement[bool]],
        max_rows: int,
    ) -> None:
        self._resource = resource
        rows = Stage(table, table.c.seq, lambda key: self._at(table.c.data, key).value, where=where)
        self._names: list[str] | None = None
        if stages := _stages(asked):
            if len(stages) > _STAGES:
                raise query_failed(f"more than {_STAGES} stages")
            statement = self._aggregate(stages, rows)
        elif key := asked.get("distinct"):
            statement = self._distinct(self._at(table.c.data, key, declared=True).value, rows)
        else:
            raise required_parameter("aggregate")
        paging = (asked.get("page") or {}).get("limit", 0) > 0
        self.counting = select(func.count()).select_from(statement.subquery()) if paging else None
        self.statement: Select[Any] = query.paged(statement, asked, max_rows)

    def results(self, rows: Sequence[Row[Any]]) -> list[Any]:
        """The rows as JSON: plain values for `distinct`, else objects without absent keys."""
        if self._names is None:
            return [_loads(row[0]) for row in rows]
        return [
            {
                name: _loads(value)
                for name, value in zip(self._names, row, strict=True)
                if value is not None
            }
            for row in rows
        ]

    def _at(self, document: Expression, key: str, declared: bool = False) -> Place:
        return Place(document, key, self._resource, declared)

    def _distinct(self, value: Expression, rows: Stage) -> Select[Any]:
        one = json_sql.elements(value)
        source = rows.source.join(one.source, true())
        plain = functions.canonical(one.value)
        found = (
            select(functions.write(plain))
            .select_from(source)
            .where(*rows.where, value.is_not(None))
        )
        return (
            found.where(functions.kind(one.value) != "null")
            .group_by(plain)
            .order_by(*query.sort_parts(plain))
        )

    def _aggregate(self, stages: Sequence[Mapping[str, Any]], stage: Stage) -> Select[Any]:
        for asked in stages:
            if not asked:
                raise query_failed("a stage is empty")
            for kind, body in asked.items():
                stage = self._next(kind, body, stage)
        if not stage.columns:
            raise query_failed("aggregate has no group, count or project")
        self._names = list(stage.columns)
        return (
            select(*map(functions.write, stage.columns.values()))
            .where(*stage.where)
            .order_by(stage.place)
        )

    def _next(self, kind: str, body: Any, stage: Stage) -> Stage:
        match kind:
            case "unwind":
                return self._unwind(str(body.get("path") or ""), stage)
            case "group":
                return self._group(body, stage)
            case "count":
                name = body.get("name") or "count"
                return _selected(stage, {name: functions.quote(func.count())}, func.count())
            case "sort":
                return self._sort(body, stage)
            case "project":
                return self._project(body, stage)
            case "limit" | "skip":
                return self._slice(kind, body, stage)
            case _:
                raise query_failed(f"the stage {kind!r} is not supported")

    def _unwind(self, path: str, stage: Stage) -> Stage:
        """A row for each element of a list; none for an empty or absent one."""
        found = stage.value(path)
        one = json_sql.elements(found)

        def value(key: str) -> Expression:
            if key == path:
                return one.value
            if not key.startswith(f"{path}."):
                return stage.value(key)
            inside = one.value
            for part in key[len(path) + 1 :].split("."):
                inside = json_sql.at(inside, part)
            return inside

        columns = {**stage.columns, path: one.value} if path in stage.columns else stage.columns
        source = stage.source.join(one.source, true())
        where = [*stage.where, functions.kind(found).not_in(["null"])]
        return Stage(source, stage.place, value, columns, where, keys=stage.keys)

    def _group(self, body: Mapping[str, Any], stage: Stage) -> Stage:
        keys: Columns = {}
        for entry in query.one_or_more(body.get("keys")):
            key = query.either(entry, "k", "key")
            name = query.either(entry, "n", "name") or key
            date_format = str(entry.get("date_format") or "")
            keys[name] = functions.canonical(key_value(stage.value(key), date_format))
        entries = query.one_or_more(body.get("fields"))
        fields = [group_field(entry, stage.value, stage.place) for entry in entries]
        if not keys and not fields:
            raise query_failed("a group has neither keys nor fields")
        parts = [part for key in keys.values() for part in query.sort_parts(key)]
        place = func.row_number().over(order_by=parts) if parts else func.count()
        columns = {**keys, **dict(fields)}
        return _selected(stage, columns, place, list(keys), group_by=list(keys.values()))

    def _sort(self, body: Any, stage: Stage) -> Stage:
        orders = [
            part.desc() if desc else part.asc()
            for key, desc in query.sort_keys(body)
            for part in query.sort_parts(stage.value(key))
        ]
        place = func.row_number().over(order_by=[*orders, stage.place])
        if stage.columns:
            return _selected(stage, stage.columns, place, stage.keys)
        return Stage(stage.source, place, stage.value, where=stage.where)

    def _slice(self, kind: str, body: Any, stage: Stage) -> Stage:
        if not stage.columns:
            raise query_failed(f"{kind} comes after a group, a count or a project")
        if not isinstance(body, int | float) or not 0 <= body < 2**31:
            raise query_failed(f"{kind} takes a number from 0")
        limit, skip = (int(body), 0) if kind == "limit" else (None, int(body))
        return _selected(stage, stage.columns, stage.place, stage.keys, limit=limit, skip=skip)

    def _project(self, body: Mapping[str, Any], stage: Stage) -> Stage:
        """The fields that it names, after the keys of the group before, if these stay."""
        keys = () if body.get("exclude_keys") else stage.keys
        columns = {name: stage.columns[name] for name in keys}
        columns |= projected(body, stage.value)
        return _selected(stage, columns, stage.place, keys)


def _loads(written: str) -> Any:
    return json.loads(written, parse_float=_finite)


def _finite(written: str) -> float:
    number = float(written)
    if math.isinf(number):
        raise number_out_of_range()
    return number


def _selected(
    stage: Stage,
    columns: Columns,
    place: Expression,
    keys: Sequence[str] = (),
    group_by: Sequence[Expression] = (),
    limit: int | None = None,
    skip: int = 0,
) -> Stage:
    """A stage that selects these columns from another."""
    labelled = [column.label(f"c{number}") for number, column in enumerate(columns.values())]
    statement = select(*labelled, place.label("place")).select_from(stage.source)
    statement = statement.where(*stage.where).group_by(*group_by)
    if limit is not None or skip:
        statement = statement.order_by(stage.place).limit(limit).offset(skip)
    found = statement.subquery()
    held: Columns = {name: found.c[f"c{number}"] for number, name in enumerate(columns)}

    def value(key: str) -> Expression:
        first, *rest = (key, *()) if key in held else key.split(".")
        if first not in held:
            return functions.parse(null())  # as what a row lacks
        inside: Expression = held[first]
        for part in rest:
            inside = json_sql.at(inside, part)
        return inside

    return Stage(found, found.c.place, value, held, keys=keys)
