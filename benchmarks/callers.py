"""Fifty callers at once, in a process of their own: `python -m benchmarks.callers`, which reads
from stdin what to call, as JSON, and writes what came of it.

It does as little as it can, so that the server is what is measured: requests are bytes made before,
answers are counted and not read.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from itertools import cycle, islice
from typing import Any

import grpc

_CALLERS = 50
_CHANNELS = 5
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)

Ask = Callable[[bytes], Awaitable[bytes]]


@dataclass(frozen=True)
class Load:
    """What to call, and for how long. `method`: the path of gRPC; empty over HTTP. `requests`: the
    bytes of messages, or of whole HTTP requests, in hex; each caller goes through them.
    """

    address: str
    method: str
    requests: Sequence[str]
    seconds: float


@dataclass(frozen=True)
class Answered:
    """Calls a second, the share of a core that the callers took, and the first answer in
    hex.
    """

    rate: float
    busy: float
    first: str


def call(load: Load) -> Answered:
    """What comes of a load."""
    return asyncio.run(_over_grpc(load) if load.method else _over_http(load))


async def _over_grpc(load: Load) -> Answered:
    options = (("grpc.use_local_subchannel_pool", 1),)
    channels = [grpc.aio.insecure_channel(load.address, options) for _ in range(_CHANNELS)]

    def caller(number: int) -> Ask:
        method = channels[number % _CHANNELS].unary_unary(load.method)

        async def ask(request: bytes) -> bytes:
            answer: bytes = await method(request)
            return answer

        return ask

    try:
        return await _measured([caller(number) for number in range(_CALLERS)], load)
    finally:
        for channel in channels:
            await channel.close()


async def _over_http(load: Load) -> Answered:
    host, _, port = load.address.rpartition(":")
    open_ = asyncio.open_connection
    connections = [await open_(host, int(port)) for _ in range(_CALLERS)]

    def caller(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Ask:
        async def ask(request: bytes) -> bytes:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200 "), head
            found = _LENGTH.search(head)
            assert found, head
            return await reader.readexactly(int(found[1]))

        return ask

    try:
        return await _measured([caller(*each) for each in connections], load)
    finally:
        for _, writer in connections:
            writer.close()


async def _measured(callers: list[Ask], load: Load) -> Answered:
    """The callers ask again and again; what they do in the first part of a second warms up."""
    requests = [bytes.fromhex(request) for request in load.requests]
    first = await callers[0](requests[0])
    count = 0
    warm = min(0.3, load.seconds / 4)
    end = time.perf_counter() + warm + load.seconds

    async def live(ask: Ask, number: int) -> None:
        nonlocal count
        for request in islice(cycle(requests), number, None):
            if time.perf_counter() > end:
                return
            await ask(request)
            count += 1

    async with asyncio.TaskGroup() as group:
        for number, ask in enumerate(callers):
            group.create_task(live(ask, number))
        await asyncio.sleep(warm)
        before, began, busy = count, time.perf_counter(), time.process_time()
        await asyncio.sleep(load.seconds)
        calls, took = count - before, time.perf_counter() - began
        used = time.process_time() - busy
    return Answered(calls / took, used / took, first.hex())


if __name__ == "__main__":
    given: dict[str, Any] = json.load(sys.stdin)
    json.dump(asdict(call(Load(**given))), sys.stdout)
