"""The stored rows of a resource: JSON objects in a table of SQLite or PostgreSQL.

A row is stored as a single JSON object, so a new or removed field in a page does not change the
table. Values are bound parameters, and never part of the SQL text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from functools import partial
from typing import Any

from pydantic_core import from_json
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    MetaData,
    cast,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from . import filters, json_sql, off_loop
from . import query as queries
from . import sql_dialects as functions
from .answer_sizes import answer_bound, check_rows
from .authentication import Caller
from .descriptors import documented_name
from .documented_rows import documented
from .errors import invalid_parameter, not_found, not_unique, permission_denied
from .field_path import FieldPath
from .json_sql import JsonText
from .new_rows import NewRow, existing_key, insert_rows
from .prepared_statements import PreparedStatements, is_page
from .querying import Querying, Scope
from .registry import Resource
from .store import read_prepared, read_value, write
from .tables import build_table

JsonObject = dict[str, Any]
Change = Callable[[JsonObject], JsonObject]


class Rows:
    """The rows of a resource, or those `visible_to` a caller. Conditions: field path → value."""

    caller = Caller()

    def __init__(
        self,
        engine: AsyncEngine,
        metadata: MetaData,
        resource: Resource,
        max_rows: int,
        queried_fields: Iterable[str] = (),
        max_answer_bytes: int = 64 << 20,
    ) -> None:
        """Add the table to `metadata`. `queried_fields`: names of fields in frequent conditions."""
        self.resource, self._max_rows = resource, max_rows
        self.fields = {documented_name(field) for field in resource.proto.DESCRIPTOR.fields}
        self._engine = engine
        self._table = build_table(resource, metadata, engine.dialect.name, queried_fields)
        self._stored_text = functions.write(self._table.c.data)
        self._querying = Querying(engine, self._table, resource, max_rows, max_answer_bytes)
        bounded = answer_bound(engine, max_answer_bytes)
        self._prepared = PreparedStatements(self._table, resource, bounded)
        tenant = {resource.tenant: "tenant"} if resource.tenant in self.fields else {}
        self._columns = {**tenant, resource.key: "key"}

    def visible_to(self, caller: Caller) -> Rows:
        """Return the rows that a caller may read and change. New rows have the caller's tenant."""
        rows = copy(self)
        rows.caller = caller
        return rows

    async def add(self, rows: Sequence[JsonObject], within: AsyncConnection | None = None) -> None:
        """Store rows, all or none, in a new transaction or `within` another one. A row without a
        tenant belongs to the caller's.

        Raises ApiError for an existing key, and for a row of another tenant.
        """
        added = await off_loop.run(rows, lambda: [self._new_row(row) for row in rows])
        insert = partial(insert_rows, self._table, added)
        try:
            await (insert(within) if within else write(self._engine, insert))
        except IntegrityError as error:
            if (key := await existing_key(self._engine, self._table, added)) is None:
                raise
            raise not_unique(self.resource.key, key) from error

    def _new_row(self, row: JsonObject) -> NewRow:
        tenant = self._set_tenant(row)
        data = JsonText(json_sql.dumps(self.without_hidden_key(row)))
        return {"tenant": tenant, "key": str(row[self.resource.key]), "data": data}

    async def get(self, conditions: Mapping[str, Any]) -> JsonObject:
        """Return a row that matches. Raises ApiError (ERROR_NOT_FOUND) without one."""
        if (parameters := self._parameters(conditions)) is not None:
            prepared = self._prepared.row(frozenset(parameters)), parameters
            ((*stored,),) = await read_prepared(self._engine, prepared)
            row = stored[0] if stored else None
        else:
            statement = select(self._stored_text).where(*self._where(conditions)).limit(1)
            row = await read_value(self._engine, statement)
        if row is None:
            raise not_found(*self._reported(conditions))
        return await off_loop.run(row, lambda: documented(from_json(row), self.resource))

    async def change(
        self, conditions: Mapping[str, Any], change: Change, values: object = None
    ) -> JsonObject:
        """Replace a row that matches by the result of `change`, and return it. The row is locked
        meanwhile. `change` runs again if the database ends the connection, and in a thread if the
        row or `values`, which it uses, are large. Raises ApiError without a row, and the errors of
        `change`.
        """
        where = self._where(conditions)
        statement = select(self._table.c.seq, self._stored_text).where(*where)
        # An UPDATE takes the lock: the row cannot change between SELECT and the second UPDATE.
        lock = update(self._table).where(*where).values(key=self._table.c.key)

        async def replace(connection: AsyncConnection) -> JsonObject:
            await connection.execute(lock)
            stored = (await connection.execute(statement.limit(1))).one_or_none()
            if stored is None:
                raise not_found(*self._reported(conditions))
            seq, row = stored

            def apply() -> tuple[JsonObject, JsonText]:
                changed = change(from_json(row))
                return documented(changed, self.resource), JsonText(json_sql.dumps(changed))

            changed, data = await off_loop.run((row, values), apply)
            is_row = self._table.c.seq == seq
            await connection.execute(update(self._table).where(is_row).values(data=data))
            return changed

        return await write(self._engine, replace)

    async def delete(self, conditions: Mapping[str, Any]) -> None:
        """Delete the rows that match. Raises ApiError without one."""
        statement = delete(self._table).where(*self._where(conditions))

        async def remove(connection: AsyncConnection) -> int:
            return (await connection.execute(statement)).rowcount

        if await write(self._engine, remove) == 0:
            raise not_found(*self._reported(conditions))

    async def find(
        self, conditions: Mapping[str, Any], query: Mapping[str, Any]
    ) -> tuple[list[JsonObject], int]:
        """Return the rows that match the conditions and a Query, and their count before paging.

        Raises ApiError for too many rows.
        """
        if is_page(query) and (parameters := self._parameters(conditions)) is not None:
            return await self._page(parameters, query)
        return await self._querying.find(self._scope(conditions), query)

    async def is_empty(self) -> bool:
        """Return whether there are no rows of any tenant."""
        return await read_value(self._engine, select(self._table.c.key).limit(1)) is None

    async def last_number(self) -> int:
        """Return the largest key, 0 without rows. The keys must be numbers."""
        statement = select(func.max(cast(self._table.c.key, BigInteger)))
        return int(await read_value(self._engine, statement) or 0)

    async def place(
        self, conditions: Mapping[str, Any], query: Mapping[str, Any], key: str, parameter: str
    ) -> int:
        """Return the place of a row, from 1, among the rows that match, in the order of the Query.
        Raises ApiError for `parameter` if none of them has the key.
        """
        place = await self._querying.place(self._scope(conditions), query, key)
        if place is None:
            raise invalid_parameter(parameter, "no row of the list has this key")
        return place

    async def _page(
        self, parameters: Mapping[str, str], query: Mapping[str, Any]
    ) -> tuple[list[JsonObject], int]:
        """Return the result of `find`, by prepared statements."""
        queries.check_only(query, self.resource)
        offset, limit = queries.window(query, self._max_rows)
        names, page = frozenset(parameters), {**parameters, "limit": limit, "offset": offset}
        counting = self._prepared.count(names), parameters
        if query.get("count_only"):
            ((total,),) = await read_prepared(self._engine, counting)
            return [], total
        paging = self._prepared.page(names), page
        (total,), stored = await read_prepared(self._engine, counting, paging)
        check_rows(stored, self._max_rows)

        def rows() -> list[JsonObject]:
            texts = (queries.selected(from_json(row), query, self.resource) for row in stored)
            return [documented(row, self.resource) for row in texts]

        return await off_loop.run(stored, rows), total

    async def stat(self, conditions: Mapping[str, Any], query: Mapping[str, Any]) -> JsonObject:
        """Return the result of a StatisticsQuery over the rows that match."""
        return await self._querying.stat(self._scope(conditions), query)

    def without_hidden_key(self, row: JsonObject) -> JsonObject:
        """Return a row without its key, if only requests have the key."""
        hidden = self.resource.hidden_key
        return {name: value for name, value in row.items() if name != hidden}

    def _set_tenant(self, row: JsonObject) -> str:
        """Set the tenant field of a row, if there is one, and return the tenant."""
        field, tenant = self.resource.tenant, self.caller.default_tenant
        if not field:
            return tenant
        if tenant and field in self.fields:
            row.setdefault(field, tenant)
        owner = str(row.get(field) or tenant)
        if self.caller.tenant not in (None, owner):
            raise permission_denied()
        return owner

    def _scope(self, conditions: Mapping[str, Any]) -> Scope:
        return Scope(conditions, self._where)

    def _where(self, conditions: Mapping[str, Any]) -> list[ColumnElement[bool]]:
        own = [self._condition(name, value) for name, value in conditions.items()]
        return self._tenant_condition(conditions) + own

    def _tenant_condition(self, conditions: Mapping[str, Any]) -> list[ColumnElement[bool]]:
        """Return the condition on the caller's only tenant; or, if `conditions` name no tenant, on
        the default tenant and rows without a tenant.
        """
        column, caller = self._table.c.tenant, self.caller
        if caller.tenant is not None:
            return [column == caller.tenant]
        if caller.default_tenant and self.resource.tenant not in conditions:
            return [column.in_((caller.default_tenant, ""))]
        return []

    def _parameters(self, conditions: Mapping[str, Any]) -> dict[str, str] | None:
        """Return the parameters of a prepared statement; None if a condition is not on a column."""
        parameters, caller = {}, self.caller
        for name, value in conditions.items():
            column = self._columns.get(name)
            if column is None or not isinstance(value, str):
                return None
            parameters[column] = json_sql.check_text(value)
        if caller.tenant is not None:
            parameters["only_tenant"] = caller.tenant
        elif caller.default_tenant and self.resource.tenant not in conditions:
            parameters["default_tenant"] = caller.default_tenant
        return parameters

    def _condition(self, name: str, value: Any) -> ColumnElement[bool]:
        if name == self.resource.key and isinstance(value, str):
            return self._table.c.key == json_sql.check_text(value)
        if name == self.resource.tenant and name in self.fields and isinstance(value, str):
            return self._table.c.tenant == json_sql.check_text(value)  # uses an index
        if name == self.resource.key and isinstance(value, list):
            return self._table.c.key.in_(json_sql.check_text(str(key)) for key in value)
        path = FieldPath(self._table.c.data, name, self.resource)
        condition = filters.condition(path, "in" if isinstance(value, list) else "eq", value)
        unset = [filters.equals(path.value, None)] if path.is_zero(value) else []
        return or_(condition, *unset)

    def _reported(self, conditions: Mapping[str, Any]) -> tuple[str, Any]:
        """Return the condition for an error message: the one on the key, else the first."""
        key = self.resource.key
        return (key, conditions[key]) if key in conditions else next(iter(conditions.items()))
