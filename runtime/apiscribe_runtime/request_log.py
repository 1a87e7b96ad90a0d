"""The log of requests over both transports: an id, a line of the log, and metrics."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal
from uuid import uuid4

from .metrics import Metrics
from .turns import Turns

if TYPE_CHECKING:
    from .authentication import Caller, Metadata

Transport = Literal["grpc", "http"]

REQUEST_ID = "x-request-id"  # HTTP header and gRPC metadata of requests and responses
UNKNOWN = "unknown"  # the method of a request without one: its path must not become a label
# Codes after a disconnection of the client, and after a server error. Source: nginx has 499.
_CANCELLED = {"grpc": "CANCELLED", "http": "499"}
_FAILED = {"grpc": "UNKNOWN", "http": "500"}
_IS_ID = re.compile(r"[!-~]{1,128}")

log = logging.getLogger(__name__)


@dataclass
class RequestContext:
    """A request in progress. `method`: the full name. `code`: the status when it ends."""

    transport: Transport
    id: str
    method: str = UNKNOWN
    code: str = ""
    tenant: str | None = None
    path: str = ""  # of a request to an unknown method
    url: Callable[[], str] | None = None  # of a request over HTTP that a link can repeat
    links: dict[str, str] = field(default_factory=dict)  # relation → address, for the Link header
    origin: tuple[Caller, Metadata] | None = None  # once the caller is identified
    started: float = field(default_factory=time.perf_counter)


_CURRENT: ContextVar[RequestContext | None] = ContextVar("request", default=None)


def current_request() -> RequestContext | None:
    """Return the context of the current request."""
    return _CURRENT.get()


class RequestLog:
    """Logs the requests of a server. `count`: the number of requests in progress. `turns`: those of
    the event loop.
    """

    def __init__(self, metrics: Metrics) -> None:
        self.metrics, self.count, self.turns = metrics, 0, Turns()
        self._idle = asyncio.Event()
        self._idle.set()

    @contextmanager
    def track(self, transport: Transport, sent_id: str | None) -> Iterator[RequestContext]:
        """Yield the context of a request, and log the request when it ends. A short printable id of
        the client is kept.
        """
        is_valid = sent_id is not None and _IS_ID.fullmatch(sent_id)
        context = RequestContext(transport, sent_id if is_valid and sent_id else uuid4().hex)
        _CURRENT.set(context)
        self.count += 1
        self._idle.clear()
        self.metrics.begin(transport)
        if transport == "grpc":
            self.turns.note_call()
        failure = _CANCELLED[transport]
        try:
            yield context
        except Exception:
            failure = _FAILED[transport]
            raise
        finally:
            context.code = context.code or failure
            self._end(context, time.perf_counter() - context.started)

    def _end(self, context: RequestContext, seconds: float) -> None:
        self.count -= 1
        if not self.count:
            self._idle.set()
        self.metrics.end(context.transport, context.method, context.code, seconds)
        if not log.isEnabledFor(logging.INFO):
            return
        fields = {
            "transport": context.transport,
            "method": context.method,
            "code": context.code,
            "ms": round(seconds * 1000, 1),
            "tenant": context.tenant,
            "path": context.path or None,
        }
        log.info("call", extra={key: value for key, value in fields.items() if value is not None})

    async def wait_until_idle(self, seconds: float) -> bool:
        """Return whether all requests end within some seconds."""
        try:
            await asyncio.wait_for(self._idle.wait(), seconds)
        except TimeoutError:
            return False
        return True
