"""Ask the published query engine and a generated server the same, for as long as told: `make engine`.

ENGINE_PYTHON is a Python that has the engine (query_oracle/README.md says how to make one), ENGINE_EXAMPLES
how many queries are asked (500), ENGINE_SEED repeats a run. What differs for no reason in DIFFERENT is
printed, and the exit status is 1; a reason that long runs never need has to go.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from depot_api import build_depot
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from query_oracle import queries
from serving import Json, Server, write_rows
from test_query_stores import FOLDERS, comparable, made_up, stored

ENGINE = Path(__file__).parent / "query_oracle" / "engine.py"


def stages(query: Json, kind: str) -> list[Any]:
    return [stage[kind] for stage in query.get("aggregate", ()) if kind in stage]


def figures(query: Json) -> list[Json]:
    """The fields of groups and of an analysis."""
    found = [field for group in stages(query, "group") for field in group["fields"]]
    return [*found, *query.get("fields", {}).values()]


def figured(query: Json, *operators: str) -> bool:
    return any(field["operator"] in operators for field in figures(query))


def conditions(query: Json) -> list[Json]:
    return [*query.get("filter", ()), *query.get("filter_or", ())]


# Why the server does not answer as the engine did, and on which queries.
DIFFERENT: dict[str, Callable[[Json], bool]] = {
    "whole rows write 64-bit integers as text, as JSON of the pages does": lambda query: (
        "aggregate" in query
        and not (stages(query, "group") or stages(query, "project") or stages(query, "count"))
    ),
    "the engine leaves it to services to store dates as granularity has them": lambda query: (
        "granularity" in query
    ),
    "mongomock, unlike MongoDB, passes over rows that lack what first and last ask for": (
        lambda query: figured(query, "first", "last")
    ),
    "objects and lists have no order here, so none is the greatest": lambda query: figured(
        query, "max", "min"
    ),
    "lists have no order here, where MongoDB sorts them by their least or greatest element": (
        lambda query: bool(query.get("sort") or stages(query, "sort"))
    ),
    "nothing is before or after null here (query-semantics.md), where MongoDB finds null by gte": (
        lambda query: any(
            entry["v"] is None and entry["o"] in ("gte", "lte") for entry in conditions(query)
        )
    ),
    "mongomock, unlike MongoDB, pushes no object that lacks a member, and adds null to a set for what "
    "is below a null": lambda query: figured(query, "push", "add_to_set"),
}


class Engine:
    """The published engine, in a process of its own. A context manager."""

    def __init__(self, python: str, rows: list[Json]) -> None:
        self._process = subprocess.Popen(
            [python, str(ENGINE)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._write(rows)

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def ask(self, method: str, domain: str, query: Json) -> Json:
        """`{"answer": …}` or `{"refused": reason}`."""
        scope = {"k": "domain_id", "v": domain, "o": "eq"}
        self._write([method, {**query, "filter": [*query.get("filter", ()), scope]}])
        assert self._process.stdout is not None
        return dict(json.loads(self._process.stdout.readline()))

    def _write(self, value: Any) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(value) + "\n")
        self._process.stdin.flush()


def asked(count: int, start: int) -> Iterator[tuple[int, str, Json]]:
    """Sets of rows by number, methods and queries; those alone that both can be asked."""
    found: list[tuple[int, str, Json]] = []

    @seed(start)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.integers(0, FOLDERS - 1), queries.queries)
    def collect(number: int, query: tuple[str, Json]) -> None:
        found.append((number, *query))

    collect()
    for number, method, query in found:
        # Services make their keywords filters by themselves.
        if "keyword" not in query:
            yield number, method, query


def plain(method: str, query: Json, answer: Any) -> Any:
    """An answer of either, as far as the query makes it sure."""
    if method == "list":
        return answer
    rows = answer["results"] if isinstance(answer, dict) else answer
    # mongomock has null for the key of a group without keys, MongoDB an object that the engine skips.
    shown = [
        {key: value for key, value in row.items() if key != "_id"} if isinstance(row, dict) else row
        for row in rows
    ]
    result = json.dumps(comparable(query, {"results": shown}), sort_keys=True)
    return json.loads(result, parse_int=float)  # results are Structs, whose numbers are doubles


def compare(server: Server, engine: Engine, domain: str, method: str, query: Json) -> str:
    """What came of asking both; nothing where they differ for no reason that is told."""
    route = ("POST", f"/depot/v1/thing/{method}")
    http = server.over_http(route, {"domain_id": domain, "query": query})
    theirs = engine.ask(method, domain, query)
    if "refused" in theirs or http.status_code == 400:
        return "refused by one or both"
    ours, wanted = http.json(), theirs["answer"]
    if method == "list":
        ids = [row.get("thing_id") for row in ours.get("results", ())]
        ours = [ids, ours.get("total_count", 0)]
        if "unwind" in query or "only" in query:  # the keys may not be shown
            ours, wanted = len(ids), len(wanted[0])
    if plain(method, query, ours) == plain(method, query, wanted):
        return "alike"
    if reason := next((why for why, on in DIFFERENT.items() if on(query)), ""):
        return reason
    print(f"{method} {domain} {json.dumps(query, ensure_ascii=False)}")
    print(f"  engine: {json.dumps(wanted, ensure_ascii=False)[:600]}")
    print(f"  server: {json.dumps(ours, ensure_ascii=False)[:600]}")
    return ""


def main() -> int:
    python = os.environ.get("ENGINE_PYTHON")
    if not python:
        print("needs ENGINE_PYTHON: see tests/query_oracle/README.md", file=sys.stderr)
        return 2
    count = int(os.environ.get("ENGINE_EXAMPLES", "500"))
    start = int(os.environ.get("ENGINE_SEED", random.randrange(10**6)))
    rows = stored(made_up(FOLDERS))
    result: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        load = write_rows(folder, {"Thing": rows})
        server = Server(build_depot(folder), folder / "rows.db", load=load)
        with server, Engine(python, rows) as engine:
            for number, method, query in asked(count, start):
                result[compare(server, engine, f"d{number}", method, query)] += 1
    differ = result.pop("", 0)
    print(f"ENGINE_SEED={start}: {differ} differ for no reason that is told")
    for what in sorted({*result, *DIFFERENT}, key=lambda what: -result[what]):
        print(f"{result[what]:6} {what}")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
