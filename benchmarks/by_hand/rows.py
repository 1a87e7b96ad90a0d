"""The rows of both hand-written servers: three statements, on SQLAlchemy or on the bare driver."""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack
from typing import Any, Protocol

import aiosqlite
import psycopg
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

Json = dict[str, Any]

_TABLE = '"spaceone_api_cost_analysis_v1_JobTaskInfo"'
# The statements of the generated server for the same two calls.
_GET = f"SELECT data FROM {_TABLE} WHERE key = :key AND tenant = :domain LIMIT 1"
_COUNT = f"SELECT count(*) FROM {_TABLE} WHERE tenant = :domain"
_PAGE = (
    f"SELECT data FROM {_TABLE} WHERE tenant = :domain"
    " ORDER BY {newest}, seq LIMIT :limit OFFSET :offset"
)
_NEWEST = {
    "sqlite": """CASE WHEN json_type(data, '$."created_at"') = 'text'"""
    """ THEN data ->> '$."created_at"' END DESC""",
    "postgresql": "(CASE WHEN jsonb_typeof((data -> 'created_at')) = 'string'"
    " THEN (data -> 'created_at') #>> '{}' END) COLLATE \"C\" DESC NULLS LAST",
}


class Rows(Protocol):
    """The rows of the table."""

    async def get(self, key: str, domain: str) -> Json | None:
        """Return a row of a domain by its key, or None."""
        ...

    async def page(self, domain: str, limit: int, offset: int) -> tuple[list[Json], int]:
        """Return a page of a domain's rows, the newest first, and the number of all rows."""
        ...


def open_rows(url: str, library: str) -> Rows:
    """Open the rows in a database; `library` is `sqlalchemy` or `driver`."""
    if library == "sqlalchemy":
        return SqlalchemyRows(url)
    return DriverRows(url)


class SqlalchemyRows:
    """Rows on SQLAlchemy's asynchronous engine.

    The pool keeps all connections open; by default it would close all but five when they are
    returned.
    """

    def __init__(self, url: str) -> None:
        self._engine = create_async_engine(url, pool_size=15, max_overflow=0)
        page = _PAGE.replace("{newest}", _NEWEST[self._engine.dialect.name])
        # text() parses a colon as a parameter; the statements have no other colons.
        self._get, self._count, self._page = text(_GET), text(_COUNT), text(page)

    async def get(self, key: str, domain: str) -> Json | None:
        """Implement Rows."""
        async with self._engine.connect() as connection:
            result = await connection.execute(self._get, {"key": key, "domain": domain})
            data = result.scalar_one_or_none()
        return _decode(data) if data is not None else None

    async def page(self, domain: str, limit: int, offset: int) -> tuple[list[Json], int]:
        """Implement Rows."""
        values = {"domain": domain, "limit": limit, "offset": offset}
        async with self._engine.connect() as connection:
            total = (await connection.execute(self._count, {"domain": domain})).scalar_one()
            rows = (await connection.execute(self._page, values)).scalars().all()
        return [_decode(data) for data in rows], total


class DriverRows:
    """Rows on aiosqlite or psycopg, with ten connections that stay open."""

    def __init__(self, url: str) -> None:
        address = make_url(url)
        self._is_sqlite = address.get_backend_name() == "sqlite"
        self._address = (
            str(address.database)
            if self._is_sqlite
            else address.set(drivername="postgresql").render_as_string(hide_password=False)
        )
        page = _PAGE.replace("{newest}", _NEWEST[address.get_backend_name()])
        self._get, self._count, self._page = map(self._convert, (_GET, _COUNT, page))
        self._free: asyncio.Queue[Any] | None = None
        self._stack = AsyncExitStack()

    def _convert(self, statement: str) -> str:
        """Return the statement with the driver's form of parameters."""
        if self._is_sqlite:
            return statement
        for name in ("key", "domain", "limit", "offset"):
            statement = statement.replace(f":{name}", f"%({name})s")
        return statement

    async def get(self, key: str, domain: str) -> Json | None:
        """Implement Rows."""
        (rows,) = await self._execute([(self._get, {"key": key, "domain": domain})])
        return _decode(rows[0][0]) if rows else None

    async def page(self, domain: str, limit: int, offset: int) -> tuple[list[Json], int]:
        """Implement Rows."""
        values = {"domain": domain, "limit": limit, "offset": offset}
        count, rows = await self._execute([(self._count, {"domain": domain}), (self._page, values)])
        return [_decode(data) for (data,) in rows], count[0][0]

    async def _execute(self, statements: list[tuple[str, Json]]) -> list[list[Any]]:
        free = self._free or await self._open()
        connection = await free.get()
        try:
            return [
                list(await (await connection.execute(sql, values)).fetchall())
                for sql, values in statements
            ]
        finally:
            free.put_nowait(connection)

    async def _open(self) -> asyncio.Queue[Any]:
        self._free = asyncio.Queue()
        for _ in range(10):
            opened: Any = (
                aiosqlite.connect(self._address)
                if self._is_sqlite
                else await psycopg.AsyncConnection.connect(self._address, autocommit=True)
            )
            self._free.put_nowait(await self._stack.enter_async_context(opened))
        return self._free


def _decode(data: Any) -> Json:
    """Decode the JSON of a row: a text in SQLite, decoded by psycopg in PostgreSQL."""
    row: Json = json.loads(data) if isinstance(data, str) else data
    return row
