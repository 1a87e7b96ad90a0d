"""The Query of a list method → the statements that answer it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Row, ScalarSelect, Select, Table, func, select

from . import query
from . import sql_dialects as functions
from .aggregate import loads
from .errors import query_failed
from .json_sql import Condition
from .registry import Resource
from .stages import unwound, whole_rows, with_elements

JsonObject = dict[str, Any]


@cache
def _stored(table: Table) -> ScalarSelect[int]:
    """How many rows were ever stored."""
    return select(func.max(table.c.seq)).correlate(None).scalar_subquery()


class Listing:
    """One Query over the rows of a table that meet `where`: `counting` gives their number, and the
    number of all that were ever stored; with these, `page` gives the page asked for.
    """

    def __init__(
        self,
        asked: Mapping[str, Any],
        table: Table,
        resource: Resource,
        where: Sequence[Condition],
        max_rows: int,
    ) -> None:
        """With `unwind` a row for each element of a list. Raises ApiError."""
        self._asked, self._resource, self._max_rows = asked, resource, max_rows
        self._is_filtered = any(getattr(one, "left", None) is not table.c.tenant for one in where)
        rows = whole_rows(table, resource, where)
        if unwind := asked.get("unwind"):
            if not asked.get("only"):
                raise query_failed("unwind needs only")
            rows = unwound(rows, unwind)
        self._unwound = [key for key in rows.columns if key]
        self._rows = rows
        self._statement = (
            select(rows.columns[""], *(functions.write(rows.columns[key]) for key in self._unwound))
            .select_from(rows.source)
            .where(*rows.where)
        )
        counts = select(func.count(), _stored(table)).select_from(rows.source)
        self.counting = counts.where(*rows.where)

    def page(self, found: int, stored: int | None) -> Select[Any]:
        """The page that is asked for, of so many rows found among so many stored.

        SQLite would walk along an index of the order asked for, even where few of the rows on the
        way are asked for. It passes `stored / found` of them for each one that it gives; where
        that is more than all that are found, these are sorted.
        """
        skipped, given = query.window(self._asked, self._max_rows)
        anew = self._is_filtered and found**2 < (skipped + given) * (stored or 0)
        document = self._rows.columns[""]
        order = query.order_by(self._asked, self._rows.at, document, self._resource, anew=anew)
        statement = self._statement.order_by(*order, self._rows.place)
        return statement.limit(given).offset(skipped)

    def rows(self, found: Sequence[Row[Any]]) -> list[JsonObject]:
        """The rows as JSON, with the fields that are asked for."""
        return [
            query.selected(self._row(*columns), self._asked, self._resource) for columns in found
        ]

    def _row(self, row: JsonObject, *elements: str) -> JsonObject:
        held = {key: [loads(element)] for key, element in zip(self._unwound, elements, strict=True)}
        return with_elements(dict(row), held)
