"""What is told of every call, at both doors: its id, a line of the log, the metrics."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Literal
from uuid import uuid4

from .metrics import Metrics

Transport = Literal["grpc", "http"]

REQUEST_ID = "x-request-id"  # HTTP header and gRPC metadata, of a call and of its answer
UNKNOWN = "unknown"  # the method of a call to none: no text of a request becomes a label
# How a door tells that its client left, and that the server failed. Source: nginx has 499.
_LEFT = {"grpc": "CANCELLED", "http": "499"}
_FAILED = {"grpc": "UNKNOWN", "http": "500"}
_IS_ID = re.compile(r"[!-~]{1,128}")

log = logging.getLogger(__name__)


@dataclass
class RequestContext:
    """A call as far as it is known by now. `method`: its full name; `code`: how it ended."""

    door: Transport
    id: str
    method: str = UNKNOWN
    code: str = ""
    tenant: str | None = None
    path: str = ""  # of a call to no method
    began: float = field(default_factory=time.perf_counter)


_CURRENT: ContextVar[RequestContext | None] = ContextVar("call", default=None)


def current_request() -> RequestContext | None:
    """The call that is being answered here."""
    return _CURRENT.get()


class RequestLog:
    """Watches the calls of a server. `count`: those that have begun and not ended."""

    def __init__(self, metrics: Metrics) -> None:
        self.metrics, self.count = metrics, 0
        self._none = asyncio.Event()
        self._none.set()

    @contextmanager
    def track(self, door: Transport, given_id: str | None) -> Iterator[RequestContext]:
        """A call from its beginning to its end. An id that is short and printable is kept."""
        is_id = given_id is not None and _IS_ID.fullmatch(given_id)
        call = RequestContext(door, given_id if is_id and given_id else uuid4().hex)
        _CURRENT.set(call)
        self.count += 1
        self._none.clear()
        self.metrics.begin(door)
        failed = _LEFT[door]
        try:
            yield call
        except Exception:
            failed = _FAILED[door]
            raise
        finally:
            call.code = call.code or failed
            self._end(call, time.perf_counter() - call.began)

    def _end(self, call: RequestContext, seconds: float) -> None:
        self.count -= 1
        if not self.count:
            self._none.set()
        self.metrics.end(call.door, call.method, call.code, seconds)
        told = {
            "door": call.door,
            "method": call.method,
            "code": call.code,
            "ms": round(seconds * 1000, 1),
            "tenant": call.tenant,
            "path": call.path or None,
        }
        log.info("call", extra={key: value for key, value in told.items() if value is not None})

    async def ended(self, seconds: float) -> bool:
        """Whether all calls have ended, within some seconds."""
        try:
            await asyncio.wait_for(self._none.wait(), seconds)
        except TimeoutError:
            return False
        return True
