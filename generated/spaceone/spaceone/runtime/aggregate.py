"""StatisticsQuery → SQL: `distinct`, and the stages of `aggregate`.

Each stage selects from the one before it. Its columns are JSON values, named by position, so that
no text of a request becomes a name in SQL; `place` is the order of its rows.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Table, func, select

from . import limits, query
from . import sql_dialects as functions
from .errors import number_out_of_range, query_failed, required_parameter
from .field_path import FieldPath
from .groups import group_field, key_value
from .json_sql import Expression
from .projections import projected
from .registry import Resource
from .stages import Stage, selected, unwound, whole_rows, with_elements

JsonObject = dict[str, Any]


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
        rows = whole_rows(table, resource, where)
        self._names: list[str] = []
        if stages := _stages(asked):
            limits.at_most(limits.STAGES, stages, "stages")
            limits.at_most(limits.PARTS, limits.parts(stages), "parts of stages")
            statement = self._aggregate(stages, rows)
        elif key := asked.get("distinct"):
            statement = self._distinct(rows.at(key, declared=True), rows)
        else:
            raise required_parameter("aggregate")
        paging = (asked.get("page") or {}).get("limit", 0) > 0
        self.counting = select(func.count()).select_from(statement.subquery()) if paging else None
        self.statement: Select[Any] = query.paged(statement, asked, max_rows)

    def results(self, rows: Sequence[Row[Any]]) -> list[Any]:
        """The rows as JSON: plain values for `distinct`, else objects without absent keys."""
        if not self._names:
            return [loads(row[0]) for row in rows]
        return [self._result(row) for row in rows]

    def _result(self, row: Row[Any]) -> JsonObject:
        named = zip(self._names, row, strict=True)
        found = {name: loads(value) for name, value in named if value is not None}
        # Where no stage made other objects of them, the rows themselves go out.
        return with_elements(found.pop(""), found) if "" in found else found

    def _distinct(self, place: FieldPath, rows: Stage) -> Select[Any]:
        one = place.each(rows.source)
        plain = functions.canonical(one.value)
        found = (
            select(functions.write(plain))
            .select_from(one.source)
            .where(*rows.where, functions.kind(one.value) != "null")
        )
        return found.group_by(plain).order_by(*query.sort_parts(plain))

    def _aggregate(self, stages: Sequence[Mapping[str, Any]], stage: Stage) -> Select[Any]:
        for asked in stages:
            if not asked:
                raise query_failed("a stage is empty")
            for kind, body in asked.items():
                stage = self._next(kind, body, stage)
        self._names = list(stage.columns)
        return (
            select(*map(functions.write, stage.columns.values()))
            .select_from(stage.source)
            .where(*stage.where)
            .order_by(stage.place)
        )

    def _next(self, kind: str, body: Any, stage: Stage) -> Stage:
        match kind:
            case "unwind":
                return unwound(stage, body)
            case "group":
                return self._group(body, stage)
            case "count":
                name = body.get("name") or "count"
                return selected(stage, {name: functions.quote(func.count())}, func.count())
            case "sort":
                return self._sort(body, stage)
            case "project":
                return self._project(body, stage)
            case "limit" | "skip":
                return self._slice(kind, body, stage)
            case _:
                raise query_failed(f"the stage {kind!r} is not supported")

    def _group(self, body: Mapping[str, Any], stage: Stage) -> Stage:
        keys: dict[str, Expression] = {}
        named = query.one_or_more(body.get("keys"))
        limits.at_most(limits.GROUP_KEYS, named, "keys of a group")
        for entry in named:
            key = query.either(entry, "k", "key")
            name = query.either(entry, "n", "name") or key
            date_format = str(entry.get("date_format") or "")
            keys[name] = functions.canonical(key_value(stage.value(key), date_format))
        entries = query.one_or_more(body.get("fields"))
        limits.at_most(limits.FIELDS, entries, "fields of a group")
        fields = [group_field(entry, stage.value, stage.place) for entry in entries]
        if not keys and not fields:
            raise query_failed("a group has neither keys nor fields")
        parts = [part for key in keys.values() for part in query.sort_parts(key)]
        place = func.row_number().over(order_by=parts) if parts else func.count()
        columns = {**keys, **dict(fields)}
        return selected(stage, columns, place, list(keys), group_by=list(keys.values()))

    def _sort(self, body: Any, stage: Stage) -> Stage:
        orders = [
            part.desc() if desc else part.asc()
            for key, desc in query.sort_keys(body)
            for part in query.sort_parts(stage.value(key))
        ]
        place = func.row_number().over(order_by=[*orders, stage.place])
        return selected(stage, stage.columns, place, stage.keys, resource=stage.resource)

    def _slice(self, kind: str, body: Any, stage: Stage) -> Stage:
        if not isinstance(body, int | float) or not 0 <= body < 2**31:
            raise query_failed(f"{kind} takes a number from 0")
        limit, skip = (int(body), 0) if kind == "limit" else (None, int(body))
        return selected(
            stage,
            stage.columns,
            stage.place,
            stage.keys,
            limit=limit,
            skip=skip,
            resource=stage.resource,
        )

    def _project(self, body: Mapping[str, Any], stage: Stage) -> Stage:
        """The fields that it names, after the keys of the group before, if these stay."""
        keys = () if body.get("exclude_keys") else stage.keys
        columns = {name: stage.columns[name] for name in keys}
        columns |= projected(body, stage.value)
        return selected(stage, columns, stage.place, keys)


def loads(written: str) -> Any:
    """The JSON value that the database wrote. Raises ApiError where a number is out of range."""
    return json.loads(written, parse_float=_finite)


def _finite(written: str) -> float:
    number = float(written)
    if math.isinf(number):
        raise number_out_of_range()
    return number
