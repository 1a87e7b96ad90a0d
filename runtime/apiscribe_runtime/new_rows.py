"""Storing new rows: many in a statement, and the key of one that exists already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Table, bindparam, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from .store import read_value

# The columns of a new row: its tenant, key and data.
NewRow = Mapping[str, Any]

_BATCH = 1000  # rows of a statement, because its time is limited


async def insert_rows(table: Table, rows: Sequence[NewRow], connection: AsyncConnection) -> None:
    """Store rows. Raises IntegrityError for an existing key; the transaction must end then."""
    for start in range(0, len(rows), _BATCH):
        await connection.execute(insert(table), rows[start : start + _BATCH])


async def existing_key(engine: AsyncEngine, table: Table, rows: Sequence[NewRow]) -> str | None:
    """Return the first key of new rows that another one of them, or a stored row, has."""
    if len(rows) == 1:
        return str(rows[0]["key"])
    columns, known = table.c, set[tuple[str, str]]()
    stored = select(columns.key).where(
        columns.tenant == bindparam("tenant"), columns.key == bindparam("key")
    )
    for row in rows:
        place = {"tenant": row["tenant"], "key": row["key"]}
        pair = row["tenant"], row["key"]
        if pair in known or await read_value(engine, stored, place) is not None:
            return str(row["key"])
        known.add(pair)
    return None
