"""The database behind a server: SQLite, or PostgreSQL for several servers on one store."""

from __future__ import annotations

import math
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from pydantic_core import from_json
from sqlalchemy import URL, Connection, MetaData, event, inspect, make_url, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from . import json_sql, sqlite_functions
from .indexes import make_indexes
from .sqlite_cursor import shorten_trips

_STEPS = 100_000  # of SQLite's virtual machine, between two looks at the clock: some milliseconds
T = TypeVar("T")
Statements = Callable[
    [AsyncConnection], Awaitable[T]
]  # what runs on one connection, and its result

_MAKING_TABLES = 0x61706973  # the key of a lock that servers on one database share


# Connections are kept: what goes beyond `pool_size` would be opened and closed with each call.
_POOL = {"pool_size": 15, "max_overflow": 0}


def open_store(url: str, timeout: float) -> AsyncEngine:
    """The engine of a database URL, for statements that read (see `writing`); what runs longer than
    `timeout` seconds, `was_too_slow`.

    Raises ValueError for a database that is none of the two.
    """
    address = make_url(url)
    match address.get_backend_name():
        case "sqlite":
            engine = create_async_engine(
                address,
                json_serializer=json_sql.dumps,
                json_deserializer=from_json,
                # How long a writer waits for another, of this process or of another one.
                connect_args={"timeout": timeout},
                **_POOL,
            )
            _shorten_trips(engine)
            _add_functions(engine)
            _share_sqlite(engine)
            _interrupt_sqlite(engine, timeout)
            return engine
        case "postgresql" if address.get_driver_name() == "psycopg":
            return _open_postgresql(address, timeout)
        case "postgresql":
            raise ValueError("a PostgreSQL store is written postgresql+psycopg://…")
        case other:
            raise ValueError(f"the store must be sqlite or postgresql, not {other}")


def _open_postgresql(address: URL, timeout: float) -> AsyncEngine:
    try:
        return create_async_engine(
            address,
            json_serializer=json_sql.dumps,
            json_deserializer=from_json,
            # Texts without a time zone are times of UTC, in SQLite and here.
            connect_args={
                "options": f"-c timezone=UTC -c statement_timeout={math.ceil(timeout * 1000)}"
            },
            # What only reads needs no transaction: each one would take two more turns.
            isolation_level="AUTOCOMMIT",
            skip_autocommit_rollback=True,
            **_POOL,
        )
    except ModuleNotFoundError as error:
        raise ValueError("PostgreSQL needs psycopg: pip install 'psycopg[binary]'") from error


def writing(engine: AsyncEngine) -> AsyncEngine:
    """The same engine for statements that are one transaction."""
    if engine.dialect.name == "postgresql":
        return engine.execution_options(isolation_level="READ COMMITTED")
    return engine


async def read(engine: AsyncEngine, statements: Statements[T]) -> T:
    """Run statements that change nothing, and return their result. They run again, once, on a new
    connection if the database ended theirs: a connection of the pool may have been ended long ago,
    or may end between a ping and the first statement.
    """
    return await _run(engine, statements, commits=False)


async def write(engine: AsyncEngine, statements: Statements[T]) -> T:
    """Run statements in a transaction, and return their result. They run again, once, on a new
    connection if the database ended theirs before COMMIT was sent: it has rolled them back then. A
    COMMIT without an answer is an error: the transaction may be stored, and must not run twice.
    """
    return await _run(writing(engine), statements, commits=True)


async def _run(engine: AsyncEngine, statements: Statements[T], commits: bool) -> T:
    can_run_again = True
    while True:
        async with engine.connect() as connection:
            try:
                result = await statements(connection)
            except DBAPIError as error:
                # SQLAlchemy has also dropped every older connection of the pool then.
                if not (can_run_again and error.connection_invalidated):
                    raise
                can_run_again = False
                continue
            if commits:
                await connection.commit()
            return result


def _shorten_trips(engine: AsyncEngine) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def connect(connection: Any, _: Any) -> None:
        shorten_trips(connection.driver_connection)


def _add_functions(engine: AsyncEngine) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def connect(connection: Any, _: Any) -> None:
        sqlite_functions.add_functions(connection)


def _share_sqlite(engine: AsyncEngine) -> None:
    """Readers and a writer do not wait for one another, in whatever processes. What was told to be
    stored outlives a killed process. Source: sqlite.org/wal.html.
    """

    @event.listens_for(engine.sync_engine, "connect")
    def connect(connection: Any, _: Any) -> None:
        connection.run_async(lambda it: it.execute_fetchall("PRAGMA journal_mode = WAL"))


def _interrupt_sqlite(engine: AsyncEngine, timeout: float) -> None:
    """SQLite has no limit on time; it asks again and again whether to go on. It stops too where a
    caller has gone: SQLAlchemy gives up the connection then.
    """

    @event.listens_for(engine.sync_engine, "connect")
    def connect(connection: Any, record: Any) -> None:
        limit = record.info["limit"] = {"until": math.inf}
        connection.run_async(
            lambda it: it.set_progress_handler(lambda: time.monotonic() > limit["until"], _STEPS)
        )

    @event.listens_for(engine.sync_engine, "before_cursor_execute")
    def begin(connection: Any, *_: Any) -> None:
        connection.info["limit"]["until"] = time.monotonic() + timeout

    @event.listens_for(engine.sync_engine, "invalidate")
    def give_up(_: Any, record: Any, __: Any) -> None:
        record.info["limit"]["until"] = -math.inf


def was_too_slow(error: DBAPIError) -> bool:
    """Whether a statement was ended because it ran, or waited for others, too long."""
    # Source: postgresql.org, appendix "Error Codes"; sqlite.org/rescode.html.
    state, name = (getattr(error.orig, at, "") for at in ("sqlstate", "sqlite_errorname"))
    return bool(state == "57014" or name in ("SQLITE_INTERRUPT", "SQLITE_BUSY"))


def was_out_of_range(error: DBAPIError) -> bool:
    """Whether a number in a statement grew beyond what the database can hold."""
    return getattr(error.orig, "sqlstate", "") == "22003"


def is_unavailable(error: DBAPIError) -> bool:
    """Return whether the database ended a connection, or accepted none."""
    # psycopg's OperationalError has no SQLSTATE if libpq failed, and not a statement.
    is_libpq = getattr(error.orig, "sqlstate", "") is None and isinstance(error, OperationalError)
    return error.connection_invalidated or is_libpq


async def make_tables(connection: AsyncConnection, metadata: MetaData) -> None:
    """Make the tables that are missing; one server at a time.

    Raises ValueError where a table has other columns than this server's.
    """
    if connection.dialect.name == "postgresql":
        lock = text("SELECT pg_advisory_xact_lock(:key)")
        await connection.execute(lock, {"key": _MAKING_TABLES})
    await connection.run_sync(metadata.create_all)
    await connection.run_sync(_check_columns, metadata)
    await connection.run_sync(make_indexes, metadata)


def _check_columns(connection: Connection, metadata: MetaData) -> None:
    found = inspect(connection)
    for table in metadata.sorted_tables:
        lacks = set(table.columns.keys()) - {
            column["name"] for column in found.get_columns(table.name)
        }
        if lacks:
            raise ValueError(
                f"the store was made by another version of the server: the table {table.name} has"
                f" no {', '.join(sorted(lacks))}; serve from a new store"
            )
