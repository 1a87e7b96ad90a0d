"""Limits for gRPC clients: connections, calls, and messages that do not arrive."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

from .errors import invalid_parameter, request_too_slow, too_many_bytes

_STREAMS = 256  # calls of a connection at a time; others wait
_PING = 60_000  # milliseconds without a byte, then the server asks whether the client is there
_PONG = 20_000
_IDLE = 30 * 60_000  # milliseconds of a connection without calls
_UNACCEPTED = 24 * 60 * 60  # seconds that a call waits until the server accepts it
_MOST_WAITING = 256  # calls
_PATIENCE = 1.0  # seconds: a message usually arrives with the call


@dataclass(frozen=True, kw_only=True)
class GrpcLimits:
    """The limits of a gRPC server."""

    max_bytes: int
    max_depth: int
    max_connections: int
    header_timeout: float
    body_timeout: float

    def options(self) -> tuple[tuple[str, int], ...]:
        """Return the options of a server."""
        return (
            # Above twice the limit, gRPC itself rejects a request, with its own message.
            ("grpc.max_receive_message_length", 2 * self.max_bytes),
            ("grpc.max_allowed_incoming_connections", self.max_connections),
            ("grpc.max_concurrent_streams", _STREAMS),
            ("grpc.server_handshake_timeout_ms", int(self.header_timeout * 1000)),
            ("grpc.keepalive_time_ms", _PING),
            ("grpc.keepalive_timeout_ms", _PONG),
            ("grpc.keepalive_permit_without_calls", 1),
            ("grpc.max_connection_idle_ms", _IDLE),
            # After 30 seconds, gRPC would answer CANCELLED, which callers take for their own doing.
            # Until its deadline, a call may wait; its number is limited, as are connections.
            ("grpc.server_max_unrequested_time_in_server", _UNACCEPTED),
        )


class Arrivals:
    """The calls of a server that wait for their first message."""

    def __init__(self, timeout: float) -> None:
        """Create it. `timeout`: seconds for a message to arrive."""
        self._timeout = timeout
        self._waiting: dict[asyncio.Timeout, float] = {}  # with the time of the call, oldest first
        self._refused: set[asyncio.Timeout] = set()

    async def first(self, contents: AsyncIterator[bytes]) -> bytes:
        """Return the first message of a call. Raises ApiError if none arrives in time, or if more
        recent calls need its place.
        """
        self._make_place()
        deadline = asyncio.timeout(self._timeout)
        self._waiting[deadline] = asyncio.get_running_loop().time()
        try:
            async with deadline:
                content = await anext(contents, None)
        except TimeoutError:
            is_refused = deadline in self._refused
            raise (too_many_bytes() if is_refused else request_too_slow(self._timeout)) from None
        finally:
            self._waiting.pop(deadline, None)
            self._refused.discard(deadline)
        if content is None:
            raise invalid_parameter("request", "there is no message")
        return content

    def _make_place(self) -> None:
        if len(self._waiting) < _MOST_WAITING:
            return
        now = asyncio.get_running_loop().time()
        oldest, since = next(iter(self._waiting.items()))
        if now - since > _PATIENCE:
            del self._waiting[oldest]
            self._refused.add(oldest)
            oldest.reschedule(now)
