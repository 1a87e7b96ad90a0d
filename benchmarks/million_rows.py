"""`list` on a million rows, compared with hand-written SQL on the same table.

The rows are generated, the same in each run, and inserted with SQL. Two things are timed in turns:
the runtime from a query to rows, in this process and without a transport; and two hand-written
statements (a count and a page) through the same driver. Both must return the same rows through the
same indexes. The cost of a call besides its SQL, about a millisecond, is measured in `serving`: the
queries here match thousands of rows.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import sqlite3
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import psycopg
from sqlalchemy import Connection, event, text
from sqlalchemy.ext.asyncio import AsyncEngine

from apiscribe_runtime.process import open_rows
from apiscribe_runtime.store import SHORT_READS, open_store
from benchmarks import import_from_tests
from benchmarks.million_queries import COMPARISONS, TABLE, Comparison
from benchmarks.options import Options
from benchmarks.row import Row

SECTION = "a million rows"
postgresql, serving = import_from_tests("postgresql"), import_from_tests("serving")
shop = import_from_tests("shop_api")
_COUNT, _SEED = 1_000_000, 1
_DOMAIN = "domain-1"
_FIELDS = "name provider state region_code project_id created_at updated_at".split()
_PAGE = f"""
# Machine

> **Package : inventory.v1**

## Machine

| Method | Request | Response |
| :--- | :--- | :--- |
| get | GetMachine | MachineInfo |
| list | MachineQuery | MachinesInfo |

### get
> **POST** /inventory/v1/machine/get

### list
> **POST** /inventory/v1/machine/list

## Message

### GetMachine
| Field | Type | Required |
| :--- | :--- | :---: |
| machine_id | string | ✅ |
| domain_id | string | ✅ |

### MachineQuery
| Field | Type | Required |
| :--- | :--- | :---: |
| query | spaceone.api.core.v1.Query | ❌ |
| domain_id | string | ✅ |
| provider | string | ❌ |
| region_code | string | ❌ |
| project_id | string | ❌ |

### MachineInfo
| Field | Type |
| :--- | :--- |
| machine_id | string |
{"".join(f"| {name} | string |{chr(10)}" for name in _FIELDS)}\
| tags | google.protobuf.Struct |
| domain_id | string |

### MachinesInfo
| Field | Type |
| :--- | :--- |
| results | list of MachineInfo |
| total_count | int32 |
"""

Result = tuple[list[dict[str, Any]], int]  # a page of rows, and the number of all


def rows(options: Options) -> Iterator[Row]:
    """Yield a row for each store and query."""
    files = {
        "spec.toml": 'name = "machines"\nuses = ["spaceone.api.core.v1"]\ntenant = "domain_id"\n',
        "pages/query.md": shop.QUERY_PAGE,
        "pages/machine.md": _PAGE,
    }
    tree = serving.build(serving.write_spec(options.folder / "spec", files), options.folder / "out")
    database = options.folder / "rows.db"
    yield from asyncio.run(_measure(tree, f"sqlite+aiosqlite:///{database}", options.runs))
    for file in options.folder.glob("rows.db*"):
        file.unlink()
    if postgresql.program("initdb"):
        with postgresql.running() as server:
            yield from asyncio.run(_measure(tree, server.new_database(), options.runs))


async def _measure(tree: Path, url: str, runs: int) -> list[Row]:
    """Measure one store; PostgreSQL's statistics are up to date, as autovacuum keeps them."""
    engine: AsyncEngine = open_store(url, timeout=600)
    title = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[engine.dialect.name]
    try:
        await _open(tree, engine)
        await _fill(engine)
        start = time.perf_counter()
        rows = await _open(tree, engine)
        indexed = Row(
            section=SECTION,
            what=f"{title}: creating the indexes of a store without any",
            value=time.perf_counter() - start,
            unit="s",
        )
        await _analyze(engine)
        return [indexed, *[await _row(title, c, rows, engine, runs) for c in COMPARISONS]]
    finally:
        await engine.dispose()


async def _open(tree: Path, engine: AsyncEngine) -> Any:
    """Open the rows of the resource as a server does."""
    api = serving.package(tree, "registry").API
    opened = await open_rows(engine, api, 1000)
    return opened["inventory.v1.Machine"]


async def _fill(engine: AsyncEngine) -> None:
    """Insert the rows, without indexes except the key's, as in a store of an earlier server."""
    async with engine.begin() as connection:
        for name in await connection.run_sync(_indexes):
            await connection.execute(text(f'DROP INDEX "{name}"'))
    url = engine.url.set(drivername=engine.dialect.name)
    columns = f'"{TABLE}" (tenant, key, data)'
    if engine.dialect.name == "sqlite":
        with closing(sqlite3.connect(str(url.database))) as there, there:
            there.executemany(f"INSERT INTO {columns} VALUES (?, ?, ?)", _stored())
        return
    with (
        psycopg.connect(url.render_as_string(hide_password=False)) as server,
        server.cursor().copy(f"COPY {columns} FROM STDIN".encode()) as copy,
    ):
        for row in _stored():
            copy.write_row(row)


def _indexes(connection: Connection) -> list[str]:
    names = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'index' AND name GLOB 'ix_*'",
        "postgresql": "SELECT indexname FROM pg_indexes WHERE starts_with(indexname, 'ix_')",
    }
    return list(connection.scalars(text(names[connection.dialect.name])))


def _stored() -> Iterator[tuple[str, str, str]]:
    """Yield the tenant, key and JSON of each row."""
    pick = random.Random(_SEED)
    begin = datetime(2023, 1, 1, tzinfo=UTC)
    for number in range(_COUNT):
        made = begin + timedelta(milliseconds=pick.randrange(24 * 30 * 86_400_000))
        created, updated = (
            f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z"
            for at in (made, made + timedelta(hours=pick.randrange(1000)))
        )
        row = {
            "machine_id": f"machine-{number:012x}",
            "name": f"{pick.choice(('web', 'db', 'cache', 'job'))}-{pick.randrange(10**8):08}",
            "provider": pick.choice(("aws", "azure", "google_cloud")),
            "state": pick.choice(("ENABLED", "ENABLED", "ENABLED", "DISABLED")),
            "region_code": f"region-{pick.randrange(20)}",
            "project_id": f"project-{pick.randrange(250)}",
            "created_at": created,
            "updated_at": updated,
            "tags": {"env": pick.choice(("dev", "prod")), "team": f"team-{pick.randrange(50)}"},
            "domain_id": _DOMAIN,
        }
        yield _DOMAIN, str(row["machine_id"]), json.dumps(row, separators=(",", ":"))


async def _analyze(engine: AsyncEngine) -> None:
    if engine.dialect.name == "postgresql":
        async with engine.connect() as connection:
            free = await connection.execution_options(isolation_level="AUTOCOMMIT")
            await free.execute(text(f'VACUUM ANALYZE "{TABLE}"'))


async def _row(
    title: str, comparison: Comparison, rows: Any, engine: AsyncEngine, runs: int
) -> Row:
    """Time both queries in turns. Raise AssertionError if their results or indexes differ."""

    async def ours() -> Result:
        result: Result = await rows.find({"domain_id": _DOMAIN}, comparison.query)
        return result

    count, page = (text(statement) for statement in comparison.by_hand(engine.dialect.name))
    values = {"domain": _DOMAIN, **comparison.values}

    async def by_hand() -> Result:
        async with engine.connect() as connection:
            total = (await connection.execute(count, values)).scalar_one()
            texts = (await connection.execute(page, values)).scalars().all()
        return [json.loads(row) if isinstance(row, str) else row for row in texts], total

    traces = [await _trace(engine, query) for query in (ours, by_hand)]
    assert traces[0].result == traces[1].result, f"{title}, {comparison.what}: results differ"
    if comparison.limit is not None:
        same = traces[0].indexes == traces[1].indexes
        assert same, f"{title}, {comparison.what}: {traces[0].indexes} and {traces[1].indexes}"
    seconds: tuple[list[float], list[float]] = ([], [])
    for _ in range(runs):
        for query, times in zip((ours, by_hand), seconds, strict=True):
            start = time.perf_counter()
            await query()
            times.append(time.perf_counter() - start)
    return Row(
        section=SECTION,
        what=f"{title}: {comparison.what}",
        value=1000 * median(seconds[0]),
        unit="ms",
        against="hand-written SQL",
        reference=1000 * median(seconds[1]),
        limit=comparison.limit,
        note=f"{traces[0].result[1]:,} rows; {', '.join(traces[0].indexes)}",
    )


@dataclass(frozen=True)
class _Trace:
    """The result of a query, and the indexes of its count and its page."""

    result: Result
    indexes: list[str]


async def _trace(engine: AsyncEngine, query: Callable[[], Awaitable[Result]]) -> _Trace:
    statements: list[tuple[str, Any]] = []

    def record(_: Any, __: Any, statement: str, values: Any, *___: Any) -> None:
        statements.append((statement, values))

    short_reads = SHORT_READS.pop(engine.sync_engine, None)  # they are the same statements
    event.listen(engine.sync_engine, "before_cursor_execute", record)
    try:
        result = await query()
    finally:
        event.remove(engine.sync_engine, "before_cursor_execute", record)
        if short_reads is not None:
            SHORT_READS[engine.sync_engine] = short_reads
    explain = "EXPLAIN QUERY PLAN" if engine.dialect.name == "sqlite" else "EXPLAIN"
    async with engine.connect() as connection:
        plans = [
            (await connection.exec_driver_sql(f"{explain} {statement}", values)).all()
            for statement, values in statements
        ]
    # `ix_…_foreign` belongs to the check whether times are comparable as texts, not to the query.
    used = [re.findall(rf"\bix_{TABLE}_(?!foreign)(\w+)", str(plan)) for plan in plans]
    return _Trace(result, [" and ".join(one) or "none" for one in used])
