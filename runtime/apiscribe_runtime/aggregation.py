"""StatisticsQuery → SQL: `distinct`, and the stages of `aggregate`.

Each stage selects from the preceding one; see `stages.Stage`.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Table, func, literal, select

from . import limits
from . import sql_dialects as functions
from .aggregation_groups import field_keys, group_field, keeps_values, key_value, needs_order
from .aggregation_projections import project
from .aggregation_stages import (
    Stage,
    all_rows,
    grouped,
    numbered,
    sliced,
    stored,
    unwind,
    with_elements,
    without_rows,
)
from .errors import number_out_of_range, query_failed, required_parameter
from .field_path import FieldPath
from .json_sql import Expression
from .query import apply_page, as_list, get_text, sort_keys, sort_parts, window
from .registry import Resource

JsonObject = dict[str, Any]


def _stages(query: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """Return the stages of a StatisticsQuery. In early versions of the API, `aggregate` is a
    message with at most one stage of each kind (unwind, group, count), and the query's `sort` (by
    name) and `limit` follow them.
    """
    aggregate = query.get("aggregate") or []
    if not isinstance(aggregate, Mapping):
        return list(aggregate)
    stages = [{"unwind": body} for body in as_list(aggregate.get("unwind"))]
    stages += [{kind: aggregate[kind]} for kind in ("group", "count") if kind in aggregate]
    if sort := query.get("sort"):
        stages.append({"sort": {"key": sort.get("name"), "desc": sort.get("desc", False)}})
    if limit := query.get("limit"):
        stages.append({"limit": limit})
    return stages


class Statistics:
    """A StatisticsQuery over the rows of a table that meet `where`.

    `statement` selects the results of the page; `counting` counts all results, None without a page.
    """

    def __init__(
        self,
        query: Mapping[str, Any],
        table: Table,
        resource: Resource,
        where: Sequence[ColumnElement[bool]],
        max_rows: int,
    ) -> None:
        rows = all_rows(table, resource, where)
        self._names: list[str] = []
        if stages := _stages(query):
            limits.at_most(limits.STAGES, stages, "stages")
            limits.at_most(limits.PARTS, limits.parts(stages), "parts of stages")
            self.statement, counting = self._aggregate(stages, rows, window(query, max_rows))
        elif key := query.get("distinct"):
            statement = self._distinct(rows.at(key, declared=True), rows)
            counting = select(func.count()).select_from(statement.subquery())
            self.statement = apply_page(statement, query, max_rows)
        else:
            raise required_parameter("aggregate")
        is_paged = (query.get("page") or {}).get("limit", 0) > 0
        self.counting = counting if is_paged else None

    def results(self, rows: Sequence[Row[Any]]) -> list[Any]:
        """Return the rows as JSON: values for `distinct`, else objects without absent keys."""
        if not self._names:
            return [loads(row[0]) for row in rows]
        return [self._result(row) for row in rows]

    def _result(self, row: Row[Any]) -> JsonObject:
        named = zip(self._names, row, strict=True)
        columns = {name: loads(value) for name, value in named if value is not None}
        # Without a group, count or project stage the results are the rows themselves.
        return with_elements(columns.pop(""), columns) if "" in columns else columns

    def _distinct(self, path: FieldPath, rows: Stage) -> Select[Any]:
        elements = path.elements(rows.source)
        value = functions.canonical(elements.value)
        statement = (
            select(functions.write(value))
            .select_from(elements.source)
            .where(*rows.where, functions.kind(elements.value) != "null")
        )
        return statement.group_by(value).order_by(*sort_parts(value))

    def _aggregate(
        self, stages: Sequence[Mapping[str, Any]], stage: Stage, page: tuple[int, int]
    ) -> tuple[Select[Any], Select[Any]]:
        """Return the statements for a page of the results, and for their number."""
        for bodies in stages:
            if not bodies:
                raise query_failed("a stage is empty")
            for kind, body in bodies.items():
                stage = self._next(kind, body, stage)
        self._names = list(stage.columns)
        offset, limit = page
        found = sliced(stage, limit, offset)
        # The rows of a subquery keep its order. With a limit of its own, no database moves the
        # documents of rows into the sort.
        results = found.select(*map(functions.write, found.columns.values())).limit(limit)
        return results, select(func.count()).select_from(stage.select(literal(1)).subquery())

    def _next(self, kind: str, body: Any, stage: Stage) -> Stage:
        match kind:
            case "unwind":
                return unwind(stage, body)
            case "group":
                return _group(body, stage)
            case "count":
                name = body.get("name") or "count"
                return grouped({}, {name: functions.quote(func.count())}, stage)
            case "sort":
                return _sort(body, stage)
            case "project":
                return _project(body, stage)
            case "limit" | "skip":
                return _slice(kind, body, stage)
            case _:
                raise query_failed(f"the stage {kind!r} is not supported")


def _group(body: Mapping[str, Any], stage: Stage) -> Stage:
    key_entries = as_list(body.get("keys"))
    limits.at_most(limits.GROUP_KEYS, key_entries, "keys of a group")
    entries = as_list(body.get("fields"))
    limits.at_most(limits.FIELDS, entries, "fields of a group")
    keys: dict[str, Expression] = {}
    for entry in key_entries:
        key = get_text(entry, "k", "key")
        name = get_text(entry, "n", "name") or key
        date_format = str(entry.get("date_format") or "")
        keys[name] = functions.canonical(key_value(stage.value(key), date_format))
    if not keys and not entries:
        raise query_failed("a group has neither keys nor fields")
    # Names of columns: keys by their number, values by their key.
    columns: dict[str, Expression] = {f"{at}:": key for at, key in enumerate(keys.values())}
    copies = Counter(f":{key}" for entry in entries for key in field_keys(entry))
    columns |= {name: stage.value(name[1:]) for name in copies}
    keeps = any(keeps_values(entry) for entry in entries)
    is_ordered = any(needs_order(entry) for entry in entries)
    rows = replace(
        without_rows(stage),
        columns=columns,
        order=stage.order if is_ordered else (),
        grows=stage.grows or keeps,
    )
    rows = stored(rows, copies)
    if len(rows.order) > 1 or any(desc for _, desc in rows.order):
        rows = numbered(rows)
    ordinal = rows.order[0][0] if rows.order else literal(0)

    def value(key: str) -> Expression:
        return rows.columns[f":{key}"] if key else stage.value(key)

    fields = [group_field(entry, value, ordinal) for entry in entries]
    return grouped(
        {name: rows.columns[f"{at}:"] for at, name in enumerate(keys)}, dict(fields), rows
    )


def _sort(body: Any, stage: Stage) -> Stage:
    """Return the stage in another order; what needs the order sorts the rows."""
    keys = [(part, desc) for key, desc in sort_keys(body) for part in sort_parts(stage.value(key))]
    return replace(stage, order=[*keys, *stage.order])


def _slice(kind: str, body: Any, stage: Stage) -> Stage:
    if not isinstance(body, int | float) or not 0 <= body < 2**31:
        raise query_failed(f"{kind} takes a number from 0")
    limit, skip = (int(body), 0) if kind == "limit" else (None, int(body))
    return sliced(stage, limit, skip)


def _project(body: Mapping[str, Any], stage: Stage) -> Stage:
    """Select the keys of the preceding group, unless excluded, and the named fields."""
    if stage.grows:
        # The same value may be selected by each of the fields.
        stage = stored(stage, share=max(len(body.get("fields", ())), 1))
    keys = () if body.get("exclude_keys") else stage.keys
    columns = {name: stage.columns[name] for name in keys}
    columns |= project(body, stage.value)
    return replace(
        without_rows(stage),
        columns=columns,
        keys=keys,
        grows=True,
    )


def loads(text: str) -> Any:
    """Parse a JSON value from the database. Raises ApiError if a number is out of range."""
    return json.loads(text, parse_float=_finite)


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise number_out_of_range()
    return number
