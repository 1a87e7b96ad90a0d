"""The database behind a server: SQLite, or PostgreSQL for several servers on one store."""

from __future__ import annotations

from sqlalchemy import URL, MetaData, event, make_url, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from . import json_sql

_MAKING_TABLES = 0x61706973  # the key of a lock that servers on one database share


def open_store(url: str) -> AsyncEngine:
    """The engine of a database URL. Raises ValueError for a database that is none of the two."""
    address = make_url(url)
    match address.get_backend_name():
        case "sqlite":
            engine = create_async_engine(address, json_serializer=json_sql.dumps)
            event.listen(engine.sync_engine, "connect", lambda it, _: json_sql.add_functions(it))
            return engine
        case "postgresql" if address.get_driver_name() == "psycopg":
            return _open_postgresql(address)
        case "postgresql":
            raise ValueError("a PostgreSQL store is written postgresql+psycopg://…")
        case other:
            raise ValueError(f"the store must be sqlite or postgresql, not {other}")


def _open_postgresql(address: URL) -> AsyncEngine:
    try:
        return create_async_engine(
            address,
            json_serializer=json_sql.dumps,
            # Texts without a time zone are times of UTC, in SQLite and here.
            connect_args={"options": "-c timezone=UTC"},
            pool_pre_ping=True,
        )
    except ModuleNotFoundError as error:
        raise ValueError("PostgreSQL needs psycopg: pip install 'psycopg[binary]'") from error


async def make_tables(connection: AsyncConnection, metadata: MetaData) -> None:
    """Make the tables that are missing; one server at a time."""
    if connection.dialect.name == "postgresql":
        lock = text("SELECT pg_advisory_xact_lock(:key)")
        await connection.execute(lock, {"key": _MAKING_TABLES})
    await connection.run_sync(metadata.create_all)
