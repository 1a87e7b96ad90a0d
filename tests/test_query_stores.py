"""SQLite and PostgreSQL answer every query alike: over rows and queries that Hypothesis makes up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from depot_api import THING, build_depot
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from postgresql import Postgresql
from query_oracle import queries
from serving import Json, RefusedError, Server, write_rows
from thorough import examples

pytestmark = pytest.mark.slow

FOLDERS = 25  # sets of rows, each in a domain of its own


def made_up(count: int) -> list[list[Json]]:
    """Sets of rows, the same in every run."""
    found: list[list[Json]] = []

    @settings(max_examples=count, derandomize=True)
    @given(queries.rows)
    def collect(rows: list[Json]) -> None:
        found.append(rows)

    collect()
    return found


def stored(sets: list[list[Json]]) -> list[Json]:
    """The rows of all sets, each with what tells it from the others."""
    return [
        {
            **row,
            "thing_id": f"thing-{number}-{at}",
            "domain_id": f"d{number}",
            "created_at": f"2024-{1 + at % 4:02}-{1 + (7 * at + number) % 28:02}T0{at}:00:00.000Z",
        }
        for number, rows in enumerate(sets)
        for at, row in enumerate(rows)
    ]


@pytest.fixture(scope="module")
def both(
    tmp_path_factory: pytest.TempPathFactory, postgresql: Postgresql
) -> Iterator[tuple[Server, Server]]:
    folder = tmp_path_factory.mktemp("stores")
    rows = write_rows(folder, {"Thing": stored(made_up(FOLDERS))})
    tree = build_depot(folder)
    one = Server(tree, folder / "depot.db", load=rows, wait=False)
    other = Server(tree, postgresql.new_database(), load=rows, wait=False)
    with one, other:
        yield one.wait_for_start(), other.wait_for_start()


def answer(server: Server, method: str, domain: str, query: Json) -> Any:
    try:
        found = server.ask(f"{THING}.{method}", {"domain_id": domain, "query": query})
    except RefusedError as refused:
        return refused.http, refused.code, refused.message
    return comparable(query, found)


def comparable(query: Json, answer: Json) -> Json:
    """The answer as the query makes it sure: sets have no order, and so have results that were not
    asked for in one.
    """
    groups = [stage["group"] for stage in query.get("aggregate", ()) if "group" in stage]
    fields = [field for group in groups for field in group["fields"]]
    fields += query.get("fields", {}).values()
    if any(field["operator"] == "add_to_set" for field in fields):
        answer = json.loads(json.dumps(answer), object_hook=_in_order)
    if "aggregate" in query or "fields" in query or "distinct" in query:
        return {**answer, "results": sorted(answer.get("results", []), key=_written)}
    return answer


def _in_order(value: Json) -> Json:
    return {k: sorted(v, key=_written) if isinstance(v, list) else v for k, v in value.items()}


def _written(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


@settings(examples(50), suppress_health_check=[*HealthCheck])
@given(st.integers(0, FOLDERS - 1), queries.queries)
def test_both_databases_answer_alike(
    both: tuple[Server, Server], number: int, asked: tuple[str, Json]
) -> None:
    method, query = asked
    sqlite, postgresql = (answer(server, method, f"d{number}", query) for server in both)
    assert sqlite == postgresql
    assert not isinstance(sqlite, tuple) or sqlite[0] == 400
