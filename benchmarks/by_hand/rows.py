"""The rows of both servers by hand: three statements, through SQLAlchemy or through the driver."""

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
# What the generated server sends for the same two calls.
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
        """The row of a key, in a domain."""
        ...

    async def page(self, domain: str, limit: int, offset: int) -> tuple[list[Json], int]:
        """A page of a domain's rows, the newest first; and how many there are."""
        ...


def open_rows(url: str, way: str) -> Rows:
    """The rows in a database; `way` is sqlalchemy, or driver."""
    if way == "sqlalchemy":
        return ThroughSqlalchemy(url)
    return ThroughDriver(url)


class ThroughSqlalchemy:
    """Through SQLAlchemy's asynchronous engine. Its pool keeps what it opens: as it comes, it
    closes all but five connections each time that they are given back.
    """

    def __init__(self, url: str) -> None:
        self._engine = create_async_engine(url, pool_size=15, max_overflow=0)
        page = _PAGE.replace("{newest}", _NEWEST[self._engine.dialect.name])
        # A colon of text() is a parameter; SQL's own are none here.
        self._get, self._count, self._page = text(_GET), text(_COUNT), text(page)

    async def get(self, key: str, domain: str) -> Json | None:
        """As in Rows."""
        async with self._engine.connect() as connection:
            found = await connection.execute(self._get, {"key": key, "domain": domain})
            data = found.scalar_one_or_none()
        return _read(data) if data is not None else None

    async def page(self, domain: str, limit: int, offset: int) -> tuple[list[Json], int]:
        """As in Rows."""
        given = {"domain": domain, "limit": limit, "offset": offset}
        async with self._engine.connect() as connection:
            total = (await connection.execute(self._count, {"domain": domain})).scalar_one()
            found = (await connection.execute(self._page, given)).scalars().all()
        return [_read(data) for data in found], total


class ThroughDriver:
    """Through aiosqlite or psycopg alone, over ten connections that stay open."""

    def __init__(self, url: str) -> None:
        address = make_url(url)
        self._is_sqlite = address.get_backend_name() == "sqlite"
        self._address = (
            str(address.database)
            if self._is_sqlite
            else address.set(drivername="postgresql").render_as_string(hide_password=False)
        )
        page = _PAGE.replace("{newest}", _NEWEST[address.get_backend_name()])
        self._get, self._count, self._page = map(self._written, (_GET, _COUNT, page))
        self._free: asyncio.Queue[Any] | None = None
        self._held = AsyncExitStack()

    def _written(self, statement: str) -> str:
        if self._is_sqlite:
            return statement
        for name in ("key", "domain", "limit", "offset"):
            statement = statement.replace(f":{name}", f"%({name})s")
        return statement

    async def get(self, key: str, domain: str) -> Json | None:
        """As in Rows."""
        found = await self._ask([(self._get, {"key": key, "domain": domain})])
        return _read(found[0][0][0]) if found[0] else None

    async def page(self, domain: str, limit: int, offset: int) -> tuple[list[Json], int]:
        """As in Rows."""
        given = {"domain": domain, "limit": limit, "offset": offset}
        counted, found = await self._ask([(self._count, {"domain": domain}), (self._page, given)])
        return [_read(data) for (data,) in found], counted[0][0]

    async def _ask(self, statements: list[tuple[str, Json]]) -> list[list[Any]]:
        free = self._free or await self._open()
        connection = await free.get()
        try:
            return [
                list(await (await connection.execute(sql, given)).fetchall())
                for sql, given in statements
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
            self._free.put_nowait(await self._held.enter_async_context(opened))
        return self._free


def _read(data: Any) -> Json:
    """SQLite has JSON as text; psycopg reads it."""
    found: Json = json.loads(data) if isinstance(data, str) else data
    return found
