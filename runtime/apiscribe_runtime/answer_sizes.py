"""The size of an answer: its rows, and its bytes.

PostgreSQL's driver takes all rows of a statement at once, so the statement itself counts them.
"""

from __future__ import annotations

from collections.abc import Callable, Sized
from typing import Any

from sqlalchemy import Boolean, Select, String, case, cast, func, literal, select
from sqlalchemy.ext.asyncio import AsyncEngine

from .errors import query_failed

ANSWER_TOO_LARGE = "answer of more bytes than "  # in an error of `bounded_answer`


def answer_bound(engine: AsyncEngine, max_bytes: int) -> Callable[[Select[Any]], Select[Any]]:
    """Return a function that bounds what a statement reads. On SQLite, cursors count the bytes."""

    def bound(statement: Select[Any]) -> Select[Any]:
        is_counted = engine.dialect.name == "sqlite"
        return statement if is_counted else bounded_answer(statement, max_bytes)

    return bound


def check_rows(rows: Sized, max_rows: int) -> None:
    """Raise ApiError if there are too many rows."""
    if len(rows) > max_rows:
        raise query_failed(f"there are more than {max_rows} rows; ask for a page")


def bounded_answer(statement: Select[Any], max_bytes: int) -> Select[Any]:
    """Return a statement for the same rows, in the same order, that fails if the texts in them have
    more than `max_bytes` bytes. All columns must be texts.
    """
    rows = statement.subquery()
    size = sum((func.coalesce(func.octet_length(column), 0) for column in rows.c), literal(0))
    counted = select(*rows.c, func.sum(size).over(rows=(None, 0)).label("sent")).subquery()
    *columns, sent = counted.c
    # Of a column, or PostgreSQL would make the cast when it plans the statement.
    reason = literal(f"{ANSWER_TOO_LARGE}{max_bytes} : ", String).concat(cast(sent, String))
    return select(*columns).where(case((sent > max_bytes, cast(reason, Boolean)), else_=True))
