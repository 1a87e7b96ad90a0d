"""The answers of the published query engine, kept in query_oracle/, and those of a generated server.

query_oracle/README.md tells how the answers were made. Where the two differ on purpose, DIFFERENT
says why; a reason without a case that differs fails.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from depot_api import THING, build_depot
from serving import Server, write_rows
from thorough import thorough

pytestmark = pytest.mark.slow

KEPT = json.loads((Path(__file__).parent / "query_oracle" / "answers.json").read_text("utf-8"))
Query = dict[str, Any]


def conditions(query: Query) -> list[dict[str, Any]]:
    return [*query.get("filter", []), *query.get("filter_or", [])]


def of(entry: dict[str, Any], key: str, value: Any) -> bool:
    """Whether a condition on a key compares for equality with a value."""
    held = entry["v"] if isinstance(entry["v"], list) else [entry["v"]]
    return entry["k"] == key and entry["o"] in ("eq", "not", "in", "not_in") and value in held


def groups(query: Query) -> list[dict[str, Any]]:
    return [stage["group"] for stage in query.get("aggregate", ()) if "group" in stage]


# Why the server does not answer as the engine did, and on which queries.
DIFFERENT: dict[str, Callable[[Query], bool]] = {
    "the engine cuts 1.5 to 1 where it asks an integer field for it": lambda query: any(
        of(entry, "count", 1.5) for entry in conditions(query)
    ),
    "mongomock, unlike MongoDB, finds no absent value below a null": lambda query: any(
        of(entry, "tags.a.b", None) for entry in conditions(query)
    ),
    "mongomock, unlike MongoDB, pushes no object that lacks a member": lambda query: bool(
        query.get("field_group")
    ),
    "a group without keys has MongoDB's own `_id`, which no page tells of": lambda query: any(
        not group["keys"] for group in groups(query)
    ),
    "mongomock, unlike MongoDB, adds null to a set for an empty text": lambda query: any(
        field["operator"] == "add_to_set" for group in groups(query) for field in group["fields"]
    ),
    "members of an object are listed by name here: jsonb and protobuf keep no other order": (
        lambda query: any(
            field.get("operator") == "object_to_array"
            for stage in query.get("aggregate", ())
            for field in stage.get("project", {}).get("fields", ())
        )
    ),
    "the engine writes `not` as MongoDB's $not, which takes one value: it fails there, and "
    "mongomock finds no row": lambda query: any(
        condition["operator"] == "not"
        for group in groups(query)
        for field in group["fields"]
        for condition in field.get("conditions", ())
    ),
}


# test_query_stores.py compares PostgreSQL with SQLite.
@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=thorough)])
def store(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def depot(
    tmp_path_factory: pytest.TempPathFactory, new_store: Callable[[], Path | str]
) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("oracle")
    rows = write_rows(folder, {"Thing": KEPT["rows"]})
    with Server(build_depot(folder), new_store(), load=rows) as server:
        yield server


def answer(depot: Server, method: str, query: Query) -> Any:
    """The answer over HTTP; test_transports_agree.py compares it with that over gRPC."""
    route = depot.routes(f"{THING}.{method}")[-1]
    response = depot.over_http(route, {"domain_id": "d", "query": query})
    if response.status_code != 200:
        return response.text
    found = response.json()
    if method == "list":
        return [[row["thing_id"] for row in found.get("results", [])], found.get("total_count", 0)]
    return comparable(query, found["results"]), found.get("more")


def comparable(query: Query, results: list[Any]) -> Any:
    """What is sure of the results of a stat: rows that are alike in the sort key have no order."""
    keys = [stage["sort"]["key"] for stage in query.get("aggregate", ()) if "sort" in stage]
    keys += [entry["key"] for entry in query.get("sort", ())]
    in_order = [[row.get(key) for key in keys] for row in results] if keys else results
    alike = sorted(results, key=lambda row: json.dumps(row, sort_keys=True))
    return (in_order if keys or "distinct" in query else None), alike


def test_the_server_answers_as_the_published_engine(depot: Server) -> None:
    result, differ = [], set[str]()
    for case in KEPT["cases"]:
        method, query = case["method"], case["query"]
        wanted = case["answer"]
        if method != "list":
            results, more = (
                (wanted, None) if method == "stat" else (wanted["results"], wanted.get("more"))
            )
            wanted = comparable(query, results), more
        found = answer(depot, method, query)
        if found != wanted:
            reasons = {why for why, on in DIFFERENT.items() if on(query)}
            differ |= reasons
            if not reasons:
                result.append(f"{method} {query}\n  engine: {wanted}\n  server: {found}")
    assert not result, f"{len(result)} of {len(KEPT['cases'])}:\n" + "\n".join(result)
    assert differ == set(DIFFERENT), "a reason that no case needs any more"
