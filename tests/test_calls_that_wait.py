"""Calls over gRPC that a busy server does not accept: they wait until the deadline of their caller."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import grpc
import pytest

from apiscribe_runtime import grpc_limits
from apiscribe_runtime.grpc_limits import GrpcLimits

LIMITS = GrpcLimits(
    max_bytes=1 << 20, max_depth=32, max_connections=100, header_timeout=30, body_timeout=30
)
WAIT = 60.0  # seconds
CALLS = 8


class Busy(grpc.GenericRpcHandler):  # type: ignore[misc]  # grpc ships no types
    """Answers each call, and holds the event loop for a second meanwhile."""

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler:
        async def answer(_: bytes, __: object) -> bytes:
            time.sleep(1)
            return b""

        return grpc.unary_unary_rpc_method_handler(answer)


@contextmanager
def busy_server(limits: GrpcLimits) -> Iterator[str]:
    """The address of a busy server in a thread."""
    addresses: list[str] = []
    started, ended = threading.Event(), threading.Event()

    async def serve() -> None:
        server = grpc.aio.server(options=limits.options())
        server.add_generic_rpc_handlers((Busy(),))
        addresses.append(f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}")
        await server.start()
        started.set()
        while not ended.is_set():
            await asyncio.sleep(0.1)
        await server.stop(None)

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    try:
        assert started.wait(WAIT)
        yield addresses[0]
    finally:
        ended.set()
        thread.join(WAIT)


def codes(address: str) -> set[str]:
    """The codes of some calls at a time."""
    found: set[str] = set()

    def call() -> None:
        options = (("grpc.use_local_subchannel_pool", 1),)
        with grpc.insecure_channel(address, options) as channel:
            try:
                channel.unary_unary("/a.B/c")(b"", timeout=WAIT)
                found.add("OK")
            except grpc.RpcError as error:
                found.add(error.code().name)

    threads = [threading.Thread(target=call) for _ in range(CALLS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT)
    return found


def test_a_call_that_waits_is_not_cancelled(monkeypatch: pytest.MonkeyPatch) -> None:
    with busy_server(LIMITS) as address:
        assert codes(address) == {"OK"}
    # The option is the one that decides, and gRPC's own value is 30 seconds.
    assert grpc_limits._UNACCEPTED > 3600
    monkeypatch.setattr(grpc_limits, "_UNACCEPTED", 1)
    with busy_server(LIMITS) as address:
        assert "CANCELLED" in codes(address)
