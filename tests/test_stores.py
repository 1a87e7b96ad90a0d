"""What a store promises: a row that a client was told of stays, and servers on one store agree."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
import pytest
from depot_api import THING, build_depot, page
from postgresql import Postgresql
from serving import WAIT, Server, database, package, refused_start, write_rows
from sqlalchemy import MetaData, create_engine, event, select

from apiscribe_runtime.listing import Listing
from apiscribe_runtime.rows import Rows
from apiscribe_runtime.store import open_store

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_depot(tmp_path_factory.mktemp("stores"))


def call(server: Server, method: str, request: dict[str, str]) -> Any:
    """The answer over gRPC alone: what changes a row is not asked twice."""
    name = f"{THING}.{method}"
    return server.over_grpc(name, server.request(name, request))


def names(server: Server) -> set[str]:
    found = server.ask(f"{THING}.list", {"domain_id": "d", "query": {}})
    return {row["name"] for row in found.get("results", [])}


def test_a_killed_server_keeps_every_confirmed_row(
    tree: Path, new_store: Callable[[], Path | str]
) -> None:
    store, result, enough = new_store(), set[str](), threading.Event()

    def write(server: Server, writer: int) -> None:
        for number in range(10_000):
            name = f"{writer}-{number}"
            try:
                call(server, "create", {"domain_id": "d", "name": name})
            except grpc.RpcError:
                return  # the server is dead
            result.add(name)
            if len(result) > 60:
                enough.set()

    server = Server(tree, store)
    with ThreadPoolExecutor(4) as pool:
        for writer in range(4):
            pool.submit(write, server, writer)
        assert enough.wait(WAIT)
        server.process.kill()
    server.process.wait(WAIT)
    with Server(tree, store) as again:
        assert result <= names(again)


def test_servers_that_share_a_store_answer_alike(tree: Path, postgresql: Postgresql) -> None:
    store = postgresql.new_database()
    first, second = (Server(tree, store, wait=False) for _ in range(2))
    with first, second:
        first.wait_for_start()
        second.wait_for_start()
        made = call(first, "create", {"domain_id": "d", "name": "one"})
        given = {"domain_id": "d", "thing_id": made.thing_id}
        assert second.ask(f"{THING}.get", given)["name"] == "one"

        def tag(number: int) -> None:
            server, field = (first, "provider") if number % 2 else (second, "name")
            call(server, "update", {**given, field: f"last {number}"})

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(tag, range(40)))
        for server in (first, second):
            row = server.ask(f"{THING}.get", given)
            assert row["name"].startswith("last ")
            assert row["provider"].startswith("last ")
        call(second, "disable", given)
        assert first.ask(f"{THING}.get", given)["state"] == "DISABLED"


def test_connections_that_the_database_has_ended_are_not_used(
    tree: Path, postgresql: Postgresql
) -> None:
    store = postgresql.new_database()
    ending = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    others = "datname = current_database() AND pid <> pg_backend_pid()"
    engine = create_engine(store, isolation_level="AUTOCOMMIT")
    with Server(tree, store) as server:
        for number in range(3):
            given = {"domain_id": "d", "name": f"thing {number}"}
            made = call(server, "create", given)
            with engine.connect() as connection:
                ended = connection.exec_driver_sql(f"{ending} WHERE {others}").all()
            assert len(ended) > 0
            one = {"domain_id": "d", "thing_id": made.thing_id}
            assert server.ask(f"{THING}.get", one)["name"] == given["name"]
            assert len(names(server)) == number + 1
    engine.dispose()


def plans(store: Path | str, statements: list[Any]) -> list[str]:
    """How a database would run statements, as it is really asked to."""
    engine = create_engine(database(store))
    is_sqlite = engine.dialect.name == "sqlite"

    @event.listens_for(engine, "before_cursor_execute", retval=True)
    def explain(_: Any, __: Any, sql: str, parameters: Any, *___: Any) -> tuple[str, Any]:
        if sql.startswith("SELECT"):
            sql = f"EXPLAIN {'QUERY PLAN ' if is_sqlite else ''}{sql}"
        return sql, parameters

    with engine.connect() as connection:
        if not is_sqlite:  # PostgreSQL scans tables as small as these
            connection.exec_driver_sql("SET enable_seqscan = off")
            connection.exec_driver_sql("SET enable_sort = off")
        cursors = (connection.execute(statement).cursor for statement in statements)
        found = ["\n".join(map(str, cursor.fetchall())) for cursor in cursors if cursor]
    engine.dispose()
    return found


@pytest.mark.parametrize("name", ["sqlite", "postgresql"])
def test_reading_by_key_and_by_tenant_goes_through_an_index(
    tree: Path, name: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    store: Path | str = tmp_path / "depot.db"
    if name == "postgresql":
        store = request.getfixturevalue("postgresql").new_database()
    with Server(tree, store):
        pass
    resource = next(
        s.resource for s in package(tree, "registry").API.services if s.full_name == THING
    )
    rows = Rows(open_store(database(store), 30), MetaData(), resource, 10)
    listing = Listing
    where = rows._where({"domain_id": "d1"})
    newest = listing({"page": {"limit": 5}}, rows._table, resource, where, 10)
    where = rows._where({"thing_id": "thing-1", "domain_id": "d1"})
    by_key = select(rows._table.c.data).where(*where)
    result, counted, got = plans(store, [newest.page(5, 5), newest.counting, by_key])
    for found in (result, counted, got):
        assert re.search("USING (COVERING )?INDEX|Index (Only )?Scan|Bitmap Index Scan", found)
    assert f"{rows._table.name}_newest" in result
    assert not re.search("TEMP B-TREE|Sort", result)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("mysql://127.0.0.1/x", "the store must be SQLite or PostgreSQL, not mysql"),
        ("postgresql+psycopg2://127.0.0.1/x", "the server does not use the driver psycopg2"),
        ("postgresql://127.0.0.1:1/x", "refused"),
        ("postgres://127.0.0.1:port/x", "the store is no URL; write FILE, sqlite:///FILE or"),
        (":memory:", "the server keeps no rows in memory; name a file"),
        ("sqlite://", "the server keeps no rows in memory; name a file"),
        ("no/such/folder/rows.db", "unable to open database file"),
    ],
)
def test_a_store_that_cannot_be_opened_is_named(tree: Path, url: str, reason: str) -> None:
    assert reason in refused_start(tree, tree, store=url)


def test_pages_that_change_lose_nothing_that_is_stored(
    tree: Path, tmp_path: Path, new_store: Callable[[], Path | str]
) -> None:
    # `labels` is gone, `count` has another type, `errors.code` is gone, `note` is new.
    changed = (
        page()
        .replace("| 6 | labels | list of string | ✘ | |\n", "")
        .replace("| 7 | labels | list of string | ✘ | |\n", "| 7 | note | string | ✘ | |\n")
        .replace("| count | int32 |", "| count | google.protobuf.Struct |")
        .replace("| 1 | code | string | ✘ | |\n", "")
    )
    other = build_depot(tmp_path, changed)
    store = new_store()
    row = {
        "thing_id": "thing-1",
        "name": "a",
        "count": 3,
        "labels": ["x"],
        "errors": [{"code": "1", "message": "m"}],
        "domain_id": "d",
    }
    key = {"thing_id": "thing-1", "domain_id": "d"}
    with Server(tree, store, load=write_rows(tmp_path, {"Thing": [row]})) as server:
        assert server.ask(f"{THING}.get", key) == row
    with Server(other, store) as server:
        now = {**key, "name": "a", "errors": [{"message": "m"}]}
        assert server.ask(f"{THING}.get", key) == now
        assert server.ask(f"{THING}.list", {"domain_id": "d"})["results"] == [now]
        updated = server.over_http(("POST", "/depot/v1/thing/update"), {**key, "name": "b"}).json()
        assert {**updated, "updated_at": ""} == {**now, "name": "b", "updated_at": ""}
    with Server(tree, store) as server:
        again = server.ask(f"{THING}.get", key)
        assert {**again, "updated_at": ""} == {**row, "name": "b", "updated_at": ""}
