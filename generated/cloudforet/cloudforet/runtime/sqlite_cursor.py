"""A statement of SQLite in one trip to the thread of its connection.

aiosqlite's cursor takes four of them (to be made, to execute, to fetch, to be closed), and a trip
costs more than what most statements do there. SQLAlchemy reads all rows at once in any case.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

import aiosqlite


def shorten_trips(connection: aiosqlite.Connection) -> None:
    """Let a connection make cursors of the kind below, and roll nothing back where nothing is."""
    roll_back = connection.rollback

    async def rollback() -> None:
        if connection.in_transaction:
            await roll_back()

    given: Any = connection
    given.cursor, given.rollback = lambda: Cursor(connection), rollback


class Cursor:
    """What SQLAlchemy asks of a cursor of aiosqlite."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection
        self._found: list[Any] = []
        self._cursor: sqlite3.Cursor | None = None

    async def __aenter__(self) -> Cursor:
        return self

    async def execute(self, sql: str, parameters: Iterable[Any] = ()) -> Cursor:
        """Itself, with the rows of a statement."""
        await self._trip("execute", sql, parameters)
        return self

    async def executemany(self, sql: str, parameters: Iterable[Iterable[Any]]) -> Cursor:
        """Itself, after a statement for each of the parameters."""
        await self._trip("executemany", sql, parameters)
        return self

    async def fetchall(self) -> Sequence[Any]:
        """The rows."""
        return self._found

    async def close(self) -> None:
        """Nothing is left to be closed: all rows were fetched."""

    @property
    def description(self) -> Any:
        """The columns of the rows; None where the statement gives none."""
        return self._cursor.description if self._cursor else None

    @property
    def rowcount(self) -> int:
        """How many rows were changed."""
        return self._cursor.rowcount if self._cursor else -1

    @property
    def lastrowid(self) -> int | None:
        """The key of the row that was added."""
        return self._cursor.lastrowid if self._cursor else None

    async def _trip(self, name: str, sql: str, parameters: Any) -> None:
        thread: Any = self._connection
        await thread._execute(self._run, name, sql, parameters)

    def _run(self, name: str, sql: str, parameters: Any) -> None:
        self._cursor = getattr(self._connection._conn, name)(sql, parameters)
        self._found = self._cursor.fetchall()
