"""Through which indexes a database answers a list: plans are compared here, not clocks."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from depot_api import MESSAGES, build_depot, message_table, page
from serving import Json, database, package
from sqlalchemy import event, literal, select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from apiscribe_runtime.process import open_rows
from apiscribe_runtime.sql_dialects import foreign_time
from apiscribe_runtime.store import SHORT_READS, open_store
from apiscribe_runtime.times import SERVERS

pytestmark = pytest.mark.slow

DOMAIN = {"domain_id": "d"}
BY_NAME = {"key": "name"}
PAGE = {"start": 21, "limit": 20}
SPRING = [
    {"k": "created_at", "v": "2024-02-01T00:00:00Z", "o": "datetime_gte"},
    {"k": "created_at", "v": "2024-03-01T00:00:00Z", "o": "datetime_lt"},
]


@dataclass
class Store:
    """A store with rows, and what a package does on it."""

    tree: Path
    url: str
    runner: asyncio.Runner

    def find(self, asked: Json) -> tuple[list[Json], int, list[str], list[str]]:
        """The rows and their number; the statements that were run for them, and their plans."""
        return self.runner.run(self._find(asked))

    async def _find(self, asked: Json) -> tuple[list[Json], int, list[str], list[str]]:
        ran: list[tuple[str, Any]] = []
        async with self.opened() as (engine, rows):
            SHORT_READS.pop(engine.sync_engine, None)  # they are the same statements
            keep = lambda _, __, sql, values, *___: ran.append((sql, values))  # noqa: E731
            event.listen(engine.sync_engine, "before_cursor_execute", keep)
            found, total = await rows.find(DOMAIN, asked)
            event.remove(engine.sync_engine, "before_cursor_execute", keep)
            async with engine.connect() as connection:
                explain = "EXPLAIN QUERY PLAN"
                if engine.dialect.name == "postgresql":  # it scans tables as small as these
                    await connection.exec_driver_sql("SET enable_seqscan = off")
                    explain = "EXPLAIN"
                plans = [
                    str((await connection.exec_driver_sql(f"{explain} {sql}", values)).all())
                    for sql, values in ran
                ]
        return found, total, [sql for sql, _ in ran], plans

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[tuple[AsyncEngine, Any]]:
        """The store as a server opens it, and the rows of things."""
        engine = open_store(self.url, 60)
        try:
            api = package(self.tree, "registry").API
            rows = await open_rows(engine, api, 10_000)
            yield engine, rows["depot.v1.Thing"]
        finally:
            await engine.dispose()

    async def fill(self, rows: list[Json]) -> None:
        async with self.opened() as (engine, things):
            await things.add(rows)
            if engine.dialect.name == "postgresql":
                async with engine.begin() as connection:
                    await connection.execute(text("ANALYZE"))

    async def indexes(self, *change: str) -> dict[str, str]:
        """The words of each index, by its name, after a change."""
        words = {
            "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'index'",
            "postgresql": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
        }
        engine = open_store(self.url, 60)
        async with engine.begin() as connection:
            for statement in change:
                await connection.execute(text(statement))
            found = (await connection.execute(text(words[engine.dialect.name]))).all()
        await engine.dispose()
        return {name: sql for name, sql in found if name.startswith("ix_")}


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    """One loop for all: connections to SQLite are closed by threads, a little after their end."""
    with asyncio.Runner() as found:
        yield found


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Things whose `list` takes a provider by name."""
    asked = MESSAGES["ThingQuery"]
    changed = page().replace(
        message_table("ThingQuery", asked),
        message_table("ThingQuery", [*asked, ("provider", "string"), ("labels", "string")]),
    )
    return build_depot(tmp_path_factory.mktemp("plans"), changed)


@pytest.fixture(scope="module")
def things(tree: Path, new_store: Callable[[], Path | str], runner: asyncio.Runner) -> Store:
    found = Store(tree, database(new_store()), runner)
    rows = [
        {
            "thing_id": f"thing-{number}",
            "name": f"{number * 7919 % 10_000:05}",
            "provider": "rare" if number % 500 == 0 else ("aws", "azure", "google")[number % 3],
            "state": "ENABLED",
            "created_at": f"2024-{1 + number % 12:02}-{1 + number % 28:02}T00:00:00.000Z",
            **DOMAIN,
        }
        for number in range(3000)
    ]
    runner.run(found.fill(rows))
    return found


def of(key: str, operator: str, value: Any) -> list[Json]:
    return [{"k": key, "o": operator, "v": value}]


@pytest.mark.parametrize(
    ("asked", "counted", "given"),
    [
        ({}, "", "newest"),
        ({"sort": {"key": "created_at", "desc": True}}, "", "newest"),
        ({"sort": BY_NAME}, "", "by_name"),
        ({"filter": of("provider", "eq", "aws"), "sort": BY_NAME}, "by_provider", "by_name"),
        ({"filter": of("provider", "in", ["aws", "azure"]), "sort": BY_NAME}, "", "by_name"),
        ({"filter": of("provider", "eq", "rare"), "sort": BY_NAME}, "by_provider", "by_provider"),
        ({"filter": of("provider", "eq", "rare")}, "by_provider", "by_provider"),
        ({"filter": of("name", "eq", "00007")}, "by_name", "by_name"),
        ({"filter": of("name", "lt", "00070"), "sort": BY_NAME}, "by_name", "by_name"),
        ({"filter": SPRING, "sort": {"key": "created_at", "desc": True}}, "newest", "newest"),
        ({"filter": SPRING}, "newest", "newest"),
    ],
)
def test_a_list_uses_the_index_of_its_conditions(
    things: Store, asked: Json, counted: str, given: str
) -> None:
    _, _, _, plans = things.find({"page": PAGE, **asked})
    *_, count, listed = (re.findall(r"_ThingInfo_(newest|by_\w+)", plan) for plan in plans)
    assert listed == [given], plans
    assert not counted or count == [counted], plans


def test_no_time_is_read_where_all_are_written_as_servers_write_them(things: Store) -> None:
    found, total, statements, _ = things.find({"filter": SPRING, "page": {"limit": 5}})
    assert total == 250
    assert {row["created_at"][:7] for row in found} == {"2024-02"}
    assert not re.search("iso_time|to_char", "".join(statements))


def test_one_foreign_time_has_all_of_them_read(
    tree: Path, new_store: Callable[[], Path | str], runner: asyncio.Runner
) -> None:
    store = Store(tree, database(new_store()), runner)
    times = {
        "2024-01-31T23:59:59.999Z": False,
        "2024-02-01T00:00:00.000Z": True,
        "2024-01-31T20:00:00-05:00": True,
        "2024-02-01T08:59:59+09:00": False,
        "2024-02-01": True,
        "2024-02-30T00:00:00.000Z": False,
        "2024-03-01T08:59:59.999+09:00": True,
        "2024-03-01T00:00:00.000Z": False,
        "2024-02-29T23:30:00.000-01:00": False,
        "2024-02-10 soon": False,
    }
    rows = [{"thing_id": at, "created_at": at, **DOMAIN} for at in times]
    runner.run(store.fill(rows))
    found, _, statements, plans = store.find({"filter": SPRING})
    assert {row["thing_id"] for row in found} == {at for at, is_meant in times.items() if is_meant}
    assert re.search("iso_time|to_char", "".join(statements))
    assert "_newest" in plans[-1]
    assert "_foreign" in plans[0]


def test_both_stores_recognise_the_same_foreign_times(
    tree: Path, new_store: Callable[[], Path | str], runner: asyncio.Runner
) -> None:
    dates = ["2024-02-29", "2023-02-29", "2100-02-29", "2024-04-31", "2024-13-01", "2024-00-10"]
    dates += ["0000-05-05", "0001-01-01", "0001-01-02", "9999-12-30", "9999-12-31", "1969-07-20"]
    hours = ["00:00:00.000Z", "23:59:59.999Z", "24:00:00.000Z", "10:60:00.000Z", "10:00:60.000Z"]
    hours += ["10:00:00Z", "10:00:00.1Z", "10:00:00.000", "10:00:00.000+00:00", "10:00:00.000z"]
    written = [f"{date}T{hour}" for date in dates for hour in hours]
    written += ["", "now", "2024-01-01", "2024-01-01 10:00:00.000Z", "2024-01-01T10:00:00.000Z\n"]
    servers = re.compile(SERVERS.removesuffix("$") + r"\Z")

    async def told() -> list[str | None]:
        engine = open_store(database(new_store()), 60)
        async with engine.connect() as connection:
            one = [select(foreign_time(literal(text))) for text in written]
            found = [(await connection.execute(statement)).scalar() for statement in one]
        await engine.dispose()
        return found

    assert runner.run(told()) == [None if servers.match(text) else text for text in written]


def test_a_store_of_an_earlier_server_gets_the_indexes_that_it_lacks(
    tree: Path, new_store: Callable[[], Path | str], runner: asyncio.Runner
) -> None:
    store = Store(tree, database(new_store()), runner)
    runner.run(store.fill([]))
    made = runner.run(store.indexes())
    assert {name.rpartition("ThingInfo_")[2] for name in made if "ThingInfo" in name} == {
        *("key", "newest", "foreign", "by_name", "by_state", "by_provider")
    }
    table = "depot_v1_ThingInfo"
    earlier = runner.run(
        store.indexes(
            *(f'DROP INDEX "{name}"' for name in made if "_key" not in name),
            f'CREATE INDEX "ix_{table}_tenant" ON "{table}" (tenant)',
            f'CREATE INDEX "of_the_operator" ON "{table}" (tenant)',
            f'CREATE TABLE "{table}_more" (key TEXT)',
            f'CREATE INDEX "ix_{table}_more_key" ON "{table}_more" (key)',
        )
    )
    assert earlier.keys() & made.keys() == {name for name in made if "_key" in name}
    runner.run(store.fill([]))
    now = runner.run(store.indexes())
    assert now.pop(f"ix_{table}_more_key")
    assert now == made
