"""HTTP connections with deadlines; uvicorn alone waits for clients without a limit.

A connection that waits for its client has a deadline. If there are too many connections, a new one
replaces a waiting one: idle clients do not keep others out, and the process does not run out of
file descriptors.
"""

from __future__ import annotations

import asyncio
import resource
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from .errors import ApiError, request_too_slow, too_many_connections
from .http_responses import JSONResponse

# The states of a connection that waits: for the head of a request, for the rest of a request that
# has its response, or for the next request; and for a body that a method reads.
Wait = Literal["head", "rest", "next", "body"]

_DRAIN = 2.0  # seconds for the rest of a body after the response: a client reads it then
_OTHER_FILES = 300  # of a process: databases, logs, connections beyond the maximum
_LEAST_READ = 1 << 16  # bytes of a response that a client must read before the deadline


def affordable(maximum: int, ports: int) -> int:
    """Return how many connections each port may have, at most `maximum`, so that the process has
    file descriptors for all of them. It takes as many as the system permits.
    """
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = maximum * ports + _OTHER_FILES
    files = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, most))
    return max((files - _OTHER_FILES) // ports, 1)


@dataclass
class Connections:
    """The connections of a process."""

    maximum: int
    timeout: float  # seconds for the head of a request, and for reading a part of a response
    opened: set[Connection] = field(default_factory=set)
    # Those that wait, the longest first. A method ends its own wait for a body.
    waiting: dict[Connection, None] = field(default_factory=dict)
    receiving: dict[Connection, None] = field(default_factory=dict)

    def protocol(self) -> Callable[..., Connection]:
        """Return the class of uvicorn's protocol."""
        return partial(Connection, self)

    def enter(self, connection: Connection) -> bool:
        """Return whether a connection may stay; if needed, close a waiting one for it."""
        if len(self.opened) >= self.maximum:
            longest = next(iter(self.waiting or self.receiving), None)
            if longest is None:
                return False
            longest.drop()
        self.opened.add(connection)
        return True

    def leave(self, connection: Connection) -> None:
        """Forget a connection."""
        self.opened.discard(connection)
        self.set_wait(connection, None)

    def set_wait(self, connection: Connection, wait: Wait | None) -> None:
        """Record the part of a request for which a connection waits."""
        self.waiting.pop(connection, None)
        self.receiving.pop(connection, None)
        if wait is not None:
            (self.receiving if wait == "body" else self.waiting)[connection] = None


class Connection(H11Protocol):
    """A connection over HTTP/1.1."""

    def __init__(self, connections: Connections, **options: Any) -> None:
        super().__init__(**options)
        self._all = connections
        self._wait: Wait | None = None
        self._deadline: asyncio.TimerHandle | None = None
        self._reading: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin, or refuse the connection."""
        super().connection_made(transport)
        if self._all.enter(self):
            self._set_wait("head")
        else:
            self._refuse(too_many_connections())

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self._set_wait(None)
        self.resume_writing()
        self._all.leave(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read a part of a request."""
        if self.transport.is_closing():
            return
        super().data_received(data)
        self._watch()

    def send_400_response(self, msg: str) -> None:
        """Answer what is not HTTP. Behind an answer that came before the whole request, close."""
        if self.cycle is not None and not self.cycle.response_complete:
            # Another answer to the same request would come too late.
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            super().send_400_response(msg)
        else:
            self.transport.close()

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        super().on_response_complete()
        self._watch()

    def pause_writing(self) -> None:
        """Wait for the client to read."""
        super().pause_writing()
        self._check_reader(self.transport.get_write_buffer_size() + _LEAST_READ)

    def resume_writing(self) -> None:
        """Go on after the client has read."""
        super().resume_writing()
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None

    def drop(self) -> None:
        """Close the connection at once."""
        self._all.leave(self)
        self.transport.abort()

    def _watch(self) -> None:
        """Find what the connection waits for."""
        state = self.conn.their_state
        is_answered = self.cycle is None or self.cycle.response_complete
        if self.transport.is_closing():
            self._set_wait(None)
        elif state is h11.SEND_BODY:
            self._set_wait("rest" if is_answered else "body")
        elif state is h11.IDLE:
            has_part = bool(self.conn.trailing_data[0])
            # At the start of a connection, the deadline is that of the head already.
            self._set_wait("head" if has_part or self._wait == "head" else "next")
        else:
            self._set_wait(None)

    def _set_wait(self, wait: Wait | None) -> None:
        if wait == self._wait:
            return
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
        self._wait = wait
        self._all.set_wait(self, wait)
        if wait == "head":
            self._deadline = self.loop.call_later(self._all.timeout, self._end_head)
        elif wait == "rest":
            self._deadline = self.loop.call_later(_DRAIN, self.transport.close)

    def _end_head(self) -> None:
        """Close a connection without a whole head. One without a byte gets no response."""
        if self.conn.trailing_data[0]:
            self._refuse(request_too_slow(self._all.timeout))
        else:
            self.transport.close()

    def _refuse(self, error: ApiError) -> None:
        response = JSONResponse(error.body, error.http, {"connection": "close"})
        reason = b"HTTP/1.1 %d \r\n" % error.http
        headers = b"".join(b"%s: %s\r\n" % pair for pair in response.raw_headers)
        self.transport.write(reason + headers + b"\r\n" + bytes(response.body))
        self.transport.close()

    def _check_reader(self, before: int) -> None:
        """Close the connection if the client reads too little in the time."""
        left = self.transport.get_write_buffer_size()
        if before - left < _LEAST_READ:
            self.transport.abort()
        else:
            self._reading = self.loop.call_later(self._all.timeout, self._check_reader, left)
