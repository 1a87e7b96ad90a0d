"""StatisticsQuery → SQL: `distinct`, and the aggregate stages group, count, sort, limit, skip.

Each stage selects from the one before it. Columns are named by position, so that no text of a
request becomes a name in SQL.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Subquery, Table, func, select

from . import query
from .errors import query_failed, required_parameter

_OPERATORS: Mapping[str, Callable[[ColumnElement[Any]], ColumnElement[Any]]] = {
    "sum": func.sum,
    "average": func.avg,
    "max": func.max,
    "min": func.min,
}


class Statistics:
    """One StatisticsQuery over the rows of a table that meet `where`.

    `statement` gives the page asked for; `counting` counts all rows, where a page is asked for.
    """

    def __init__(
        self, asked: Mapping[str, Any], table: Table, where: Sequence[ColumnElement[bool]]
    ) -> None:
        self._table, self._where = table, where
        self._names: list[str] = []
        self._from: Subquery | None = None
        self._distinct, self._limited = "", False
        if stages := asked.get("aggregate"):
            statement = self._aggregate(stages)
        elif key := asked.get("distinct"):
            self._distinct = key
            value = query.element(table, key)
            statement = select(value).where(*where, value.is_not(None)).distinct().order_by(value)
        else:
            raise required_parameter("aggregate")
        paging = (asked.get("page") or {}).get("limit", 0) > 0
        self.counting = select(func.count()).select_from(statement.subquery()) if paging else None
        self.statement: Select[Any] = query.paged(statement, asked)

    def results(self, rows: Sequence[Row[Any]]) -> list[Any]:
        """The rows as JSON: plain values for `distinct`, else objects without absent keys."""
        if self._distinct:
            return [row[0] for row in rows]
        return [
            {name: value for name, value in zip(self._names, row, strict=True) if value is not None}
            for row in rows
        ]

    def _aggregate(self, stages: Sequence[Mapping[str, Any]]) -> Select[Any]:
        statement: Select[Any] | None = None
        for stage in stages:
            for kind, body in stage.items():
                statement = self._stage(kind, body, statement)
                self._from = statement.subquery()
        if statement is None or not self._names:
            raise query_failed("aggregate has no group or count")
        return statement

    def _stage(self, kind: str, body: Any, before: Select[Any] | None) -> Select[Any]:
        match kind:
            case "group":
                return self._group(body)
            case "count":
                columns = [(body.get("name") or "count", func.count())]
                return self._select(columns)
            case "sort" if before is not None:
                orders = [
                    self._column(key).desc() if desc else self._column(key).asc()
                    for key, desc in query.sort_keys(body)
                ]
                return self._all().order_by(*orders)
            case "limit" if before is not None:
                self._limited = True
                return before.limit(body)
            case "skip" if before is not None and not self._limited:
                return before.offset(body)  # on the statement itself, which keeps its order
            case _:
                raise query_failed(f"the stage {kind!r} is not supported here")

    def _group(self, body: Mapping[str, Any]) -> Select[Any]:
        keys = []
        for entry in body.get("keys", ()):
            key = _either(entry, "k", "key")
            if entry.get("date_format"):
                raise query_failed("date_format is not supported")
            keys.append((_either(entry, "n", "name") or key, self._column(key)))
        fields = [self._field(entry) for entry in body.get("fields", ())]
        columns = [column for _, column in keys]
        return self._select([*keys, *fields]).group_by(*columns).order_by(*columns)

    def _field(self, entry: Mapping[str, Any]) -> tuple[str, ColumnElement[Any]]:
        name, operator = _either(entry, "n", "name"), _either(entry, "o", "operator")
        key = _either(entry, "k", "key")
        if entry.get("conditions"):
            raise query_failed("conditions are not supported")
        if operator == "count":
            return name or "count", func.count()
        if operator not in _OPERATORS:
            known = ", ".join(("count", *_OPERATORS))
            raise query_failed(f"operator {operator!r} is not supported (supported: {known})")
        return name or key, _OPERATORS[operator](self._column(key))

    def _column(self, key: str) -> ColumnElement[Any]:
        if self._from is None:
            return query.element(self._table, key)
        if key not in self._names:
            raise query_failed(f"no stage before gives {key!r}")
        return self._from.c[self._names.index(key)]

    def _select(self, columns: Sequence[tuple[str, ColumnElement[Any]]]) -> Select[Any]:
        if not columns:
            raise query_failed("a group has neither keys nor fields")
        names = [name for name, _ in columns]
        labelled = [column.label(f"c{n}") for n, (_, column) in enumerate(columns)]
        statement = select(*labelled)
        if self._from is None:
            statement = statement.select_from(self._table).where(*self._where)
        else:
            statement = statement.select_from(self._from)
        self._names = names
        return statement

    def _all(self) -> Select[Any]:
        assert self._from is not None
        return select(*self._from.c)


def _either(entry: Mapping[str, Any], short: str, long: str) -> str:
    return str(entry.get(short) or entry.get(long) or "")
