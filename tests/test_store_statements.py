"""The statements that a store runs: how many, and whether in the event loop or in a thread. Those in
the event loop answer as the others do.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from serving import package, tree
from sqlalchemy import event

from apiscribe_runtime import new_rows, short_reads
from apiscribe_runtime.errors import ApiError
from apiscribe_runtime.process import open_rows
from apiscribe_runtime.store import open_store

TASK = "spaceone.api.cost_analysis.v1.JobTask"
PAGE = {"page": {"start": 2, "limit": 2}, "only": ["job_task_id", "created_count"]}
Read = Callable[[Any], Awaitable[Any]]
COUNT: Read = lambda rows: rows.find({"domain_id": "d"}, {"count_only": True})  # noqa: E731
READS: Sequence[Read] = (
    lambda rows: rows.get({"job_task_id": "task-3", "domain_id": "d"}),
    lambda rows: rows.find({"domain_id": "d"}, PAGE),
    COUNT,
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


async def answers(file: Path, reads: Sequence[Read] = READS) -> tuple[list[Any], int]:
    """Return the answers of reads, and the number of statements that ran in a thread."""
    async with opened(file) as (rows, ran):
        return [await read(rows) for read in reads], len(ran)


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


async def add(file: Path, *numbers: int) -> int:
    """Store tasks, and return the number of statements that did it."""
    async with opened(file) as (rows, ran):
        await rows.add([task(number) for number in numbers])
        return len(ran)


def test_many_rows_are_added_by_few_statements(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(new_rows, "_BATCH", 4)
    assert asyncio.run(add(tmp_path / "rows.db", *range(9))) == 3


@pytest.mark.parametrize(
    ("numbers", "key"), [((1, 2, 3, 2), "task-2"), ((5, 7, 8), "task-7"), ((7,), "task-7")]
)
def test_a_key_that_exists_is_named_and_no_row_is_added(
    tmp_path: Path, numbers: tuple[int, ...], key: str
) -> None:
    file = tmp_path / "rows.db"
    asyncio.run(add(file, 7))
    with pytest.raises(ApiError, match=f"(?s)NOT_UNIQUE.*{key}\\b"):
        asyncio.run(add(file, *numbers))
    assert asyncio.run(answers(file, [COUNT])) == ([([], 1)], 0)
