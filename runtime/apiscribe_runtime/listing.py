"""The Query of a list method → the statements that answer it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from pydantic_core import from_json
from sqlalchemy import Row, ScalarSelect, Select, Table, func, select

from . import json_sql
from . import sql_dialects as functions
from .aggregation import loads
from .aggregation_stages import all_rows, order_terms, unwind, with_elements
from .errors import query_failed
from .json_sql import Condition
from .query import order_by, selected, window
from .registry import Resource

JsonObject = dict[str, Any]


@cache
def _stored(table: Table) -> ScalarSelect[int]:
    """Return a subquery for the number of rows ever stored."""
    return select(func.max(table.c.seq)).correlate(None).scalar_subquery()


class Listing:
    """A Query over the rows of a table that meet `where`.

    `counting` selects the number of these rows and the number of rows ever stored; `page` takes
    both.
    """

    def __init__(
        self,
        query: Mapping[str, Any],
        table: Table,
        resource: Resource,
        where: Sequence[Condition],
        max_rows: int,
    ) -> None:
        """Build the statements; `unwind` selects a row per element of a list. Raises ApiError."""
        self._query, self._resource, self._max_rows = query, resource, max_rows
        self._table = table
        self._is_filtered = any(
            getattr(condition, "left", None) is not table.c.tenant for condition in where
        )
        rows = all_rows(table, resource, where)
        if body := query.get("unwind"):
            if not query.get("only"):
                raise query_failed("unwind needs only")
            rows = unwind(rows, body)
        self._unwound = [key for key in rows.columns if key]
        self._rows = rows
        self._statement = (
            select(*(functions.write(rows.columns[key]) for key in ("", *self._unwound)))
            .select_from(rows.source)
            .where(*rows.where)
        )
        counts = select(func.count(), _stored(table)).select_from(rows.source)
        self.counting = counts.where(*rows.where)

    def page(self, found: int, stored: int | None) -> Select[Any]:
        """Return the statement for the page; `found` and `stored` are the results of `counting`.

        SQLite would walk an index with the sort order even if few of its rows match. It passes
        `stored / found` rows for each row that it returns; if that is more than sorting the
        found rows, avoid the index.
        """
        offset, limit = window(self._query, self._max_rows)
        sorts = self._is_filtered and found**2 < (offset + limit) * (stored or 0)
        document = self._rows.columns[""]
        order = order_by(self._query, self._rows.at, document, self._resource, avoid_index=sorts)
        statement = self._statement.order_by(*order, *order_terms(self._rows.order))
        return statement.limit(limit).offset(offset)

    def place(self, key: str) -> Select[Any]:
        """Return the statement for the place of a row in the whole list, from 1, by its key."""
        order = order_by(self._query, self._rows.at, self._rows.columns[""], self._resource)
        place = (
            func.row_number().over(order_by=[*order, *order_terms(self._rows.order)]).label("place")
        )
        numbered = select(self._table.c.key, place).where(*self._rows.where).subquery()
        return select(numbered.c.place).where(numbered.c.key == json_sql.check_text(key))

    def rows(self, found: Sequence[Row[Any]]) -> list[JsonObject]:
        """Return the rows as JSON, with the selected fields."""
        return [selected(self._row(*columns), self._query, self._resource) for columns in found]

    def _row(self, row: str, *elements: str) -> JsonObject:
        unwound = zip(self._unwound, elements, strict=True)
        return with_elements(from_json(row), {key: [loads(element)] for key, element in unwound})
