"""A PostgreSQL that ends connections: statements run again, and nothing is stored twice."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest
from depot_api import THING, build_depot
from postgresql import Postgresql
from serving import Server, package
from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from apiscribe_runtime.process import open_rows
from apiscribe_runtime.store import open_store
from apiscribe_runtime.store_errors import is_unavailable

pytestmark = pytest.mark.slow
ROW = {"thing_id": "thing-1", "name": "a", "domain_id": "d"}
KEY = {"thing_id": "thing-1"}
END = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = :name"

READS: dict[str, Callable[[Any], Awaitable[Any]]] = {
    "get": lambda rows: rows.get(KEY),
    "a page of find": lambda rows: rows.find({}, {}),
    "find": lambda rows: rows.find({}, {"filter": [{"k": "name", "v": "a", "o": "eq"}]}),
    "stat": lambda rows: rows.stat({}, {"aggregate": [{"count": {"name": "n"}}]}),
}
WRITES: dict[str, Callable[[Any], Awaitable[Any]]] = {
    "add": lambda rows: rows.add([{**ROW, "thing_id": "thing-2"}]),
    "change": lambda rows: rows.change(KEY, lambda row: {**row, "name": f"{row['name']}b"}),
    "delete": lambda rows: rows.delete(KEY),
}
DONE = {"add": ["a", "a"], "change": ["ab"], "delete": []}  # the names of the rows afterwards


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_depot(tmp_path_factory.mktemp("lost"))


@pytest.fixture
def url(postgresql: Postgresql) -> str:
    return postgresql.new_database()


@contextmanager
def administration(url: str) -> Iterator[Callable[[str], None]]:
    """Run statements in another database; `:name` and `{name}` are the name of the first one."""
    name = make_url(url).database
    engine = create_engine(make_url(url).set(database="postgres"), isolation_level="AUTOCOMMIT")

    def run(statement: str) -> None:
        with engine.connect() as connection:
            connection.execute(text(statement.format(name=name)), {"name": name})

    try:
        yield run
    finally:
        engine.dispose()


class Lost:
    """Rows of a store whose database ends their connection at a moment of `call`."""

    def __init__(self, tree: Path, url: str) -> None:
        self._tree, self._url = tree, url

    def call(
        self, method: Callable[[Any], Awaitable[Any]], moment: str, number: int, times: int = 1
    ) -> list[str]:
        """The names of the rows after a method. PostgreSQL ends its connections before the `number`th
        event of the kind `moment`, and before the next ones, `times` in all.
        """
        return asyncio.run(self._call(method, moment, range(number, number + times)))

    async def _call(
        self, method: Callable[[Any], Awaitable[Any]], moment: str, numbers: range
    ) -> list[str]:
        api = package(self._tree, "registry").API
        engine = open_store(self._url, 30)
        try:
            opened = await open_rows(engine, api, 100)
            rows = opened[THING]
            await rows.add([ROW])
            with administration(self._url) as run:
                seen = 0

                def lose(*_: Any) -> None:
                    nonlocal seen
                    seen += 1
                    if seen in numbers:
                        run(END)

                event.listen(engine.sync_engine, moment, lose)
                try:
                    await method(rows)
                finally:
                    event.remove(engine.sync_engine, moment, lose)
            found, _ = await rows.find({}, {})
            return sorted(row["name"] for row in found)
        finally:
            await engine.dispose()


@pytest.mark.parametrize("method", READS)
def test_a_reading_statement_runs_again(tree: Path, url: str, method: str) -> None:
    assert Lost(tree, url).call(READS[method], "before_cursor_execute", 1) == ["a"]


def test_the_second_statement_of_a_reader_runs_again(tree: Path, url: str) -> None:
    assert Lost(tree, url).call(READS["find"], "before_cursor_execute", 2) == ["a"]


@pytest.mark.parametrize("method", WRITES)
def test_a_transaction_without_commit_runs_again(tree: Path, url: str, method: str) -> None:
    assert Lost(tree, url).call(WRITES[method], "before_cursor_execute", 1) == DONE[method]


def test_a_lost_transaction_changes_nothing_twice(tree: Path, url: str) -> None:
    assert Lost(tree, url).call(WRITES["change"], "before_cursor_execute", 3) == ["ab"]


@pytest.mark.parametrize("method", WRITES)
def test_a_transaction_is_not_run_again_after_commit(tree: Path, url: str, method: str) -> None:
    lost = Lost(tree, url)
    with pytest.raises(DBAPIError) as error:
        lost.call(WRITES[method], "commit", 1)
    assert is_unavailable(error.value)
    assert asyncio.run(names(tree, url)) == ["a"], "PostgreSQL rolled it back"


@pytest.mark.parametrize("method", ["get", "change"])
def test_statements_run_again_once(tree: Path, url: str, method: str) -> None:
    with pytest.raises(DBAPIError) as error:
        Lost(tree, url).call({**READS, **WRITES}[method], "before_cursor_execute", 1, times=9)
    assert is_unavailable(error.value)
    assert asyncio.run(names(tree, url)) == ["a"]


async def names(tree: Path, url: str) -> list[str]:
    api = package(tree, "registry").API
    engine = open_store(url, 30)
    rows = (await open_rows(engine, api, 100))[THING]
    found, _ = await rows.find({}, {})
    await engine.dispose()
    return sorted(row["name"] for row in found)


def test_a_database_that_is_away_is_unavailable(tree: Path, url: str) -> None:
    listing = {"domain_id": "d", "query": {}}
    creating = {"domain_id": "d", "name": "b"}
    with Server(tree, url) as server, administration(url) as run:
        assert server.ask(f"{THING}.list", listing)["total_count"] == 0
        run("ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        run(END)
        for name, request in (("list", listing), ("create", creating)):
            refusal = server.refusal(f"{THING}.{name}", request)
            assert refusal.status is grpc.StatusCode.UNAVAILABLE
            assert refusal.http == 503
            assert refusal.code == "ERROR_UNAVAILABLE"
        run("ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        assert server.ask(f"{THING}.list", listing)["total_count"] == 0
