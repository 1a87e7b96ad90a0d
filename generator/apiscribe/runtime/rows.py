"""The stored rows of one resource: JSON objects in a table of SQLite or PostgreSQL, through
SQLAlchemy.

A row is kept whole, as its JSON object: a page that gains or loses a field changes no table.
Values are bound, never spliced into SQL.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy, deepcopy
from functools import partial
from typing import Any

from pydantic import ValidationError
from sqlalchemy import ColumnElement, MetaData, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from . import filters, json_sql, query
from .aggregate import Statistics
from .authentication import Caller
from .codec import documented_name
from .errors import not_found, not_unique, permission_denied, query_failed
from .field_path import FieldPath
from .indexes import least_foreign_time
from .listing import Listing
from .prepared import Prepared, is_page
from .registry import Resource
from .store import read, write
from .tables import table_of

JsonObject = dict[str, Any]
Change = Callable[[JsonObject], JsonObject]


class Rows:
    """The rows of a resource, all of them or those `of` a caller. A condition is a documented name
    (dots go into objects) and the value that it must have.
    """

    caller = Caller()

    def __init__(
        self,
        engine: AsyncEngine,
        metadata: MetaData,
        resource: Resource,
        max_rows: int,
        asked: Iterable[str] = (),
    ) -> None:
        """`asked`: names of fields that requests often ask for."""
        self.resource, self._max_rows = resource, max_rows
        self.fields = {documented_name(field) for field in resource.proto.DESCRIPTOR.fields}
        self._engine = engine
        self._table = table_of(resource, metadata, asked)
        self._prepared = Prepared(self._table, resource)
        tenant = {resource.tenant: "tenant"} if resource.tenant in self.fields else {}
        self._columns = {**tenant, resource.key: "key"}

    def of(self, caller: Caller) -> Rows:
        """The rows that a caller may see and change. Every row that they add is their tenant's."""
        found = copy(self)
        found.caller = caller
        return found

    async def add(self, rows: Sequence[JsonObject], within: AsyncConnection | None = None) -> None:
        """Store rows, all or none, in a transaction of their own or `within` another. A row that
        does not say whose it is, is the caller's.

        Raises ApiError where a key is taken, or a row is another tenant's.
        """
        if within is None:
            await write(self._engine, partial(self.add, rows))
            return
        for row in rows:
            key = str(row[self.resource.key])
            owned = {"tenant": self._give_tenant(row), "key": key, "data": self.shown(row)}
            try:
                await within.execute(insert(self._table).values(owned))
            except IntegrityError as error:
                raise not_unique(self.resource.key, key) from error

    async def get(self, conditions: Mapping[str, Any]) -> JsonObject:
        """The row that meets the conditions. Raises ApiError (ERROR_NOT_FOUND) without one."""
        if (given := self._plain(conditions)) is not None:
            statement = self._prepared.row(frozenset(given))
        else:
            statement = select(self._table.c.data).where(*self._where(conditions)).limit(1)

        async def fetch(connection: AsyncConnection) -> Any:
            return (await connection.execute(statement, given)).scalar_one_or_none()

        found = await read(self._engine, fetch)
        if found is None:
            raise not_found(*self._named(conditions))
        return self.readable(found)

    async def change(self, conditions: Mapping[str, Any], change: Change) -> JsonObject:
        """What `change` makes of the row that meets the conditions, stored in its place; no other
        call changes the row meanwhile. Raises ApiError without a row, and what `change` raises.
        """
        where = self._where(conditions)
        statement = select(self._table.c.seq, self._table.c.data).where(*where)
        # Writing first takes the lock: nobody writes between the reading and the writing below.
        lock = update(self._table).where(*where).values(key=self._table.c.key)

        async def replace(connection: AsyncConnection) -> JsonObject:
            await connection.execute(lock)
            found = (await connection.execute(statement.limit(1))).one_or_none()
            if found is None:
                raise not_found(*self._named(conditions))
            changed = change(dict(found.data))
            place = self._table.c.seq == found.seq
            await connection.execute(update(self._table).where(place).values(data=changed))
            return changed

        return self.readable(await write(self._engine, replace))

    async def delete(self, conditions: Mapping[str, Any]) -> None:
        """Delete the rows that meet the conditions. Raises ApiError without one."""
        statement = delete(self._table).where(*self._where(conditions))

        async def remove(connection: AsyncConnection) -> int:
            return (await connection.execute(statement)).rowcount

        if await write(self._engine, remove) == 0:
            raise not_found(*self._named(conditions))

    async def find(
        self, conditions: Mapping[str, Any], asked: Mapping[str, Any]
    ) -> tuple[list[JsonObject], int]:
        """The rows that meet the conditions and the Query `asked`; their count before paging.

        Raises ApiError where they are too many.
        """
        if is_page(asked) and (given := self._plain(conditions)) is not None:
            return await self._page(given, asked)
        compares_times = query.compares_created(asked, self.resource)
        listing = self._listing(conditions, asked, has_servers_times=compares_times)
        counting = listing.counting
        if compares_times:
            counting = counting.add_columns(least_foreign_time(self._table, self.resource))

        async def fetch(connection: AsyncConnection) -> tuple[list[JsonObject], int]:
            used = listing
            total, stored, *foreign = tuple((await connection.execute(counting)).one())
            if foreign not in ([], [None]):  # texts do not tell these rows' times
                used = self._listing(conditions, asked)
                total, stored = (await connection.execute(used.counting)).one()
            if asked.get("count_only"):
                return [], total
            found = (await connection.execute(used.page(total, stored))).all()
            self._check_count(found)
            return used.rows(found), total

        found, total = await read(self._engine, fetch)
        return [self.readable(row) for row in found], total

    async def _page(
        self, given: Mapping[str, str], asked: Mapping[str, Any]
    ) -> tuple[list[JsonObject], int]:
        """What `find` gives, by statements that are prepared."""
        query.check_only(asked, self.resource)
        offset, limit = query.window(asked, self._max_rows)
        names, page = frozenset(given), {**given, "limit": limit, "offset": offset}

        async def fetch(connection: AsyncConnection) -> tuple[Sequence[JsonObject], int]:
            total = (await connection.execute(self._prepared.count(names), given)).scalar_one()
            if asked.get("count_only"):
                return [], total
            found = (await connection.execute(self._prepared.page(names), page)).scalars().all()
            return found, total

        found, total = await read(self._engine, fetch)
        self._check_count(found)
        rows = (query.selected(row, asked, self.resource) for row in found)
        return [self.readable(row) for row in rows], total

    async def stat(self, conditions: Mapping[str, Any], asked: Mapping[str, Any]) -> JsonObject:
        """The answer to the StatisticsQuery `asked` over the rows that meet the conditions."""
        where = [*self._where(conditions), *query.where(asked, self._table, self.resource)]
        statistics = Statistics(asked, self._table, self.resource, where, self._max_rows)

        async def fetch(connection: AsyncConnection) -> JsonObject:
            found = (await connection.execute(statistics.statement)).all()
            self._check_count(found)
            answer: JsonObject = {"results": statistics.results(found)}
            if (counting := statistics.counting) is not None:
                answer["total_count"] = (await connection.execute(counting)).scalar_one()
            return answer

        return await read(self._engine, fetch)

    def shown(self, row: JsonObject) -> JsonObject:
        """What the resource's message shows of a row: its key may be told by requests alone."""
        hidden = self.resource.hidden_key
        return {name: value for name, value in row.items() if name != hidden}

    def readable(self, row: JsonObject) -> JsonObject:
        """What the pages of today have a place for, of a row that was stored when they had others:
        it stays in the store as it is.
        """
        try:
            self.resource.model.model_validate(row)
        except ValidationError as error:
            row = deepcopy(row)
            for found in error.errors(include_url=False, include_context=False):
                _remove(row, found["loc"])
        return row

    def _check_count(self, found: Sequence[Any]) -> None:
        if len(found) > self._max_rows:
            raise query_failed(f"there are more than {self._max_rows} rows; ask for a page")

    def _give_tenant(self, row: JsonObject) -> str:
        """Whose a row is; the row says so then, if it has a field for that."""
        field, tenant = self.resource.tenant, self.caller.default_tenant
        if not field:
            return tenant
        if tenant and field in self.fields:
            row.setdefault(field, tenant)
        stated = str(row.get(field) or tenant)
        if self.caller.tenant not in (None, stated):
            raise permission_denied()
        return stated

    def _listing(
        self,
        conditions: Mapping[str, Any],
        asked: Mapping[str, Any],
        has_servers_times: bool = False,
    ) -> Listing:
        """The statements of a list. Raises ApiError."""
        more = query.where(asked, self._table, self.resource, has_servers_times)
        where = [*self._where(conditions), *more]
        return Listing(asked, self._table, self.resource, where, self._max_rows)

    def _where(self, conditions: Mapping[str, Any]) -> list[ColumnElement[bool]]:
        found = [self._condition(name, value) for name, value in conditions.items()]
        return self._scope(conditions) + found

    def _scope(self, conditions: Mapping[str, Any]) -> list[ColumnElement[bool]]:
        """The tenant that the caller is kept to; or the one that they speak of, and rows of none,
        where the conditions name no other.
        """
        column, caller = self._table.c.tenant, self.caller
        if caller.tenant is not None:
            return [column == caller.tenant]
        if caller.default_tenant and self.resource.tenant not in conditions:
            return [column.in_((caller.default_tenant, ""))]
        return []

    def _plain(self, conditions: Mapping[str, Any]) -> dict[str, str] | None:
        """The parameters of `Prepared` for conditions on columns; None where there are others."""
        found, caller = {}, self.caller
        for name, value in conditions.items():
            column = self._columns.get(name)
            if column is None or not isinstance(value, str):
                return None
            found[column] = json_sql.check_text(value)
        if caller.tenant is not None:
            found["owner"] = caller.tenant
        elif caller.default_tenant and self.resource.tenant not in conditions:
            found["spoken_of"] = caller.default_tenant
        return found

    def _condition(self, name: str, value: Any) -> ColumnElement[bool]:
        if name == self.resource.key and isinstance(value, str):
            return self._table.c.key == json_sql.check_text(value)
        if name == self.resource.tenant and name in self.fields and isinstance(value, str):
            return self._table.c.tenant == json_sql.check_text(value)  # an index has it
        if name == self.resource.key and isinstance(value, list):
            return self._table.c.key.in_(json_sql.check_text(str(each)) for each in value)
        operator = "in" if isinstance(value, list) else "eq"
        return filters.condition(
            FieldPath(self._table.c.data, name, self.resource), operator, value
        )

    def _named(self, conditions: Mapping[str, Any]) -> tuple[str, Any]:
        """The condition to name where nothing is found: the one on the key, else the first."""
        key = self.resource.key
        return (key, conditions[key]) if key in conditions else next(iter(conditions.items()))


def _remove(row: JsonObject, path: Sequence[str | int]) -> None:
    """Remove the innermost field on the way that a path goes."""
    holder, name = row, ""
    value: Any = row
    for part in path:
        if isinstance(value, dict) and part in value:
            holder, name = value, str(part)
        elif not (isinstance(value, list) and isinstance(part, int) and part < len(value)):
            break
        value = value[part]
    holder.pop(name, None)
