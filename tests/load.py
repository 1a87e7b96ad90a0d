"""Many clients at once, half of them over gRPC, half over HTTP: `make load`.

Each client makes a row, gets, lists, updates, counts and deletes it, checks every answer, and begins
anew; it keeps one row of ten, to be found in the end. Beside them, some clients send queries at their
limits, and some send half a request. In most scenes, workers or PostgreSQL are killed meanwhile.

Prints how long each verb took, and what memory the server had; the last lines are the verdict on
each scene. A scene fails if an answer was wrong, a row that was acknowledged is lost, the memory grew,
or the server logged what it should not. LOAD_SECONDS, LOAD_CLIENTS, LOAD_WORKERS and LOAD_SCENES
choose another load.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import statistics
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import grpc
import httpx
from clusters import USER, Cluster, cluster, pgbouncer
from depot_api import THING, build_depot
from google.protobuf import json_format
from query_towers import tower
from serving import WAIT, Json, Server, wait_until

VERBS = ("create", "get", "list", "update", "stat", "delete")
_OF_ONE = ("get", "update", "delete")
_KEPT = 10  # one row of so many is not deleted
_PAUSE = 12.0  # seconds between two that are killed
_LIMITS, _SLOW = 4, 20  # clients
_GROWTH = 1.15  # of memory from the second third to the last
# What is documented of a server or a store that is away, and of queries at their limits.
_LATE = frozenset({"ERROR_TIMEOUT"})
AWAY = frozenset({"ERROR_UNAVAILABLE", "lost connection"}) | _LATE
LIMITED = frozenset({"ERROR_TIMEOUT", "ERROR_QUERY_TOO_LARGE", "ERROR_DB_QUERY"})
Ask = Callable[[str, Json], Awaitable[Json]]
# What happens to a server beside its load, until a time.
Disturbance = Callable[[Server, float], Awaitable[None]]


@dataclass
class Load:
    """What a load did: seconds of each call by transport and verb, failures, memory by the second.

    `away` counts the answers while something was down, `stored` has the keys of acknowledged rows
    by domain.
    """

    took: dict[tuple[str, str], list[float]] = field(default_factory=dict)
    failures: Counter[str] = field(default_factory=Counter)
    away: Counter[str] = field(default_factory=Counter)
    allowed: frozenset[str] = frozenset()
    stored: dict[str, set[str]] = field(default_factory=dict)
    memory: list[float] = field(default_factory=list)  # MiB

    @property
    def growth(self) -> float:
        """The memory of the last third by that of the second, as medians."""
        third = len(self.memory) // 3
        early, late = self.memory[third : 2 * third], self.memory[2 * third :]
        return statistics.median(late) / statistics.median(early) if third else 1.0

    def table(self) -> str:
        """Calls and milliseconds by transport and verb, in Markdown."""
        lines = ["| transport | verb | calls | median ms | 99th | longest |", "|" + " --- |" * 6]
        for (transport, verb), found in sorted(self.took.items()):
            ms = sorted(1000 * seconds for seconds in found)
            result = (ms[len(ms) // 2], ms[len(ms) * 99 // 100], ms[-1])
            shown = " | ".join(f"{value:.0f}" for value in result)
            lines.append(f"| {transport} | {verb} | {len(ms)} | {shown} |")
        return "\n".join(lines)


async def run(
    server: Server, clients: int, seconds: float, load: Load, disturb: Disturbance
) -> None:
    """Put a load on a running server, with what happens beside it."""
    names = [f"{THING}.{verb}" for verb in VERBS]
    kinds = {name: type(server.answer(name, {})) for name in names}
    until = time.monotonic() + seconds
    disturbed = asyncio.create_task(disturb(server, until))
    async with asyncio.TaskGroup() as group:
        group.create_task(_sample(server, until, load))
        for number in range(clients):
            client = _over_http if number % 2 else _over_grpc
            group.create_task(client(server, kinds, number, until, load))
        for number in range(_LIMITS):
            group.create_task(_at_limits(server, number, until, load))
        for number in range(_SLOW):
            group.create_task(_slowly(server, number, until))
    await disturbed


async def _over_grpc(
    server: Server, kinds: dict[str, Any], number: int, until: float, load: Load
) -> None:
    # A connection of its own, as other processes have.
    options = (("grpc.use_local_subchannel_pool", 1), ("grpc.max_reconnect_backoff_ms", 500))
    async with grpc.aio.insecure_channel(server.grpc_address, options) as channel:
        methods = {
            verb: channel.unary_unary(
                f"/{THING}/{verb}",
                request_serializer=lambda message: message.SerializeToString(),
                response_deserializer=kinds[f"{THING}.{verb}"].FromString,
            )
            for verb in VERBS
        }

        async def ask(verb: str, request: Json) -> Json:
            message = server.request(f"{THING}.{verb}", request)
            try:
                answer = await methods[verb](message, timeout=WAIT)
            except grpc.RpcError as error:
                details = error.details() or ""
                code, colon, _ = details.partition(":")
                if colon and code.startswith("ERROR_"):
                    return {"code": code}
                if error.code() is grpc.StatusCode.UNAVAILABLE:
                    return {"code": "lost connection"}
                return {"code": f"{error.code().name} without a code of the API: {details}"}
            return dict(json_format.MessageToDict(answer, preserving_proto_field_name=True))

        await _live("grpc", ask, number, until, load)


def _http_client(server: Server) -> httpx.AsyncClient:
    url = f"http://{server.http_address}/depot/v1/thing/"
    # Without TLS; to read the certificates of authorities takes longer than many calls.
    return httpx.AsyncClient(base_url=url, timeout=WAIT, verify=False)


async def _post(client: httpx.AsyncClient, verb: str, request: Json) -> Json:
    try:
        answer = await client.post(verb, json=request)
    except httpx.TransportError:
        return {"code": "lost connection"}
    result: Json = answer.json()
    if answer.status_code == 503 and answer.headers.get("retry-after") != "1":
        return {"code": "503 without Retry-After"}
    return dict(result.get("detail", result))


async def _over_http(
    server: Server, _: dict[str, Any], number: int, until: float, load: Load
) -> None:
    async with _http_client(server) as client:
        await _live("http", partial(_post, client), number, until, load)


async def _live(transport: str, ask: Ask, number: int, until: float, load: Load) -> None:
    """The life of one client."""
    turn, domain = 0, f"domain-{number}"
    stored = load.stored.setdefault(domain, set())
    while time.monotonic() < until:
        turn += 1
        key: Json = {}
        for verb, given, is_right in _turns(
            domain, f"thing {turn} of {number}", bool((turn + number) % _KEPT)
        ):
            began = time.monotonic()
            answer = await ask(verb, {**given, **key} if verb in _OF_ONE else given)
            load.took.setdefault((transport, verb), []).append(time.monotonic() - began)
            if answer.get("code") in load.allowed:
                load.away[f"{transport}: {answer['code']}"] += 1
                if verb == "delete":
                    stored.discard(key["thing_id"])  # it may be there or not
                await asyncio.sleep(0.2)
                break
            if not is_right(answer):
                load.failures[f"{transport} {verb}: {answer.get('code') or answer}"] += 1
            if verb == "create":
                key = {"thing_id": answer.get("thing_id", "?")}
                stored.add(key["thing_id"])
            if verb == "delete":
                stored.discard(key["thing_id"])


def _turns(domain: str, name: str, deletes: bool) -> list[tuple[str, Json, Callable[[Json], bool]]]:
    """Verb, request without the key, and whether an answer is right."""
    scope = {"domain_id": domain}
    only_it = {"filter": [{"k": "name", "v": name, "o": "eq"}]}
    counted = {
        "filter": only_it["filter"],
        "aggregate": [{"group": {"fields": [{"name": "n", "operator": "count"}]}}],
    }
    turns: list[tuple[str, Json, Callable[[Json], bool]]] = [
        ("create", {**scope, "name": name}, lambda it: it.get("name") == name),
        ("get", scope, lambda it: it.get("name") == name),
        ("list", {**scope, "query": only_it}, lambda it: it.get("total_count") == 1),
        ("update", {**scope, "provider": "p"}, lambda it: it.get("provider") == "p"),
        ("stat", {**scope, "query": counted}, lambda it: it.get("results") == [{"n": 1}]),
    ]
    if deletes:
        turns += [
            ("delete", scope, lambda it: it == {}),
            ("get", scope, lambda it: it.get("code") == "ERROR_NOT_FOUND"),
        ]
    return turns


async def _at_limits(server: Server, number: int, until: float, load: Load) -> None:
    """Send random towers of stages, and lists with the most values."""
    rnd = random.Random(number)
    async with _http_client(server) as client:
        while time.monotonic() < until:
            values = [f"{at}" for at in range(1000)]
            many = {"filter": [{"k": "name", "v": values, "o": "in"}], "sort": {"key": "name"}}
            is_stat = rnd.random() < 0.8
            query = {"aggregate": tower(rnd)} if is_stat else many
            request = {"domain_id": f"domain-{number}", "query": query}
            code = (await _post(client, "stat" if is_stat else "list", request)).get("code", "")
            if code and code not in load.allowed | LIMITED and code != "ERROR_INVALID_PARAMETER":
                load.failures[f"http at limits: {code}"] += 1


async def _slowly(server: Server, number: int, until: float) -> None:
    """Send half of a head, of a body, or of an HTTP/2 preface, and hold the connection."""
    head = b"POST /depot/v1/thing/list HTTP/1.1\r\nHost: localhost\r\n"
    part, address = (
        (head, server.http_address),
        (head + b"Content-Length: 900000\r\n\r\n" + b" " * 300_000, server.http_address),
        (b"PRI * HTTP/2.0\r\n", server.grpc_address),
    )[number % 3]
    host, _, port = address.rpartition(":")
    while time.monotonic() < until:
        with suppress(OSError):
            _, writer = await asyncio.open_connection(host, int(port))
            writer.write(part)
            await asyncio.sleep(min(5.0, max(0.0, until - time.monotonic())))
            writer.close()


async def _sample(server: Server, until: float, load: Load) -> None:
    while time.monotonic() < until:
        pids = [server.process.pid, *server.children()]
        load.memory.append(sum(map(resident, pids)))
        await asyncio.sleep(min(1.0, max(0.0, until - time.monotonic())))


def resident(pid: int) -> float:
    """The resident memory of a process, in MiB. Source: proc(5)."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def lost(server: Server, load: Load) -> list[str]:
    """The acknowledged rows that the server does not have, once it is well."""
    wait_until(lambda: server.client.get("/health").status_code == 200)
    missing = []
    for domain, keys in load.stored.items():
        query = {"only": ["thing_id"]}
        request = {"domain_id": domain, "query": query}
        rows = server.client.post("/depot/v1/thing/list", json=request).json()["results"]
        missing += sorted(keys - {row["thing_id"] for row in rows})
    return missing


# --- what happens beside a load


async def nothing(server: Server, until: float) -> None:
    """Let the server be."""


async def kill_workers(server: Server, until: float) -> None:
    """Kill a worker now and then."""
    while time.monotonic() + _PAUSE < until:
        await asyncio.sleep(_PAUSE)
        if workers := server.children():
            with suppress(ProcessLookupError):
                os.kill(random.choice(workers), signal.SIGKILL)


async def kill_postgresql(primary: Cluster, server: Server, until: float) -> None:
    """Kill PostgreSQL now and then, and start it a second later."""
    while time.monotonic() + _PAUSE < until:
        await asyncio.sleep(_PAUSE)
        await asyncio.to_thread(primary.kill)
        await asyncio.sleep(1)
        await asyncio.to_thread(primary.start)


async def promote(primary: Cluster, standby: Cluster, server: Server, until: float) -> None:
    """Kill PostgreSQL once, and let its standby take its place."""
    await asyncio.sleep((until - time.monotonic()) / 3)
    await asyncio.to_thread(primary.kill)
    await asyncio.sleep(1)
    await asyncio.to_thread(standby.execute, "SELECT pg_promote()")


@dataclass(frozen=True)
class Scene:
    """A store, the number of workers, and what happens beside the load."""

    store: Path | str
    workers: int
    disturb: Disturbance
    allowed: frozenset[str] = AWAY


def _scene(name: str, folder: Path, stack: ExitStack) -> Scene:
    workers = int(os.environ.get("LOAD_WORKERS", "2"))
    if name == "sqlite":
        return Scene(folder / "rows.db", 1, nothing, _LATE)
    if name == "workers":
        return Scene(folder / "shared.db", workers, kill_workers)
    primary = stack.enter_context(cluster())
    address = f"postgresql://{USER}@127.0.0.1:{primary.port}/rows"
    if name == "postgresql":
        return Scene(address, 1, nothing, _LATE)
    if name == "restarts":
        return Scene(address, workers, partial(kill_postgresql, primary))
    if name == "pgbouncer":
        port = stack.enter_context(pgbouncer(primary.port))
        address = f"postgresql://{USER}@127.0.0.1:{port}/rows?pooling=transaction"
        return Scene(address, workers, partial(kill_postgresql, primary))
    assert name == "standby", f"LOAD_SCENES are {' '.join(SCENES)}, not {name}"
    standby = primary.standby(primary.folder.with_name("standby"))
    hosts = f"host=127.0.0.1:{primary.port}&host=127.0.0.1:{standby.port}"
    address = f"postgresql://{USER}@/rows?{hosts}&target_session_attrs=read-write"
    return Scene(address, 1, partial(promote, primary, standby))


def _idle(server: Server) -> float:
    """The milliseconds of a get without a load, the 99th of a hundred."""
    row = {"domain_id": "idle", "name": "n"}
    key = server.client.post("/depot/v1/thing/create", json=row).json()["thing_id"]
    took = []
    for _ in range(100):
        began = time.monotonic()
        server.client.post("/depot/v1/thing/get", json={"domain_id": "idle", "thing_id": key})
        took.append(1000 * (time.monotonic() - began))
    return sorted(took)[-2]


SCENES = ("sqlite", "postgresql", "workers", "restarts", "pgbouncer", "standby")


def play(name: str, tree: Path, folder: Path, clients: int, seconds: float) -> list[str]:
    """Run a scene, print what it did, and return what was not right."""
    with ExitStack() as stack:
        scene = _scene(name, folder, stack)
        load = Load(allowed=scene.allowed)
        with Server(tree, scene.store, workers=scene.workers) as server:
            idle = _idle(server)
            began = time.monotonic()
            asyncio.run(run(server, clients, seconds, load, scene.disturb))
            took = time.monotonic() - began
            missing = lost(server, load)
    calls = sum(map(len, load.took.values()))
    print(f"\n{name}: {clients} clients, workers: {scene.workers}, {took:.0f} s")
    print(f"99th of get without load: {idle:.0f} ms")
    print(f"{calls} calls, {calls / took:.0f} a second; {sum(load.failures.values())} wrong")
    print(
        f"away: {dict(load.away)}; {sum(map(len, load.stored.values()))} rows kept, {len(missing)} lost"
    )
    print(
        f"memory: {load.memory[0]:.0f} MiB at first, {load.memory[-1]:.0f} MiB at last,"
        f" growing by {load.growth - 1:.1%}"
    )
    print(load.table(), *load.failures.most_common(10), sep="\n")
    # While something is down, a line a second says so.
    log = server.log()
    before, found, traced = log.rpartition("Traceback")
    shown = f"{before[-500:]}{found}{traced}" if found else log if scene.allowed == _LATE else ""
    print(shown[:20_000], f"{log.count(chr(10))} lines logged", sep="", flush=True)
    return list(_wrong(load, missing, shown))


def _wrong(load: Load, missing: list[str], shown: str) -> Iterator[str]:
    """What was not right under a load, for the verdict."""
    for failure, count in load.failures.most_common(3):
        yield f"{count} times {failure[:200]}"
    if len(load.failures) > 3:
        yield f"{len(load.failures) - 3} more kinds of wrong answers"
    if missing:
        yield f"{len(missing)} acknowledged rows are lost, such as {missing[0]}"
    if load.growth > _GROWTH:
        yield f"the memory grew by {load.growth - 1:.0%}, more than {_GROWTH - 1:.0%}"
    if not any(load.stored.values()):
        yield "no row was kept, so none could be lost: there were too few calls"
    if shown:
        yield f"the server logged {shown.splitlines()[0][:200]}"


def main() -> int:
    seconds, clients = (
        int(os.environ.get(f"LOAD_{name}", default))
        for name, default in (("SECONDS", "60"), ("CLIENTS", "200"))
    )
    names = os.environ.get("LOAD_SCENES", " ".join(SCENES)).split()
    results: dict[str, list[str]] = {}
    with tempfile.TemporaryDirectory() as folder:
        tree = build_depot(Path(folder))
        for name in names:
            try:
                results[name] = play(name, tree, Path(folder), clients, seconds)
            except Exception as error:
                traceback.print_exc()
                results[name] = [f"the scene ended with {error!r}"[:200]]
    print()
    for name, wrong in results.items():
        print(f"{name}: {'; '.join(wrong) or 'right'}")
    failed = [name for name, wrong in results.items() if wrong]
    scenes = f"{len(results)} scenes of {seconds} s with {clients} clients"
    print(f"FAILED: {' '.join(failed)}, of {scenes}" if failed else f"PASSED: {scenes}")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
