"""The database of a server: SQLite, or PostgreSQL, which several servers can share."""

from __future__ import annotations

import asyncio
import math
import sqlite3
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import aiosqlite
from pydantic_core import from_json
from sqlalchemy import URL, Connection, Engine, Executable, MetaData, event, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from . import json_sql, sqlite_functions
from .answer_sizes import ANSWER_TOO_LARGE
from .errors import answer_too_large, query_too_large
from .indexes import make_indexes
from .short_reads import Prepared, ShortReads
from .sqlite_cursor import shorten_trips
from .sqlite_limits import limit_statements
from .store_address import store_url
from .store_errors import is_too_large, limit_in
from .store_file import StoreFile

_FILES: WeakKeyDictionary[Engine, StoreFile] = WeakKeyDictionary()
SHORT_READS: WeakKeyDictionary[Engine, ShortReads] = WeakKeyDictionary()
T = TypeVar("T")
# Statements on a connection → their result.
Statements = Callable[[AsyncConnection], Awaitable[T]]

_CREATE_TABLES_LOCK = 0x61706973  # key of an advisory lock of all servers on a database

# Twice `limits.STORED`: PostgreSQL counts pages and copies.
_SET_FILES = (
    "SELECT set_config('temp_file_limit', '512MB', false)"
    " FROM pg_roles WHERE rolname = current_user AND rolsuper"
)

# Of a URL: how a pooler between the server and PostgreSQL shares the connections to it.
_POOLING = "pooling"
# Pooling → arguments of psycopg, and the statement that begins a connection. Times without a zone
# are UTC, as in SQLite. With a connection for each transaction, prepared statements and settings
# of a session would be those of other clients; of the settings, poolers know the time zone.
_SESSIONS: Mapping[str, tuple[Mapping[str, Any], str]] = {
    "session": ({"options": "-c timezone=UTC -c statement_timeout={}"}, _SET_FILES),
    "transaction": ({"prepare_threshold": None}, "SET timezone = 'UTC'"),
}

# A connection above `pool_size` would be opened and closed with each request.
_POOL = {"pool_size": 15, "max_overflow": 0}


def open_store(url: str, timeout: float, max_answer_bytes: int = 64 << 20) -> AsyncEngine:
    """Return the engine of a database URL, for statements that only read (see `transactional`). The
    error of a statement that takes more than `timeout` seconds is a timeout (see `is_timeout`).

    Raises ValueError for a database that is neither SQLite nor PostgreSQL.
    """
    address = store_url(url)
    match address.get_backend_name():
        case "sqlite":
            file = _file_of(address)
            engine = create_async_engine(
                address,
                json_serializer=json_sql.dumps,
                json_deserializer=from_json,
                # A writer waits this long for another one, in this or another process.
                connect_args={
                    "timeout": timeout,
                    "async_creator_fn": partial(_connect_sqlite, file),
                },
                **_POOL,
            )
            _shorten_trips(engine, max_answer_bytes)
            _add_functions(engine)
            _enable_wal(engine)
            limit_statements(engine, timeout)
            if file is not None:
                _watch_file(engine, file)
                _add_short_reads(engine, file, max_answer_bytes)
            return engine
        case _:
            return _open_postgresql(address, timeout)


def _file_of(address: URL) -> StoreFile | None:
    """Return the file of a SQLite store; None of a URI of SQLite."""
    path = str(address.database)
    return None if path.startswith("file:") else StoreFile(path)


def _watch_file(engine: AsyncEngine, file: StoreFile) -> None:
    """Commit only to the file that the server has opened."""
    _FILES[engine.sync_engine] = file

    @event.listens_for(engine.sync_engine, "connect")
    def connect(*_: Any) -> None:
        file.remember()

    @event.listens_for(engine.sync_engine, "commit")
    def commit(_: Any) -> None:
        file.check()


def _add_short_reads(engine: AsyncEngine, file: StoreFile, max_bytes: int) -> None:
    sync = engine.sync_engine
    reads = SHORT_READS[sync] = ShortReads(str(sync.url.database), file, sync.dialect, max_bytes)
    event.listen(sync, "engine_disposed", lambda _: reads.close())


def is_present(engine: AsyncEngine) -> bool:
    """Return whether the file of a SQLite store is still the one that the server has opened."""
    file = _FILES.get(engine.sync_engine)
    return file is None or file.is_present()


async def _connect_sqlite(
    file: StoreFile | None, *arguments: Any, **options: Any
) -> aiosqlite.Connection:
    """Connect, but not to another file than at first: SQLite would create it. If that fails, wait
    for the connection's thread, or it would outlive the event loop and print a traceback.
    """
    if file is not None:
        file.check()
    connection = aiosqlite.connect(*arguments, **options)
    # Before 0.22 a connection was its own thread.
    thread: Any = getattr(connection, "_thread", connection)
    thread.daemon = True
    try:
        return await connection
    except sqlite3.Error:
        await asyncio.to_thread(thread.join)
        raise


def _open_postgresql(address: URL, timeout: float) -> AsyncEngine:
    pooling = address.query.get(_POOLING, "session")
    if pooling not in _SESSIONS:
        raise ValueError(f"{_POOLING} is {' or '.join(_SESSIONS)}, not {pooling}")
    session, settings = _SESSIONS[str(pooling)]
    try:
        engine = create_async_engine(
            address.difference_update_query([_POOLING]),
            json_serializer=json_sql.dumps,
            json_deserializer=from_json,
            connect_args={
                name: value.format(math.ceil(timeout * 1000)) if isinstance(value, str) else value
                for name, value in session.items()
            },
            # Reads need no transaction: BEGIN and COMMIT would be two more round trips.
            isolation_level="AUTOCOMMIT",
            skip_autocommit_rollback=True,
            **_POOL,
        )
    except ModuleNotFoundError as error:
        raise ValueError("PostgreSQL needs psycopg: pip install 'psycopg[binary]'") from error

    @event.listens_for(engine.sync_engine, "connect")
    def connect(connection: Any, _: Any) -> None:
        cursor = connection.cursor()
        cursor.execute(settings)
        cursor.close()

    return engine


def transactional(engine: AsyncEngine) -> AsyncEngine:
    """Return the engine for statements in a transaction."""
    if engine.dialect.name == "postgresql":
        return engine.execution_options(isolation_level="READ COMMITTED")
    return engine


async def read(engine: AsyncEngine, statements: Statements[T]) -> T:
    """Run statements that only read, and return their result.

    If the database ends the connection, they run again once, on a new connection. A ping before the
    first statement could not replace this: the connection may end between the two.
    """
    return await _run(engine, statements, commits=False)


async def read_value(
    engine: AsyncEngine, statement: Executable, parameters: Mapping[str, Any] | None = None
) -> Any:
    """Return the single value that a statement reads; None without one."""

    async def fetch(connection: AsyncConnection) -> Any:
        return (await connection.execute(statement, parameters)).scalar_one_or_none()

    return await read(engine, fetch)


async def read_prepared(engine: AsyncEngine, *prepared: Prepared) -> Sequence[Sequence[Any]]:
    """Return the values in the first column of each statement. Those of a file that take a few
    steps run in the event loop.
    """
    reads = SHORT_READS.get(engine.sync_engine)
    if reads is not None and (result := reads.read(prepared)) is not None:
        return result

    async def fetch(connection: AsyncConnection) -> Sequence[Sequence[Any]]:
        return [(await connection.execute(*one)).scalars().all() for one in prepared]

    return await read(engine, fetch)


async def write(engine: AsyncEngine, statements: Statements[T]) -> T:
    """Run statements in a transaction, and return their result.

    If the database ends the connection before COMMIT is sent, they run again once, on a new
    connection: the database has rolled them back. If COMMIT fails, they do not run again, because
    the database may have committed them.
    """
    return await _run(transactional(engine), statements, commits=True)


async def _run(engine: AsyncEngine, statements: Statements[T], commits: bool) -> T:
    can_run_again = True
    while True:
        async with engine.connect() as connection:
            try:
                result = await statements(connection)
            except DBAPIError as error:
                if ANSWER_TOO_LARGE in str(error.orig):
                    raise answer_too_large(limit_in(error)) from error
                if is_too_large(error, connection):
                    raise query_too_large() from error
                # SQLAlchemy has then removed all older connections from the pool.
                if not (can_run_again and error.connection_invalidated):
                    raise
                can_run_again = False
                continue
            if commits:
                await connection.commit()
            return result


def _shorten_trips(engine: AsyncEngine, max_bytes: int) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def connect(connection: Any, _: Any) -> None:
        shorten_trips(connection.driver_connection, max_bytes)


def _add_functions(engine: AsyncEngine) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def connect(connection: Any, _: Any) -> None:
        sqlite_functions.add_functions(connection)


def _enable_wal(engine: AsyncEngine) -> None:
    """Use a write-ahead log: readers and a writer do not block each other, also in other processes,
    and committed rows survive a killed process. Source: sqlite.org/wal.html.
    """

    @event.listens_for(engine.sync_engine, "connect")
    def connect(connection: Any, _: Any) -> None:
        connection.run_async(lambda raw: raw.execute_fetchall("PRAGMA journal_mode = WAL"))


async def create_tables(connection: AsyncConnection, metadata: MetaData) -> None:
    """Create the missing tables, under a lock against other servers.

    Raises ValueError if a table lacks a column.
    """
    if connection.dialect.name == "postgresql":
        lock = text("SELECT pg_advisory_xact_lock(:key)")
        await connection.execute(lock, {"key": _CREATE_TABLES_LOCK})
    await connection.run_sync(metadata.create_all)
    await connection.run_sync(_check_columns, metadata)
    await connection.run_sync(make_indexes, metadata)


def _check_columns(connection: Connection, metadata: MetaData) -> None:
    inspector = inspect(connection)
    for table in metadata.sorted_tables:
        existing = {column["name"] for column in inspector.get_columns(table.name)}
        if missing := set(table.columns.keys()) - existing:
            raise ValueError(
                f"another version of the server created the store: the table {table.name} lacks"
                f" {', '.join(sorted(missing))}; use a new store"
            )
