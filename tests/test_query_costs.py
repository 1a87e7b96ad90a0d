"""Queries that once cost far more than they look: each has an answer, and others have theirs."""

from __future__ import annotations

import asyncio
import json
import random
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from depot_api import THING
from postgresql import Postgresql
from query_towers import ROWS, check_tower, tower
from serving import Json, Server, write_rows
from sqlalchemy import text
from thorough import THOROUGH

from apiscribe_runtime.store import open_store, read_value

pytestmark = pytest.mark.slow

TIMEOUT = 1  # seconds for an answer of the server with long lists
TOWERS = 400 if THOROUGH else 12
PLAIN = {"domain_id": "d", "query": {"page": {"limit": 1}}}


def ask(server: Server, method: str, query: Json) -> tuple[int, Any]:
    """Status and body over HTTP."""
    request = {"domain_id": "d", "query": query}
    answer = server.over_http(server.routes(f"{THING}.{method}")[-1], request)
    return answer.status_code, answer.json()


def ask_beside(server: Server, method: str, query: Json) -> tuple[int, Any]:
    """The same, while others list: all of them must have their rows."""
    result: list[tuple[int, Any]] = []
    attack = threading.Thread(target=lambda: result.append(ask(server, method, query)))
    attack.start()
    statuses = {ask(server, "list", PLAIN["query"])[0]}
    while attack.is_alive():
        statuses.add(ask(server, "list", PLAIN["query"])[0])
    assert statuses == {200}
    return result[0]


# --- regular expressions


WIDE = "[Ƚ-ᾃ]"  # a class with many ranges once the case of letters is ignored


def patterns(key: str, operator: str, value: Any) -> Json:
    return {"filter": [{"k": key, "o": operator, "v": value}]}


def test_many_long_patterns_are_refused_before_they_are_read(depot: Server) -> None:
    many = ["abcdefghij" * 98 + f"{number:03}" for number in range(99)]
    status, body = ask_beside(depot, "list", patterns("name", "regex_in", many))
    assert status == 400
    assert "more than 10000 characters" in json.dumps(body)


@pytest.mark.parametrize(
    "value",
    ["abcdefghij" * 100, "\\w" * 500, WIDE * 100, ["äöüß" * 25] * 99],
    ids=["letters", "classes", "ranges", "list"],
)
def test_long_patterns_are_searched_for(depot: Server, value: Any) -> None:
    operator = "regex_in" if isinstance(value, list) else "regex"
    assert ask_beside(depot, "list", patterns("name", operator, value))[0] == 200


def test_a_pattern_of_too_many_letters_is_refused(depot: Server) -> None:
    status, body = ask_beside(depot, "list", patterns("name", "regex", WIDE * 180))
    assert status == 400
    assert "too many letters" in json.dumps(body)


# --- stages


def projected(*operators: str, key: str = "tags") -> list[Json]:
    """A project of one field for each of the operators."""
    field = {"name": key, "key": key}
    return [{"project": {"fields": [{**field, "operator": each}]}} for each in operators]


TURNED = ("object_to_array", "array_to_object")


@pytest.mark.parametrize(
    "stages",
    [
        projected(*TURNED * 4),
        projected(*TURNED * 10),
        projected(*("size", "sum") * 10),
        [*projected(*TURNED * 6), {"sort": {"key": "tags"}}, {"limit": 3}],
        [
            {"group": {"keys": [{"key": "name"}], "fields": [{"operator": "max", "key": "name"}]}},
            {"sort": {"key": "name"}},
        ]
        * 10,
    ],
    ids=["turned 8", "turned 20", "sizes", "sorted", "grouped"],
)
def test_a_tower_of_stages_is_answered(depot: Server, stages: list[Json]) -> None:
    status, body = ask_beside(depot, "stat", {"aggregate": stages})
    assert status == 200
    assert body["results"]


# --- lists that multiply each other, and values that grow from stage to stage


@pytest.fixture(scope="module")
def crossed(depot_tree: Path, new_store: Callable[[], Path | str]) -> Iterator[tuple[Server, Json]]:
    """A server with a row of three long lists, and a short time for each of its answers."""
    many = list(range(1000))
    tags = {**dict.fromkeys("abc", many), "long": "x" * 20_000}
    row = {"thing_id": "thing-1", "name": "n", "domain_id": "d", "tags": tags}
    store = new_store()
    rows = write_rows(depot_tree.parent, {"Thing": [row, *ROWS]}, "crossed")
    with Server(depot_tree, store, load=rows, timeout=TIMEOUT) as server:
        yield server, {"store": store}


def unwound(*names: str) -> list[Json]:
    return [{"unwind": {"path": f"tags.{name}"}} for name in names]


def pushed(key: str, *names: str) -> list[Json]:
    """A group that pushes an object with the same value under each of the names."""
    fields = [{"name": name, "key": key} for name in names]
    return [{"group": {"fields": [{"name": "tags", "operator": "push", "fields": fields}]}}]


def memory(server: Server, name: str = "VmHWM") -> int:
    """Bytes of the process: the most that it had, or has."""
    lines = Path(f"/proc/{server.process.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) << 10 for line in lines if line.startswith(name))


COUNT: Json = {"count": {"name": "n"}}
GROUPED: Json = {"group": {"keys": [{"key": "tags.long", "name": "k"}], "fields": []}}


def test_lists_that_multiply_each_other_are_counted(crossed: tuple[Server, Json]) -> None:
    server, _ = crossed
    status, body = ask_beside(server, "stat", {"aggregate": [*unwound("a", "b"), COUNT]})
    assert status == 504 or body == {"results": [{"n": 1_000_000}]}


def test_random_towers_cost_what_they_read(crossed: tuple[Server, Json]) -> None:
    for seed in range(TOWERS):
        stages = tower(random.Random(seed))
        request = {"domain_id": "towers", "query": {"aggregate": stages}}
        check_tower(crossed[0], request, timeout=TIMEOUT)


@pytest.mark.parametrize(
    "stages",
    [
        [*unwound("a", "b", "c"), COUNT],
        [*unwound("a", "b"), {"sort": {"key": "tags.b", "desc": True}}],
        [*unwound("a", "b"), {"sort": {"key": "tags.long"}}, {"skip": 10}],
        [*unwound("a", "b"), GROUPED],
        [*unwound("a", "b"), *pushed("tags.long", "a")],
        [*unwound("a"), *pushed("tags.long", *"abcdefghijklmnopqrst") * 3],
        [*pushed("tags", *"abcdefghijklmnopqrst"), *pushed("tags", *"abcdefghijklmnopqrst") * 4],
    ],
    ids=["count", "sort", "skip", "group", "push", "pushes", "tower of pushes"],
)
def test_what_grows_without_end_is_refused(
    crossed: tuple[Server, Json], stages: list[Json]
) -> None:
    server, _ = crossed
    status, body = ask_beside(server, "stat", {"aggregate": stages})
    code = body["detail"]["code"]
    assert (status, code) in ((504, "ERROR_TIMEOUT"), (429, "ERROR_QUERY_TOO_LARGE")), body
    assert memory(server) < 700 << 20


# --- answers


@pytest.mark.parametrize(
    ("method", "query"),
    [
        ("list", {}),
        ("list", {"sort": {"key": "name"}}),
        ("list", {"only": ["labels"], "unwind": {"path": "labels"}}),
        ("stat", {"distinct": "tags.text"}),
        ("stat", {"aggregate": [{"sort": {"key": "name"}}]}),
    ],
)
def test_an_answer_of_too_many_bytes_is_refused(large: Server, method: str, query: Json) -> None:
    status, body = ask_beside(large, method, query)
    assert (status, body["detail"]["code"]) == (429, "ERROR_RESPONSE_TOO_LARGE")
    assert "(limit = 1000000 bytes;" in body["detail"]["message"]
    status, body = ask_beside(large, method, {**query, "page": {"limit": 5}})
    assert status == 200
    assert body["results"]


@pytest.fixture(scope="module")
def large(depot_tree: Path, new_store: Callable[[], Path | str]) -> Iterator[Server]:
    """A server with rows that are larger than an answer may be."""
    rows = [
        {"thing_id": f"t-{at}", "domain_id": "d", "labels": ["a"], "tags": {"text": f"{at}" * 9000}}
        for at in range(100, 200)
    ]
    load = write_rows(depot_tree.parent, {"Thing": rows}, "large")
    with Server(depot_tree, new_store(), load=load, max_answer_bytes=1_000_000) as server:
        yield server


def test_postgresql_has_a_limit_for_temporary_files(postgresql: Postgresql) -> None:
    async def shown() -> str:
        engine = open_store(postgresql.new_database(), 30)
        try:
            return str(await read_value(engine, text("SHOW temp_file_limit")))
        finally:
            await engine.dispose()

    assert asyncio.run(shown()) == "512MB"
