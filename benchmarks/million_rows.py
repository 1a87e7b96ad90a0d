"""`list` on a million rows, beside the same question in SQL by hand on the same table.

The rows are made up, the same in each run, and stored by SQL. What is timed is the runtime's own
way from a Query to rows in this process, without the doors, and two statements by hand (a count and
a page) through the same driver, in turns. Both must give the same rows, through the same indexes.
What a call costs beside its SQL, about a millisecond, is measured elsewhere: every question here
finds some thousand rows, at least.
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

from benchmarks import of_tests
from benchmarks.million_questions import QUESTIONS, TABLE, Question
from benchmarks.options import Options
from benchmarks.row import Row

SECTION = "a million rows"
postgresql, serving, shop = map(of_tests, ("postgresql", "serving", "shop_api"))
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

Answer = tuple[list[dict[str, Any]], int]


def rows(options: Options) -> Iterator[Row]:
    """A row for each store and question."""
    files = {
        "spec.toml": 'name = "machines"\nuses = ["spaceone.api.core.v1"]\ntenant = "domain_id"\n',
        "pages/query.md": shop.QUERY_PAGE,
        "pages/machine.md": _PAGE,
    }
    tree = serving.build(serving.write_spec(options.folder / "spec", files), options.folder / "out")
    database = options.folder / "rows.db"
    yield from asyncio.run(_measured(tree, f"sqlite+aiosqlite:///{database}", options.runs))
    for file in options.folder.glob("rows.db*"):
        file.unlink()
    if postgresql.program("initdb"):
        with postgresql.running() as server:
            yield from asyncio.run(_measured(tree, server.new_database(), options.runs))


async def _measured(tree: Path, url: str, runs: int) -> list[Row]:
    """The rows of one store; PostgreSQL has counted what is in it, as it does in time by itself."""
    engine: AsyncEngine = serving.package(tree, "runtime.store").open_store(url, timeout=600)
    title = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[engine.dialect.name]
    try:
        await _opened(tree, engine)
        await _fill(engine)
        begun = time.perf_counter()
        found = await _opened(tree, engine)
        indexed = Row(
            section=SECTION,
            what=f"{title}: the indexes of a store that has none, when it is opened",
            value=time.perf_counter() - begun,
            unit="s",
        )
        await _analyze(engine)
        return [indexed, *[await _row(title, q, found, engine, runs) for q in QUESTIONS]]
    finally:
        await engine.dispose()


async def _opened(tree: Path, engine: AsyncEngine) -> Any:
    """The rows of the resource, as a server opens them."""
    api = serving.package(tree, "registry").API
    opened = await serving.package(tree, "runtime.process").open_rows(engine, api, 1000)
    return opened["inventory.v1.Machine"]


async def _fill(engine: AsyncEngine) -> None:
    """Store the rows, without indexes beside the key, as an earlier server would have."""
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
    """Tenant, key and JSON of each row."""
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


async def _row(title: str, question: Question, found: Any, engine: AsyncEngine, runs: int) -> Row:
    """Both ways of asking, timed in turns. Raises AssertionError where they differ."""

    async def ours() -> Answer:
        answer: Answer = await found.find({"domain_id": _DOMAIN}, question.asked)
        return answer

    count, page = (text(statement) for statement in question.by_hand(engine.dialect.name))
    values = {"domain": _DOMAIN, **question.values}

    async def by_hand() -> Answer:
        async with engine.connect() as connection:
            total = (await connection.execute(count, values)).scalar_one()
            told = (await connection.execute(page, values)).scalars().all()
        return [json.loads(row) if isinstance(row, str) else row for row in told], total

    asked = [await _asked(engine, way) for way in (ours, by_hand)]
    assert asked[0].answer == asked[1].answer, f"{title}, {question.what}: not the same answer"
    if question.limit is not None:
        same = asked[0].indexes == asked[1].indexes
        assert same, f"{title}, {question.what}: {asked[0].indexes} and {asked[1].indexes}"
    seconds: tuple[list[float], list[float]] = ([], [])
    for _ in range(runs):
        for way, taken in zip((ours, by_hand), seconds, strict=True):
            begun = time.perf_counter()
            await way()
            taken.append(time.perf_counter() - begun)
    return Row(
        section=SECTION,
        what=f"{title}: {question.what}",
        value=1000 * median(seconds[0]),
        unit="ms",
        against="SQL by hand",
        reference=1000 * median(seconds[1]),
        limit=question.limit,
        note=f"{asked[0].answer[1]:,} rows; {', '.join(asked[0].indexes)}",
    )


@dataclass(frozen=True)
class _Asked:
    """An answer, and the indexes through which its rows were counted and given."""

    answer: Answer
    indexes: list[str]


async def _asked(engine: AsyncEngine, way: Callable[[], Awaitable[Answer]]) -> _Asked:
    statements: list[tuple[str, Any]] = []

    def keep(_: Any, __: Any, statement: str, values: Any, *___: Any) -> None:
        statements.append((statement, values))

    event.listen(engine.sync_engine, "before_cursor_execute", keep)
    try:
        answer = await way()
    finally:
        event.remove(engine.sync_engine, "before_cursor_execute", keep)
    explain = "EXPLAIN QUERY PLAN" if engine.dialect.name == "sqlite" else "EXPLAIN"
    async with engine.connect() as connection:
        plans = [
            (await connection.exec_driver_sql(f"{explain} {statement}", values)).all()
            for statement, values in statements
        ]
    # What tells a server that times may be compared as texts is no part of the question.
    used = [re.findall(rf"\bix_{TABLE}_(?!foreign)(\w+)", str(plan)) for plan in plans]
    return _Asked(answer, [" and ".join(one) or "none" for one in used])
