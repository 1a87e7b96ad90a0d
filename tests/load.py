"""Many clients at once, half of them over gRPC, half over HTTP: `make load`.

Each makes a row, gets, lists, updates, counts and deletes it, checks every answer, and begins anew.
Prints how long each verb took, and what memory the server had. Fails where an answer was wrong, or the
memory grew. LOAD_SECONDS, LOAD_CLIENTS and LOAD_WORKERS choose another load.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
import httpx
import postgresql
from depot_api import THING, build_depot
from google.protobuf import json_format
from serving import WAIT, Json, Server

VERBS = ("create", "get", "list", "update", "stat", "delete")
_OF_ONE = ("get", "update", "delete")
Ask = Callable[[str, Json], Awaitable[Json]]


@dataclass
class Load:
    """What a load did: seconds of each call by transport and verb, failures, memory by the second."""

    took: dict[tuple[str, str], list[float]] = field(default_factory=dict)
    failures: Counter[str] = field(default_factory=Counter)
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


def run(server: Server, clients: int, seconds: float) -> Load:
    """The load of so many clients on a running server."""
    load = Load()
    asyncio.run(_run(server, clients, seconds, load))
    return load


async def _run(server: Server, clients: int, seconds: float, load: Load) -> None:
    names = [f"{THING}.{verb}" for verb in VERBS]
    kinds = {name: type(server.answer(name, {})) for name in names}
    until = time.monotonic() + seconds
    sampling = asyncio.create_task(_sample(server, until, load))
    async with asyncio.TaskGroup() as group:
        for number in range(clients):
            client = _over_http if number % 2 else _over_grpc
            group.create_task(client(server, kinds, number, until, load))
    await sampling


async def _over_grpc(
    server: Server, kinds: dict[str, Any], number: int, until: float, load: Load
) -> None:
    # A connection of its own, as other processes have.
    options = (("grpc.use_local_subchannel_pool", 1),)
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
                return {"code": error.details().partition(":")[0] or str(error.code())}
            return dict(json_format.MessageToDict(answer, preserving_proto_field_name=True))

        await _live("grpc", ask, number, until, load)


async def _over_http(
    server: Server, _: dict[str, Any], number: int, until: float, load: Load
) -> None:
    url = f"http://{server.http_address}/depot/v1/thing/"
    # Without TLS; to read the certificates of authorities takes longer than many calls.
    async with httpx.AsyncClient(base_url=url, timeout=WAIT, verify=False) as client:

        async def ask(verb: str, request: Json) -> Json:
            answer: Json = (await client.post(verb, json=request)).json()
            return answer.get("detail", answer)

        await _live("http", ask, number, until, load)


async def _live(transport: str, ask: Ask, number: int, until: float, load: Load) -> None:
    """The life of one client."""
    turn = 0
    while time.monotonic() < until:
        turn += 1
        key: Json = {}
        for verb, given, is_right in _turns(f"domain-{number}", f"thing {turn} of {number}"):
            began = time.monotonic()
            try:
                answer = await ask(verb, {**given, **key} if verb in _OF_ONE else given)
            except (httpx.HTTPError, ValueError) as error:
                answer = {"code": f"{type(error).__name__}: {error}"}
            load.took.setdefault((transport, verb), []).append(time.monotonic() - began)
            if not is_right(answer):
                load.failures[f"{transport} {verb}: {answer.get('code') or answer}"] += 1
            if verb == "create":
                key = {"thing_id": answer.get("thing_id", "?")}


def _turns(domain: str, name: str) -> list[tuple[str, Json, Callable[[Json], bool]]]:
    """Verb, request without the key, and whether an answer is right."""
    scope = {"domain_id": domain}
    only_it = {"filter": [{"k": "name", "v": name, "o": "eq"}]}
    counted = {"aggregate": [{"group": {"fields": [{"name": "n", "operator": "count"}]}}]}
    return [
        ("create", {**scope, "name": name}, lambda it: it.get("name") == name),
        ("get", scope, lambda it: it.get("name") == name),
        ("list", {**scope, "query": only_it}, lambda it: it.get("total_count") == 1),
        ("update", {**scope, "provider": "p"}, lambda it: it.get("provider") == "p"),
        ("stat", {**scope, "query": counted}, lambda it: it.get("results") == [{"n": 1}]),
        ("delete", scope, lambda it: it == {}),
        ("get", scope, lambda it: it.get("code") == "ERROR_NOT_FOUND"),
    ]


async def _sample(server: Server, until: float, load: Load) -> None:
    while time.monotonic() < until:
        load.memory.append(sum(map(resident, [server.process.pid, *server.children()])))
        await asyncio.sleep(min(1.0, max(0.0, until - time.monotonic())))


def resident(pid: int) -> float:
    """The resident memory of a process, in MiB. Source: proc(5)."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def main() -> int:
    seconds, clients, workers = (
        int(os.environ.get(f"LOAD_{name}", default))
        for name, default in (("SECONDS", "60"), ("CLIENTS", "200"), ("WORKERS", "1"))
    )
    failed = False
    with tempfile.TemporaryDirectory() as folder, postgresql.running() as database:
        tree = build_depot(Path(folder))
        for title, store in (
            ("SQLite", Path(folder) / "rows.db"),
            ("PostgreSQL", database.new_database()),
        ):
            with Server(tree, store, workers=workers) as server:
                load = run(server, clients, seconds)
            calls = sum(map(len, load.took.values()))
            print(f"\n{title}: {clients} clients, {workers} workers, {seconds} s")
            print(
                f"{calls} calls, {calls / seconds:.0f} a second; {sum(load.failures.values())} wrong"
            )
            print(
                f"memory: {load.memory[0]:.0f} MiB at first, {load.memory[-1]:.0f} MiB at last,"
                f" growing by {load.growth - 1:.1%}"
            )
            print(load.table(), *load.failures.most_common(10), sep="\n", flush=True)
            print(server.log()[-2000:], end="")
            failed |= bool(load.failures) or load.growth > 1.1
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
