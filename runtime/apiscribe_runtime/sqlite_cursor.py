"""A cursor for SQLite that runs a statement in one round trip to the connection's thread.

aiosqlite's cursor needs four (create, execute, fetch, close), and a round trip costs more than most
statements. SQLAlchemy fetches all rows at once anyway.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

import aiosqlite

from .errors import answer_too_large

_BATCH = 64  # rows


def shorten_trips(connection: aiosqlite.Connection, max_bytes: int) -> None:
    """Make a connection use `Cursor`, and skip ROLLBACK outside of a transaction. Rows of more than
    `max_bytes` bytes are an error.
    """
    roll_back = connection.rollback

    async def rollback() -> None:
        if connection.in_transaction:
            await roll_back()

    patched: Any = connection
    patched.cursor, patched.rollback = lambda: Cursor(connection, max_bytes), rollback


class Cursor:
    """The part of aiosqlite's cursor that SQLAlchemy calls."""

    def __init__(self, connection: aiosqlite.Connection, max_bytes: int) -> None:
        self._connection, self._max_bytes = connection, max_bytes
        self._rows: list[Any] = []
        self._cursor: sqlite3.Cursor | None = None

    async def __aenter__(self) -> Cursor:
        return self

    async def execute(self, sql: str, parameters: Iterable[Any] = ()) -> Cursor:
        """Run a statement and fetch its rows; return the cursor."""
        await self._run_in_thread("execute", sql, parameters)
        return self

    async def executemany(self, sql: str, parameters: Iterable[Iterable[Any]]) -> Cursor:
        """Run a statement once for each of the parameters; return the cursor."""
        await self._run_in_thread("executemany", sql, parameters)
        return self

    async def fetchall(self) -> Sequence[Any]:
        """Return the rows."""
        return self._rows

    async def close(self) -> None:
        """Do nothing: all rows are fetched."""

    @property
    def description(self) -> Any:
        """The columns of the rows; None if the statement returns no rows."""
        return self._cursor.description if self._cursor else None

    @property
    def rowcount(self) -> int:
        """The number of changed rows."""
        return self._cursor.rowcount if self._cursor else -1

    @property
    def lastrowid(self) -> int | None:
        """The key of the added row."""
        return self._cursor.lastrowid if self._cursor else None

    async def _run_in_thread(self, name: str, sql: str, parameters: Any) -> None:
        thread: Any = self._connection
        await thread._execute(self._run, name, sql, parameters)

    def _run(self, name: str, sql: str, parameters: Any) -> None:
        self._cursor = cursor = getattr(self._connection._conn, name)(sql, parameters)
        size = 0
        while rows := cursor.fetchmany(_BATCH):
            size += sum(len(value) for row in rows for value in row if isinstance(value, str))
            if size > self._max_bytes:
                cursor.close()
                raise answer_too_large(self._max_bytes)
            self._rows += rows
