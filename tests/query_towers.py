"""Random towers of stages, and how much they may cost at most: for `make fuzz` and its tests."""

from __future__ import annotations

import json
import os
import random
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any

from depot_api import build_depot
from serving import Json, Server, write_rows

TIMEOUT = 2  # seconds for an answer
# Once the database is stopped, the answer comes within this time.
LATE = 3.0  # seconds
MEMORY = 900 << 20  # bytes of the process
# What is answered in any case: bytes that the stages read, as `cost` estimates them.
CHEAP = 1 << 20

LENGTHS = {"tags.a": 6, "tags.b": 5, "tags.c": 4, "labels": 3}
ROWS = [
    {
        "thing_id": f"thing-{at}",
        "domain_id": "towers",
        "name": f"name {at % 3}",
        "provider": "p",
        "count": at,
        "labels": ["x", "y", "z"],
        "tags": {
            **{name[-1]: list(range(size)) for name, size in LENGTHS.items() if "." in name},
            "text": "é" * 40,
            "deep": {"list": [{"n": at}], "x.y": None},
        },
    }
    for at in range(8)
]
LONG = {
    **ROWS[0],
    "domain_id": "long",
    "tags": {**dict.fromkeys("abc", [1] * 900), "text": "x" * 9000},
}
KEYS = (
    *("name", "count", "tags", "labels", "tags.a", "tags.b", "tags.c", "tags.text", "tags.deep"),
    *("tags.deep.list", "tags.deep.list.n", "state", "a", "b", "a.b", "_id", "tags.none"),
)
NAMES = ("a", "b", "name", "tags", "labels", "count", "x.y", "")
GROUP_OPERATORS = (
    *("count", "sum", "average", "max", "min", "size", "add_to_set", "merge_objects", "first"),
    *("last", "push", "date", "median"),
)
PROJECT_OPERATORS = ("size", "sum", "array_to_object", "object_to_array", "date", "add", "push")


def tower(rnd: random.Random) -> list[Json]:
    """Up to twenty stages, a few of them of one kind after the other."""
    stages: list[Json] = []
    while len(stages) < rnd.choice([1, 2, 4, 8, 20]):
        one = _stage(rnd)
        stages += [one] * rnd.choice([1, 1, 1, 2, 5])
    return stages[:20]


def _stage(rnd: random.Random) -> Json:
    match rnd.randrange(7):
        case 0:
            return {"unwind": {"path": rnd.choice(KEYS)}}
        case 1:
            return {"group": {"keys": _some(rnd, 0), "fields": _some(rnd, 1, GROUP_OPERATORS)}}
        case 2:
            return {"project": {"fields": _some(rnd, 1, PROJECT_OPERATORS)}}
        case 3:
            return {"sort": {"keys": [{"key": rnd.choice(KEYS), "desc": rnd.random() < 0.5}]}}
        case 4:
            return {"limit": rnd.choice([0, 1, 3, 10**9])}
        case 5:
            return {"skip": rnd.choice([0, 1, 10**9])}
        case _:
            return {"count": {"name": rnd.choice(NAMES)}}


def _some(rnd: random.Random, least: int, operators: tuple[str, ...] = ()) -> list[Json]:
    """The keys or fields of a stage; those of a push are fields as well."""
    return [_one(rnd, operators) for _ in range(rnd.choice([least, 1, 2, 4]))]


def _one(rnd: random.Random, operators: tuple[str, ...]) -> Json:
    one: Json = {"name": rnd.choice(NAMES), "key": rnd.choice(KEYS)}
    if operators and rnd.random() < 0.8:
        one["operator"] = rnd.choice(operators)
        if one["operator"] == "push":
            one["fields"] = [{"name": n, "key": rnd.choice(KEYS)} for n in rnd.sample(NAMES, 2)]
    return one


def cost(stages: list[Json], rows: list[Json]) -> int:
    """The bytes that the stages read at most: a list multiplies the rows, a push all that it takes,
    and each field of a projection may be as long as the row.
    """
    count, width, total = len(rows), max(len(json.dumps(row)) for row in rows), 0
    for stage in stages:
        total += count * width
        if path := stage.get("unwind", {}).get("path"):
            count *= LENGTHS.get(path, max(LENGTHS.values()))
        for kind in ("group", "project"):
            fields = stage.get(kind, {}).get("fields", [])
            pushed = sum(len(field.get("fields", "x")) for field in fields)
            width *= max(1, pushed) * (count if kind == "group" else 1)
        if "group" in stage and not stage["group"]["keys"]:
            count = 1
    return total + count * width


class Towers:
    """A server that answers towers, as a context manager."""

    def __init__(self) -> None:
        self._stack = ExitStack()

    def __enter__(self) -> Towers:
        folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory()))
        load = write_rows(folder, {"Thing": [*ROWS, LONG]}, "towers")
        options: Json = {"load": load, "timeout": TIMEOUT}
        server = Server(build_depot(folder), folder / "rows.db", **options)
        self.server = self._stack.enter_context(server)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    @staticmethod
    def write(folder: Path, rnd: random.Random) -> None:
        """A tower, and the domain with the rows for it."""
        request = {
            "domain_id": rnd.choice(["towers", "towers", "long"]),
            "query": {"aggregate": tower(rnd)},
        }
        (folder / "request.json").write_text(json.dumps(request), "utf-8")

    def check(self, folder: Path) -> None:
        """Send a tower, and raise if it costs too much or is refused although it is cheap."""
        check_tower(self.server, json.loads((folder / "request.json").read_text("utf-8")))


def check_tower(server: Server, request: Json, timeout: float = TIMEOUT) -> None:
    """Send a request with a tower, and raise as above; `timeout` is that of the server.

    On a busy machine, an answer may be late although it costs little: what counts is the work.
    """
    began, worked = time.monotonic(), processor_seconds(server)
    answer = server.client.post("/depot/v1/thing/stat", json=request)
    took, worked = time.monotonic() - began, processor_seconds(server) - worked
    said = f"{answer.status_code} after {took:.1f} s: {answer.text[:500]}"
    assert answer.status_code in (200, 400, 429, 504), said
    assert worked < timeout + LATE, said
    if request["domain_id"] == "towers" and cost(request["query"]["aggregate"], ROWS) < CHEAP:
        is_busy = answer.status_code == 504 and worked < timeout / 2
        assert is_busy or answer.status_code in (200, 400), said
    assert memory(server) < MEMORY, said
    assert not server.log(), server.log()


def processor_seconds(server: Server) -> float:
    """The processor time of the server so far. Source: proc(5), fields 14 and 15."""
    fields = Path(f"/proc/{server.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(server: Server) -> int:
    """The most bytes that the process had."""
    lines: Any = Path(f"/proc/{server.process.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) << 10 for line in lines if line.startswith("VmHWM"))
