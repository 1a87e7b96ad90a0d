"""Calls a second of a generated server, compared with hand-written servers for two methods.

Fifty concurrent callers load the servers in turns, on the same store. The limit is a share of the
rate of a hand-written handler with the same SQL, so that it bounds the overhead of the generated
server over its frameworks. On two cores, the callers use one and the server the other.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from google.protobuf import json_format

from benchmarks import import_from_tests
from benchmarks.callers import Load, Result
from benchmarks.options import Options
from benchmarks.row import Row

ROOT = Path(__file__).parent.parent
SERVICE = "spaceone.api.cost_analysis.v1.JobTask"
_MESSAGES = "spaceone.stubs.spaceone.api.cost_analysis.v1.job_task_pb2"
_DOMAINS, _ROWS = 10, 100  # rows of each domain
_LIMIT = 20  # rows of a page
# Of the rate of a hand-written handler, by transport and store.
_LEAST = {
    "HTTP/JSON": {"SQLite": 2.0, "PostgreSQL": 0.8},
    "gRPC": {"SQLite": 1.6, "PostgreSQL": 1.6},
}
_LEAST_BESIDE = 0.7  # of the calls over HTTP that are made at the same time
_BUSY = 0.9  # of a core: above this share the callers are the limit
_SECONDS = 1.5


@dataclass(frozen=True)
class Call:
    """The requests to a method of all servers; `decode` decodes a response in hex."""

    transport: str  # gRPC or HTTP/JSON
    name: str  # of the method
    path: str  # of the method over gRPC; empty over HTTP
    requests: Sequence[bytes]
    decode: Callable[[str], Any]


def rows(options: Options) -> Iterator[Row]:
    """Yield a row for each store, transport and method."""
    postgresql = import_from_tests("postgresql")
    folder = options.folder / "serving"
    folder.mkdir()
    with postgresql.running() as database:
        tree = _build(folder)
        load = folder / "rows.json"
        load.write_text(json.dumps({SERVICE: list(_tasks())}), "utf-8")
        stores = {
            "SQLite": f"sqlite+aiosqlite:///{folder}/rows.db",
            "PostgreSQL": database.new_database(),
        }
        calls = list(_calls(tree))
        for title, store in stores.items():
            with _servers(tree, store, load) as addresses:
                for call in calls:
                    yield _row(title, call, addresses[call.transport], options.runs)
                if title == "PostgreSQL":
                    yield from _beside(title, calls, addresses, options.runs)


def _build(folder: Path) -> Path:
    """Build a sample spec, and return its output folder."""
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
    """Yield the calls; a request is a message over gRPC, and the complete request over HTTP."""
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
    for name, values, request, response in (
        ("get", tasks, messages.GetJobTaskRequest, messages.JobTaskInfo),
        ("list", pages, messages.JobTaskQuery, messages.JobTasksInfo),
    ):
        requests = [json_format.ParseDict(one, request()).SerializeToString() for one in values]
        decode = partial(_decode_message, response)
        yield Call("gRPC", name, f"/{SERVICE}/{name}", requests, decode)
    yield Call("HTTP/JSON", "get", "", list(map(_get_request, tasks)), _decode_json)
    yield Call("HTTP/JSON", "list", "", list(map(_list_request, pages)), _decode_json)


def _get_request(task: Mapping[str, str]) -> bytes:
    query = urlencode({"domain_id": task["domain_id"]})
    path = f"/cost-analysis/v1/job-task/{task['job_task_id']}?{query}"
    return f"GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n".encode()


def _list_request(page: Mapping[str, Any]) -> bytes:
    body = json.dumps(page)
    path = "/cost-analysis/v1/job-tasks/search"
    head = f"content-type: application/json\r\ncontent-length: {len(body)}"
    return f"POST {path} HTTP/1.1\r\nhost: localhost\r\n{head}\r\n\r\n{body}".encode()


def _decode_message(kind: Any, response: str) -> Any:
    return kind.FromString(bytes.fromhex(response))


def _decode_json(response: str) -> Any:
    return json.loads(bytes.fromhex(response))


@contextmanager
def _servers(tree: Path, store: str, load: Path) -> Iterator[Mapping[str, Mapping[str, str]]]:
    """Run all servers, and yield transport → server → address.

    The servers are `ours`, one by `hand`, and one by hand on the bare `driver`.
    """
    with ExitStack() as stack:

        def start(module: str, *arguments: str, lines: int = 1) -> list[str]:
            return stack.enter_context(_running(tree, module, arguments, lines))

        ports = ("--grpc-port", "0", "--http-port", "0")
        output = start("spaceone", *ports, "--store", store, "--load", str(load), lines=2)
        grpc, http = (line.split()[1].removeprefix("http://") for line in output)
        addresses = {"gRPC": {"ours": grpc}, "HTTP/JSON": {"ours": http}}
        for transport, name in (("gRPC", "grpc_server"), ("HTTP/JSON", "http_server")):
            for kind, library in (("hand", "sqlalchemy"), ("driver", "driver")):
                (addresses[transport][kind],) = start(f"benchmarks.by_hand.{name}", store, library)
        yield addresses


@contextmanager
def _running(tree: Path, module: str, arguments: Sequence[str], lines: int) -> Iterator[list[str]]:
    """Run a server module, and yield the first lines of its output."""
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
    expected, *others = (call.decode(_load(call, a, 0.1).first) for a in addresses.values())
    assert all(other == expected for other in others), (expected, others)
    results: dict[str, list[Result]] = {name: [] for name in addresses}
    for _ in range(runs):
        for name, address in addresses.items():
            results[name].append(_load(call, address, _SECONDS))
    rates = {name: statistics.median(r.rate for r in listed) for name, listed in results.items()}
    busy = max(result.busy for listed in results.values() for result in listed)
    limit = f"; the callers were the limit, with {busy:.0%} of a core" if busy > _BUSY else ""
    return Row(
        section="serving",
        what=f"{call.transport} {call.name} on {store}",
        value=rates["ours"],
        unit="calls/s",
        against="a hand-written handler",
        reference=rates["hand"],
        limit=_LEAST[call.transport][store],
        at_least=True,
        note=f"hand-written without SQLAlchemy: {rates['driver']:.0f} calls/s{limit}",
    )


def _beside(
    store: str, calls: Sequence[Call], addresses: Mapping[str, Mapping[str, str]], runs: int
) -> Iterator[Row]:
    """Yield a row for each method: calls over gRPC while the same are made over HTTP."""
    for grpc, http in ((g, h) for g in calls for h in calls if g.path and not h.path):
        if grpc.name != http.name:
            continue
        rates: dict[str, list[float]] = {"gRPC": [], "HTTP/JSON": []}
        for _ in range(runs):
            with ThreadPoolExecutor(2) as pool:
                loads = [
                    (c.transport, pool.submit(_load, c, addresses[c.transport]["ours"], _SECONDS))
                    for c in (grpc, http)
                ]
            for transport, load in loads:
                rates[transport].append(load.result().rate)
        yield Row(
            section="serving",
            what=f"gRPC {grpc.name} on {store}, both transports busy",
            value=statistics.median(rates["gRPC"]),
            unit="calls/s",
            against="HTTP/JSON at the same time",
            reference=statistics.median(rates["HTTP/JSON"]),
            limit=_LEAST_BESIDE,
            at_least=True,
        )


def _load(call: Call, address: str, seconds: float) -> Result:
    requests = [request.hex() for request in call.requests]
    result = subprocess.run(
        [sys.executable, "-m", "benchmarks.callers"],
        cwd=ROOT,
        input=json.dumps(asdict(Load(address, call.path, requests, seconds))),
        capture_output=True,
        text=True,
        check=True,
    )
    return Result(**json.loads(result.stdout))
