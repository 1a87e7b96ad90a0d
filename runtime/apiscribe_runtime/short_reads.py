"""Short reads of a SQLite store, without a trip to a connection's thread.

Such a trip takes ten times as long as reading a row by its key. So prepared statements run in the
event loop first, until they have taken a number of steps. What takes more, or fails, runs again in
a thread, with all limits and errors of a store.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Dialect, Select

from . import limits, sqlite_functions
from .store_file import StoreFile, StoreFileError

# A statement, and the values of its parameters.
Prepared = tuple[Select[Any], Mapping[str, Any]]

_STEPS = 1000  # instructions of SQLite between two calls of the progress handler
_MOST_CALLS = 20  # of the progress handler: some milliseconds
_BATCH = 64  # rows


class ShortReads:
    """A connection to the file of a store, in the event loop. It opens with the first read."""

    def __init__(self, path: str, file: StoreFile, dialect: Dialect, max_bytes: int) -> None:
        """Read from the file at a path. Answers of more than `max_bytes` bytes are not short."""
        self._path, self._file, self._dialect, self._max_bytes = path, file, dialect, max_bytes
        self._connection: sqlite3.Connection | None = None
        self._calls = 0
        self._compiled = cache(self._compile)

    def read(self, prepared: Sequence[Prepared]) -> list[list[Any]] | None:
        """Return the values in the first column of each statement; None if they are not short."""
        try:
            return [self._read(*one) for one in prepared]
        except (sqlite3.Error, StoreFileError, _NotShortError):
            return None

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _read(self, statement: Select[Any], parameters: Mapping[str, Any]) -> list[Any]:
        sql, names, constants = self._compiled(statement)
        values = {**constants, **parameters}
        connection = self._connection or self._connect()
        self._calls, size, result = 0, 0, list[Any]()
        cursor = connection.execute(sql, [values[name] for name in names])
        try:
            while rows := cursor.fetchmany(_BATCH):
                result += [value for (value,) in rows]
                size += sum(len(value) for (value,) in rows if isinstance(value, str))
                if size > self._max_bytes:
                    raise _NotShortError
        finally:
            cursor.close()  # or its transaction goes on, and reads nothing new
        return result

    def _compile(self, statement: Select[Any]) -> tuple[str, Sequence[str], Mapping[str, Any]]:
        """Return the SQL of a statement, its parameters in order, and those with a value."""
        compiled = statement.compile(dialect=self._dialect)
        return str(compiled), compiled.positiontup or (), compiled.params

    def _connect(self) -> sqlite3.Connection:
        self._file.check()
        # No timeout: the event loop must not wait for a lock.
        connection = sqlite3.connect(self._path, timeout=0, isolation_level=None)
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, limits.VALUE)
        connection.execute("PRAGMA query_only = ON")
        sqlite_functions.add_functions(connection)
        connection.set_progress_handler(self._is_over, _STEPS)
        self._connection = connection
        return connection

    def _is_over(self) -> bool:
        """Return whether the statement has taken too many steps. SQLite counts those of all of its
        executions together, so that the first call may come early.
        """
        self._calls += 1
        return self._calls > _MOST_CALLS


class _NotShortError(Exception):
    """An answer has more bytes than a store returns."""
