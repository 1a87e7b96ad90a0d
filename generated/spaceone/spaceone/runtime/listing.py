"""The Query of a list method → the statements that answer it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, Table, func, select

from . import query
from . import sql_dialects as functions
from .aggregate import loads
from .catalog import Resource
from .errors import query_failed
from .json_sql import Condition
from .stages import unwound, whole_rows, with_elements

JsonObject = dict[str, Any]


class Listing:
    """One Query over the rows of a table that meet `where`: `statement` gives the page asked for,
    `counting` how many there are.
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
        self._asked, self._resource = asked, resource
        rows = whole_rows(table, resource, where)
        if unwind := asked.get("unwind"):
            if not asked.get("only"):
                raise query_failed("unwind needs only")
            rows = unwound(rows, unwind)
        self._unwound = [key for key in rows.columns if key]
        statement = (
            select(rows.columns[""], *(functions.write(rows.columns[key]) for key in self._unwound))
            .select_from(rows.source)
            .where(*rows.where)
        )
        order = query.order_by(asked, rows.at, rows.columns[""], resource)
        self.statement = query.paged(statement.order_by(*order, rows.place), asked, max_rows)
        self.counting = select(func.count()).select_from(rows.source).where(*rows.where)

    def rows(self, found: Sequence[Row[Any]]) -> list[JsonObject]:
        """The rows as JSON, with the fields that are asked for."""
        return [
            query.selected(self._row(*columns), self._asked, self._resource) for columns in found
        ]

    def _row(self, row: JsonObject, *elements: str) -> JsonObject:
        held = {key: [loads(element)] for key, element in zip(self._unwound, elements, strict=True)}
        return with_elements(dict(row), held)
