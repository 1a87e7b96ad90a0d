"""The stored rows of one resource: JSON objects in a table of SQLite or PostgreSQL, through
SQLAlchemy.

A row is kept whole, as its JSON object: a page that gains or loses a field changes no table.
Values are bound, never spliced into SQL.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Integer,
    MetaData,
    String,
    Table,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from . import filters, json_sql, query
from .aggregate import Statistics
from .catalog import Resource
from .errors import not_found, not_unique
from .places import Place

JsonObject = dict[str, Any]
Change = Callable[[JsonObject], JsonObject]


class Rows:
    """The rows of a resource. A condition is a documented name (dots go into objects) and the
    value that it must have.
    """

    def __init__(self, engine: AsyncEngine, metadata: MetaData, resource: Resource) -> None:
        self.resource = resource
        self._engine = engine
        self._table = Table(
            _table_name(resource.proto.DESCRIPTOR.full_name),
            metadata,
            Column("seq", Integer, primary_key=True, autoincrement=True),
            Column("key", String, nullable=False, unique=True),
            Column("data", JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        )

    async def add(self, rows: Sequence[JsonObject], within: AsyncConnection | None = None) -> None:
        """Store rows, all or none, in a transaction of their own or `within` another.

        Raises ApiError where a key is taken.
        """
        if within is None:
            async with self._engine.begin() as connection:
                await self.add(rows, connection)
            return
        for row in rows:
            key = str(row[self.resource.key])
            try:
                await within.execute(insert(self._table).values(key=key, data=row))
            except IntegrityError as error:
                raise not_unique(self.resource.key, key) from error

    async def get(self, conditions: Mapping[str, Any]) -> JsonObject:
        """The row that meets the conditions. Raises ApiError (ERROR_NOT_FOUND) without one."""
        statement = select(self._table.c.data).where(*self._where(conditions)).limit(1)
        async with self._engine.connect() as connection:
            found = (await connection.execute(statement)).scalar_one_or_none()
        if found is None:
            raise not_found(*self._named(conditions))
        return dict(found)

    async def change(self, conditions: Mapping[str, Any], change: Change) -> JsonObject:
        """What `change` makes of the row that meets the conditions, stored in its place; no other
        call changes the row meanwhile. Raises ApiError without a row, and what `change` raises.
        """
        where = self._where(conditions)
        statement = select(self._table.c.seq, self._table.c.data).where(*where)
        # Writing first takes the lock: nobody writes between the reading and the writing below.
        lock = update(self._table).where(*where).values(key=self._table.c.key)
        async with self._engine.begin() as connection:
            await connection.execute(lock)
            found = (await connection.execute(statement.limit(1))).one_or_none()
            if found is None:
                raise not_found(*self._named(conditions))
            changed = change(dict(found.data))
            place = self._table.c.seq == found.seq
            await connection.execute(update(self._table).where(place).values(data=changed))
        return changed

    async def delete(self, conditions: Mapping[str, Any]) -> None:
        """Delete the rows that meet the conditions. Raises ApiError without one."""
        async with self._engine.begin() as connection:
            done = await connection.execute(delete(self._table).where(*self._where(conditions)))
        if done.rowcount == 0:
            raise not_found(*self._named(conditions))

    async def find(
        self, conditions: Mapping[str, Any], asked: Mapping[str, Any]
    ) -> tuple[list[JsonObject], int]:
        """The rows that meet the conditions and the Query `asked`; their count before paging."""
        where = [*self._where(conditions), *query.where(asked, self._table, self.resource)]
        counting = select(func.count()).select_from(self._table).where(*where)
        statement = select(self._table.c.data).where(*where)
        statement = statement.order_by(*query.order_by(asked, self._table, self.resource))
        statement = query.paged(statement, asked)
        async with self._engine.connect() as connection:
            total = (await connection.execute(counting)).scalar_one()
            if asked.get("count_only"):
                return [], total
            found = (await connection.execute(statement)).scalars().all()
        return [query.selected(dict(row), asked, self.resource) for row in found], total

    async def stat(self, conditions: Mapping[str, Any], asked: Mapping[str, Any]) -> JsonObject:
        """The answer to the StatisticsQuery `asked` over the rows that meet the conditions."""
        where = [*self._where(conditions), *query.where(asked, self._table, self.resource)]
        statistics = Statistics(asked, self._table, self.resource, where)
        async with self._engine.connect() as connection:
            found = (await connection.execute(statistics.statement)).all()
            answer: JsonObject = {"results": statistics.results(found)}
            if (counting := statistics.counting) is not None:
                answer["total_count"] = (await connection.execute(counting)).scalar_one()
        return answer

    def _where(self, conditions: Mapping[str, Any]) -> list[ColumnElement[bool]]:
        return [
            (
                self._table.c.key == json_sql.check_text(value)
                if name == self.resource.key and isinstance(value, str)
                else self._condition(name, value)
            )
            for name, value in conditions.items()
        ]

    def _condition(self, name: str, value: Any) -> ColumnElement[bool]:
        operator = "in" if isinstance(value, list) else "eq"
        return filters.condition(Place(self._table.c.data, name, self.resource), operator, value)

    def _named(self, conditions: Mapping[str, Any]) -> tuple[str, Any]:
        """The condition to name where nothing is found: the one on the key, else the first."""
        key = self.resource.key
        return (key, conditions[key]) if key in conditions else next(iter(conditions.items()))


def _table_name(full_name: str) -> str:
    """PostgreSQL's names have at most 63 characters, and it gives the table's own to its parts."""
    name = full_name.replace(".", "_")
    short = f"{name[:37]}_{sha256(full_name.encode()).hexdigest()[:12]}"
    return name if len(name) <= 50 else short
