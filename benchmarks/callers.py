"""Fifty concurrent callers in their own process: `python -m benchmarks.callers`.

The process reads a Load as JSON from stdin and writes a Result to stdout. Requests are encoded in
advance and responses are counted without decoding them, so that the server is the limit.
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

Send = Callable[[bytes], Awaitable[bytes]]


@dataclass(frozen=True)
class Load:
    """The calls to make, and for how long.

    `method` is the path of a gRPC method, empty for HTTP. `requests` are messages, or complete HTTP
    requests, in hex; each caller sends them in turn.
    """

    address: str
    method: str
    requests: Sequence[str]
    seconds: float


@dataclass(frozen=True)
class Result:
    """Calls a second, the callers' share of a core, and the first response in hex."""

    rate: float
    busy: float
    first: str


def call(load: Load) -> Result:
    """Make the calls of a load."""
    return asyncio.run(_call_grpc(load) if load.method else _call_http(load))


async def _call_grpc(load: Load) -> Result:
    options = (("grpc.use_local_subchannel_pool", 1),)
    channels = [grpc.aio.insecure_channel(load.address, options) for _ in range(_CHANNELS)]

    def caller(number: int) -> Send:
        method = channels[number % _CHANNELS].unary_unary(load.method)

        async def send(request: bytes) -> bytes:
            response: bytes = await method(request)
            return response

        return send

    try:
        return await _measure([caller(number) for number in range(_CALLERS)], load)
    finally:
        for channel in channels:
            await channel.close()


async def _call_http(load: Load) -> Result:
    host, _, port = load.address.rpartition(":")
    open_ = asyncio.open_connection
    connections = [await open_(host, int(port)) for _ in range(_CALLERS)]

    def caller(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Send:
        async def send(request: bytes) -> bytes:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200 "), head
            match = _LENGTH.search(head)
            assert match, head
            return await reader.readexactly(int(match[1]))

        return send

    try:
        return await _measure([caller(*streams) for streams in connections], load)
    finally:
        for _, writer in connections:
            writer.close()


async def _measure(callers: list[Send], load: Load) -> Result:
    """Let the callers send requests; do not count those of the first moments, which warm up."""
    requests = [bytes.fromhex(request) for request in load.requests]
    first = await callers[0](requests[0])
    count = 0
    warm = min(0.3, load.seconds / 4)
    end = time.perf_counter() + warm + load.seconds

    async def run(send: Send, number: int) -> None:
        nonlocal count
        for request in islice(cycle(requests), number, None):
            if time.perf_counter() > end:
                return
            await send(request)
            count += 1

    async with asyncio.TaskGroup() as group:
        for number, send in enumerate(callers):
            group.create_task(run(send, number))
        await asyncio.sleep(warm)
        before, began, busy = count, time.perf_counter(), time.process_time()
        await asyncio.sleep(load.seconds)
        calls, took = count - before, time.perf_counter() - began
        used = time.process_time() - busy
    return Result(calls / took, used / took, first.hex())


if __name__ == "__main__":
    arguments: dict[str, Any] = json.load(sys.stdin)
    json.dump(asdict(call(Load(**arguments))), sys.stdout)
