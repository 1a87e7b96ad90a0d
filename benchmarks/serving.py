"""Calls a second of a generated server, beside servers written by hand for the same two methods.

Fifty callers at once, on one store, in turns: the one, the other, and again. The bound is a share
of what a hand-written handler does with the same SQL: what the generated server adds to the
frameworks under it. On two cores one is the callers', the other the server's.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import postgresql
from google.protobuf import json_format
from serving import ROOT, SPECS, Server, build, package, write_rows

from .callers import Answered, Load
from .row import Row

_SERVICE = "spaceone.api.cost_analysis.v1.JobTask"
_DOMAINS, _ROWS = 10, 100  # rows of each domain
_LIST = {"domain_id": "domain-1", "query": {"page": {"start": 1, "limit": 20}}}
_GET = {"domain_id": "domain-1", "job_task_id": "task-1-7"}
_LEAST = 0.8
_BUSY = 0.9  # of a core: callers that take more are what is measured
_TURNS = int(os.environ.get("BENCH_TURNS", "5"))
_SECONDS = float(os.environ.get("BENCH_SECONDS", "1.5"))


@dataclass(frozen=True)
class Call:
    """What is asked of all servers alike."""

    door: str  # gRPC or HTTP/JSON
    verb: str
    method: str
    request: bytes
    read: Callable[[str], Any]


def rows() -> Iterator[Row]:
    """A row for each store, door and verb."""
    with tempfile.TemporaryDirectory(prefix="apiscribe-bench-") as folder, ExitStack() as held:
        database = held.enter_context(postgresql.running())
        tree = build(SPECS / "spaceone", Path(folder))
        load = write_rows(Path(folder), {_SERVICE: list(_tasks())})
        stores = {
            "SQLite": f"sqlite+aiosqlite:///{folder}/rows.db",
            "PostgreSQL": database.new_database(),
        }
        calls = list(_calls(tree))
        for title, store in stores.items():
            with _servers(tree, store, load) as addresses:
                yield from (_row(title, call, addresses[call.door]) for call in calls)


def _tasks() -> Iterator[dict[str, Any]]:
    for domain in range(_DOMAINS):
        for number in range(_ROWS):
            yield {
                "job_task_id": f"task-{domain}-{number}",
                "status": ("PENDING", "IN_PROGRESS", "SUCCESS")[number % 3],
                "options": {"start": "2024-05", "account_id": f"{number:012d}", "parts": [1, 2]},
                "created_count": number,
                "job_id": f"job-{number // 10}",
                "data_source_id": f"ds-{domain}",
                "domain_id": f"domain-{domain}",
                "created_at": f"2024-05-{number % 28 + 1:02}T08:00:00.000Z",
                "started_at": f"2024-05-{number % 28 + 1:02}T08:00:01.000Z",
                "updated_at": f"2024-05-{number % 28 + 1:02}T08:03:00.000Z",
                "finished_at": f"2024-05-{number % 28 + 1:02}T08:03:00.000Z",
            }


def _calls(tree: Path) -> Iterator[Call]:
    """The requests as bytes: of gRPC the message, of HTTP everything."""
    methods = {
        method.name: method
        for service in package(tree, "catalog").API.services
        for method in service.methods
        if service.full_name == _SERVICE
    }
    for verb, request in (("get", _GET), ("list", _LIST)):
        message = json_format.ParseDict(request, methods[verb].request_proto())
        read = partial(_message, methods[verb].response_proto)
        yield Call("gRPC", verb, f"/{_SERVICE}/{verb}", message.SerializeToString(), read)
    query = urlencode({"domain_id": _GET["domain_id"]})
    body = json.dumps(_LIST)
    path = f"/cost-analysis/v1/job-task/{_GET['job_task_id']}?{query}"
    get = f"GET {path} HTTP/1.1\r\nhost: bench\r\n\r\n"
    yield Call("HTTP/JSON", "get", "", get.encode(), _json)
    head = f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    path = "/cost-analysis/v1/job-tasks/search"
    post = f"POST {path} HTTP/1.1\r\nhost: bench\r\n{head}{body}"
    yield Call("HTTP/JSON", "list", "", post.encode(), _json)


def _message(kind: Any, answer: str) -> Any:
    return kind.FromString(bytes.fromhex(answer))


def _json(answer: str) -> Any:
    return json.loads(bytes.fromhex(answer))


@contextmanager
def _servers(tree: Path, store: str, load: Path) -> Iterator[Mapping[str, Mapping[str, str]]]:
    """Door → server → its address: of `ours`, by `hand`, and by hand over the bare `driver`."""
    with Server(tree, store, load=load) as ours, ExitStack() as held:

        def by_hand(name: str) -> dict[str, str]:
            return {
                "hand": held.enter_context(_by_hand(tree, name, store, "sqlalchemy")),
                "driver": held.enter_context(_by_hand(tree, name, store, "driver")),
            }

        yield {
            "gRPC": {"ours": ours.grpc_address, **by_hand("grpc_server")},
            "HTTP/JSON": {"ours": ours.http_address, **by_hand("http_server")},
        }


@contextmanager
def _by_hand(tree: Path, name: str, store: str, way: str) -> Iterator[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", f"benchmarks.by_hand.{name}", store, way],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(tree)},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.kill()
        process.wait()


def _row(store: str, call: Call, addresses: Mapping[str, str]) -> Row:
    expected, *others = (call.read(_ask(call, each, 0.1).last) for each in addresses.values())
    assert all(other == expected for other in others), (expected, others)
    found: dict[str, list[Answered]] = {name: [] for name in addresses}
    for turn in range(_TURNS):
        # The bare driver is told for information alone: two turns are enough.
        for name in ("ours", "hand") if turn > 1 else addresses:
            found[name].append(_ask(call, addresses[name], _SECONDS))
    rates = {
        name: statistics.median(each.rate for each in answered) for name, answered in found.items()
    }
    busy = max(each.busy for answered in found.values() for each in answered)
    limit = f"; the callers, with {busy:.0%} of a core, were the limit" if busy > _BUSY else ""
    return Row(
        section="serving",
        what=f"{call.door} {call.verb} on {store}",
        value=rates["ours"],
        unit="calls/s",
        against="a handler by hand",
        reference=rates["hand"],
        limit=_LEAST,
        at_least=True,
        note=f"by hand without SQLAlchemy: {rates['driver']:.0f} calls/s{limit}",
    )


def _ask(call: Call, address: str, seconds: float) -> Answered:
    load = Load(address, call.method, call.request.hex(), seconds)
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.callers"],
        cwd=ROOT,
        input=json.dumps(asdict(load)),
        capture_output=True,
        text=True,
        check=True,
    )
    return Answered(**json.loads(done.stdout))
