"""The limits of a statement on SQLite, which has none: its time, and the bytes that it stores."""

from __future__ import annotations

import math
import sqlite3
import time
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from . import limits

_STEPS = 100_000  # instructions of SQLite between two calls of the progress handler: milliseconds
_BUDGET = "budget"  # of a connection, in its record's `info`


class TooMuchError(Exception):
    """A statement stores more than `limits.STORED` bytes."""


@dataclass
class Budget:
    """The remaining time and bytes of a connection's current statement."""

    until: float = math.inf
    stored: int = 0

    def renew(self, timeout: float) -> None:
        """Begin a statement."""
        self.until, self.stored = time.monotonic() + timeout, limits.STORED

    def is_over(self) -> bool:
        """Return whether the time of the statement is over."""
        return time.monotonic() > self.until

    def spend(self, size: int, most: int) -> int:
        """Count a stored row. Raises TooMuchError, which ends the statement."""
        self.stored = self.stored - size if size <= most else -1
        if self.stored < 0:
            raise TooMuchError
        return 1


def limit_statements(engine: AsyncEngine, timeout: float) -> None:
    """Interrupt SQLite after `timeout` seconds, by a progress handler, and when a caller
    disconnects: SQLAlchemy invalidates the connection then.
    """

    @event.listens_for(engine.sync_engine, "connect")
    def connect(connection: Any, record: Any) -> None:
        budget = record.info[_BUDGET] = Budget()
        connection.run_async(lambda raw: raw.set_progress_handler(budget.is_over, _STEPS))
        connection.run_async(_limit_values)
        connection.run_async(lambda raw: raw.create_function("spend", 2, budget.spend))

    @event.listens_for(engine.sync_engine, "before_cursor_execute")
    def start(connection: Any, *_: Any) -> None:
        connection.info[_BUDGET].renew(timeout)

    @event.listens_for(engine.sync_engine, "invalidate")
    def interrupt(_: Any, record: Any, __: Any) -> None:
        record.info[_BUDGET].until = -math.inf


async def _limit_values(connection: Any) -> None:
    await connection._execute(connection._conn.setlimit, sqlite3.SQLITE_LIMIT_LENGTH, limits.VALUE)


def is_spent(info: Any) -> bool:
    """Return whether the last statement of a connection with this `info` stored too much."""
    return _BUDGET in info and info[_BUDGET].stored < 0
