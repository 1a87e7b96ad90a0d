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
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from google.protobuf import json_format

from benchmarks import of_tests
from benchmarks.callers import Answered, Load
from benchmarks.options import Options
from benchmarks.row import Row

ROOT = Path(__file__).parent.parent
_SERVICE = "spaceone.api.cost_analysis.v1.JobTask"
_MESSAGES = "spaceone.stubs.spaceone.api.cost_analysis.v1.job_task_pb2"
_DOMAINS, _ROWS = 10, 100  # rows of each domain
_LIMIT = 20  # rows of a page
_LEAST = 0.8
_BUSY = 0.9  # of a core: callers that take more are what is measured
_SECONDS = 1.5


@dataclass(frozen=True)
class Call:
    """What is asked of all servers alike. `read` makes an answer of its bytes in hex."""

    door: str  # gRPC or HTTP/JSON
    verb: str
    method: str
    requests: Sequence[bytes]
    read: Callable[[str], Any]


def rows(options: Options) -> Iterator[Row]:
    """A row for each store, door and verb."""
    postgresql = of_tests("postgresql")
    folder = options.folder / "serving"
    folder.mkdir()
    with postgresql.running() as database:
        tree = _built(folder)
        load = folder / "rows.json"
        load.write_text(json.dumps({_SERVICE: list(_tasks())}), "utf-8")
        stores = {
            "SQLite": f"sqlite+aiosqlite:///{folder}/rows.db",
            "PostgreSQL": database.new_database(),
        }
        calls = list(_calls(tree))
        for title, store in stores.items():
            with _servers(tree, store, load) as addresses:
                for call in calls:
                    yield _row(title, call, addresses[call.door], options.runs)


def _built(folder: Path) -> Path:
    """The generated package of a sample spec."""
    apiscribe = Path(sys.executable).with_name("apiscribe")
    out = folder / "generated"
    spec = ROOT / "specs" / "spaceone"
    subprocess.run([apiscribe, "build", spec, "--out", out], check=True, capture_output=True)
    return out / "spaceone"


def _tasks() -> Iterator[dict[str, Any]]:
    for domain in range(_DOMAINS):
        for number in range(_ROWS):
            day = f"2024-05-{number % 28 + 1:02}"
            yield {
                "job_task_id": f"task-{domain}-{number}",
                "status": ("PENDING", "IN_PROGRESS", "SUCCESS")[number % 3],
                "options": {"start": "2024-05", "account_id": f"{number:012d}", "parts": [1, 2]},
                "created_count": number,
                "job_id": f"job-{number // 10}",
                "data_source_id": f"ds-{domain}",
                "domain_id": f"domain-{domain}",
                "created_at": f"{day}T08:00:00.000Z",
                "started_at": f"{day}T08:00:01.000Z",
                "updated_at": f"{day}T08:03:00.000Z",
                "finished_at": f"{day}T08:03:00.000Z",
            }


def _calls(tree: Path) -> Iterator[Call]:
    """The requests as bytes: of gRPC the message, of HTTP everything."""
    sys.path.append(str(tree))
    messages = import_module(_MESSAGES)
    tasks = [
        {"job_task_id": f"task-{domain}-{number}", "domain_id": f"domain-{domain}"}
        for number in range(0, _ROWS, 10)
        for domain in range(_DOMAINS)
    ]
    pages = [
        {"domain_id": f"domain-{domain}", "query": {"page": {"start": start, "limit": _LIMIT}}}
        for start in range(1, _ROWS, _LIMIT)
        for domain in range(_DOMAINS)
    ]
    for verb, asked, request, answer in (
        ("get", tasks, messages.GetJobTaskRequest, messages.JobTaskInfo),
        ("list", pages, messages.JobTaskQuery, messages.JobTasksInfo),
    ):
        found = [json_format.ParseDict(one, request()).SerializeToString() for one in asked]
        yield Call("gRPC", verb, f"/{_SERVICE}/{verb}", found, partial(_message, answer))
    yield Call("HTTP/JSON", "get", "", list(map(_get, tasks)), _json)
    yield Call("HTTP/JSON", "list", "", list(map(_search, pages)), _json)


def _get(task: Mapping[str, str]) -> bytes:
    query = urlencode({"domain_id": task["domain_id"]})
    path = f"/cost-analysis/v1/job-task/{task['job_task_id']}?{query}"
    return f"GET {path} HTTP/1.1\r\nhost: bench\r\n\r\n".encode()


def _search(asked: Mapping[str, Any]) -> bytes:
    body = json.dumps(asked)
    path = "/cost-analysis/v1/job-tasks/search"
    head = f"content-type: application/json\r\ncontent-length: {len(body)}"
    return f"POST {path} HTTP/1.1\r\nhost: bench\r\n{head}\r\n\r\n{body}".encode()


def _message(kind: Any, answer: str) -> Any:
    return kind.FromString(bytes.fromhex(answer))


def _json(answer: str) -> Any:
    return json.loads(bytes.fromhex(answer))


@contextmanager
def _servers(tree: Path, store: str, load: Path) -> Iterator[Mapping[str, Mapping[str, str]]]:
    """Door → server → its address: of `ours`, by `hand`, and by hand over the bare `driver`."""
    with ExitStack() as held:

        def start(module: str, *arguments: str, lines: int = 1) -> list[str]:
            return held.enter_context(_running(tree, module, arguments, lines))

        ports = ("--grpc-port", "0", "--http-port", "0")
        told = start("spaceone", *ports, "--store", store, "--load", str(load), lines=2)
        grpc, http = (line.split()[1].removeprefix("http://") for line in told)
        found = {"gRPC": {"ours": grpc}, "HTTP/JSON": {"ours": http}}
        for door, name in (("gRPC", "grpc_server"), ("HTTP/JSON", "http_server")):
            for kind, way in (("hand", "sqlalchemy"), ("driver", "driver")):
                (found[door][kind],) = start(f"benchmarks.by_hand.{name}", store, way)
        yield found


@contextmanager
def _running(tree: Path, module: str, arguments: Sequence[str], lines: int) -> Iterator[list[str]]:
    """The first lines that a module prints which serves."""
    process = subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(tree)},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield [process.stdout.readline().strip() for _ in range(lines)]
    finally:
        process.kill()
        process.wait()


def _row(store: str, call: Call, addresses: Mapping[str, str], runs: int) -> Row:
    expected, *others = (call.read(_ask(call, each, 0.1).first) for each in addresses.values())
    assert all(other == expected for other in others), (expected, others)
    found: dict[str, list[Answered]] = {name: [] for name in addresses}
    for _ in range(runs):
        for name, address in addresses.items():
            found[name].append(_ask(call, address, _SECONDS))
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
    requests = [request.hex() for request in call.requests]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.callers"],
        cwd=ROOT,
        input=json.dumps(asdict(Load(address, call.method, requests, seconds))),
        capture_output=True,
        text=True,
        check=True,
    )
    return Answered(**json.loads(done.stdout))
