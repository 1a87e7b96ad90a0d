"""Answers the queries of list, stat and analyze methods over the rows of a table.

A query is answered in three steps: its statements are built, the database runs them, and what it
returns is read. The first and the last take a thread if they are long.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import Select, Table
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from . import off_loop
from . import query as queries
from .aggregation import Statistics
from .answer_sizes import answer_bound, check_rows
from .building import Builder
from .documented_rows import documented
from .indexes import least_foreign_time
from .json_sql import Condition
from .listing import Listing
from .registry import Resource
from .store import read, read_value

JsonObject = dict[str, Any]


class Scope(NamedTuple):
    """The rows that a query is about: conditions of a request, and what they are in SQL."""

    conditions: Mapping[str, Any]
    where: Callable[[Mapping[str, Any]], Sequence[Condition]]


class Querying:
    """Queries over the rows of a table."""

    def __init__(
        self,
        engine: AsyncEngine,
        table: Table,
        resource: Resource,
        max_rows: int,
        max_answer_bytes: int,
    ) -> None:
        self._engine, self._table, self._resource = engine, table, resource
        self._max_rows, self._bounded = max_rows, answer_bound(engine, max_answer_bytes)
        self._builder = Builder(engine)

    async def find(self, scope: Scope, query: Mapping[str, Any]) -> tuple[list[JsonObject], int]:
        """Return the rows of a Query, and their count before paging. Raises ApiError."""
        compares_times = queries.compares_created(query, self._resource)
        build = partial(self._builder.build, (scope.conditions, query))
        listing, counting = await build(partial(self._listing, scope, query, compares_times))

        async def fetch(connection: AsyncConnection) -> tuple[Listing, Sequence[Any], int]:
            current = listing
            total, stored, *foreign = tuple((await connection.execute(counting)).one())
            if foreign not in ([], [None]):  # lexical order is not chronological
                current, all_counting = await build(partial(self._listing, scope, query))
                total, stored = (await connection.execute(all_counting)).one()
            if query.get("count_only"):
                return current, [], total
            (paging,) = await build(lambda: (self._bounded(current.page(total, stored)),))
            page = (await connection.execute(paging)).all()
            check_rows(page, self._max_rows)
            return current, page, total

        def rows() -> list[JsonObject]:
            return [documented(row, self._resource) for row in current.rows(page)]

        current, page, total = await read(self._engine, fetch)
        return await off_loop.run(page, rows), total

    async def place(self, scope: Scope, query: Mapping[str, Any], key: str) -> int | None:
        """Return the place of a row, from 1, among the rows of a Query in its order, by its key.
        None if it is not among them. Raises ApiError.
        """

        def build() -> tuple[Select[Any]]:
            return (self._listing(scope, query)[0].place(key),)

        (statement,) = await self._builder.build((scope.conditions, query), build)
        place: int | None = await read_value(self._engine, statement)
        return place

    async def stat(self, scope: Scope, query: Mapping[str, Any]) -> JsonObject:
        """Return the result of a StatisticsQuery. Raises ApiError."""

        def build() -> tuple[Statistics, Select[Any], Select[Any] | None]:
            filtered = queries.where(query, self._table, self._resource)
            where = [*scope.where(scope.conditions), *filtered]
            built = Statistics(query, self._table, self._resource, where, self._max_rows)
            return built, self._bounded(built.statement), built.counting

        async def fetch(connection: AsyncConnection) -> tuple[Sequence[Any], JsonObject]:
            groups = (await connection.execute(statement)).all()
            check_rows(groups, self._max_rows)
            if counting is None:
                return groups, {}
            return groups, {"total_count": (await connection.execute(counting)).scalar_one()}

        parts = (scope.conditions, query)
        statistics, statement, counting = await self._builder.build(parts, build)
        groups, counted = await read(self._engine, fetch)
        results = await off_loop.run(groups, lambda: statistics.results(groups))
        return {"results": results, **counted}

    def _listing(
        self, scope: Scope, query: Mapping[str, Any], has_servers_times: bool = False
    ) -> tuple[Listing, Select[Any]]:
        """Return the statements of a list, and the one that counts. With `has_servers_times`, it
        also selects the least time in another form than the server's. Raises ApiError.
        """
        filtered = queries.where(query, self._table, self._resource, has_servers_times)
        where = [*scope.where(scope.conditions), *filtered]
        listing = Listing(query, self._table, self._resource, where, self._max_rows)
        times = [least_foreign_time(self._table, self._resource)] if has_servers_times else []
        return listing, listing.counting.add_columns(*times)
