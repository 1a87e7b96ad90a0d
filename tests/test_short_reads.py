"""Reads of a few steps run in the event loop, and others in a thread: with the same answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from serving import package, tree
from sqlalchemy import event

from apiscribe_runtime import short_reads
from apiscribe_runtime.process import open_rows
from apiscribe_runtime.store import open_store

TASK = "spaceone.api.cost_analysis.v1.JobTask"
PAGE = {"page": {"start": 2, "limit": 2}, "only": ["job_task_id", "created_count"]}
READS: tuple[Callable[[Any], Awaitable[Any]], ...] = (
    lambda rows: rows.get({"job_task_id": "task-3", "domain_id": "d"}),
    lambda rows: rows.find({"domain_id": "d"}, PAGE),
    lambda rows: rows.find({"domain_id": "d"}, {"count_only": True}),
    lambda rows: rows.find({"domain_id": "none"}, {}),
)


@asynccontextmanager
async def opened(file: Path) -> AsyncIterator[tuple[Any, list[str]]]:
    """Yield the rows of tasks, and the statements that run in a thread."""
    engine, ran = open_store(f"sqlite+aiosqlite:///{file}", 30), list[str]()
    try:
        rows = (await open_rows(engine, package(tree("spaceone"), "registry").API, 100))[TASK]
        event.listen(engine.sync_engine, "before_cursor_execute", lambda *a: ran.append(a[2]))
        yield rows, ran
    finally:
        await engine.dispose()


def task(number: int) -> dict[str, Any]:
    return {"job_task_id": f"task-{number}", "domain_id": "d", "created_count": number}


async def answers(file: Path) -> tuple[list[Any], int]:
    """Return the answers of all reads, and the number of statements that ran in a thread."""
    async with opened(file) as (rows, ran):
        return [await read(rows) for read in READS], len(ran)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("short") / "rows.db"

    async def fill() -> None:
        async with opened(file) as (rows, _):
            await rows.add([task(number) for number in range(9)])

    asyncio.run(fill())
    return file


def test_reads_by_key_and_pages_run_no_statement_in_a_thread(file: Path) -> None:
    found, count = asyncio.run(answers(file))
    assert found[0] == task(3)
    assert found[2:] == [([], 9), ([], 0)]
    assert count == 0


def test_reads_of_many_steps_run_in_a_thread(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    short, _ = asyncio.run(answers(file))
    monkeypatch.setattr(short_reads, "_STEPS", 1)
    monkeypatch.setattr(short_reads, "_MOST_CALLS", 0)
    assert asyncio.run(answers(file)) == (short, 6)


def test_a_read_sees_what_was_written_before(file: Path) -> None:
    async def count_twice() -> list[int]:
        async with opened(file) as (rows, _):
            first = await rows.find({"domain_id": "d"}, {"count_only": True})
            await rows.add([task(100)])
            second = await rows.find({"domain_id": "d"}, {"count_only": True})
            await rows.delete({"job_task_id": "task-100"})
            return [first[1], second[1]]

    assert asyncio.run(count_twice()) == [9, 10]
