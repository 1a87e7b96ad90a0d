"""The bodies of HTTP requests: each arrives in time, and all together fit into a budget.

If they do not, the largest incomplete one is refused: requests with a small body are served while
others send large ones slowly.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from starlette.requests import Request

from .errors import encoded_body, request_too_slow, too_large, too_many_bytes, wrong_media_type
from .form_bodies import FILES, FORM

# A request without them has no body. Source: RFC 9112, section 6.3.
_BODY_HEADERS = {"content-length", "transfer-encoding"}


@dataclass(frozen=True)
class Body:
    """A body that has arrived. `form` is the media type of a form, without its parameters; it is
    empty for JSON.
    """

    content: bytes
    content_type: str = ""
    form: str = ""


@dataclass(eq=False)
class _Body:
    """A body in the server's memory."""

    deadline: asyncio.Timeout
    content: bytearray = field(default_factory=bytearray)
    is_refused: bool = False


class RequestBodies:
    """The bodies of requests in progress."""

    def __init__(self, max_bytes: int, max_pending: int, timeout: float) -> None:
        """Limit a body to `max_bytes` and `timeout` seconds, and all bodies to `max_pending`."""
        self._max_bytes, self._max_pending, self._timeout = max_bytes, max_pending, timeout
        self._total = 0
        self._incomplete: dict[_Body, None] = {}

    @asynccontextmanager
    async def receive(self, request: Request, takes_forms: bool) -> AsyncIterator[Body]:
        """Yield the body, which counts until the end of the block. Raises ApiError if it is too
        long, too late, compressed, or no JSON in UTF-8 and no form that the method takes.
        """
        if (coding := request.headers.get("content-encoding", "identity").lower()) != "identity":
            raise encoded_body(coding)
        if _BODY_HEADERS.isdisjoint(request.headers.keys()):
            await request.receive()  # that the request has no body
            yield Body(b"")
            return
        body = _Body(asyncio.timeout(self._timeout))
        try:
            await self._read(request, body)
            content = bytes(body.content)
            yield _typed(content, request, takes_forms) if content else Body(b"")
        finally:
            self._total -= len(body.content)

    async def _read(self, request: Request, body: _Body) -> None:
        self._incomplete[body] = None
        try:
            async with body.deadline:
                async for chunk in request.stream():
                    self._add(body, chunk)
        except TimeoutError:
            raise self._reason(body) from None
        finally:
            self._incomplete.pop(body, None)

    def _reason(self, body: _Body) -> Exception:
        return too_many_bytes() if body.is_refused else request_too_slow(self._timeout)

    def _add(self, body: _Body, chunk: bytes) -> None:
        if len(body.content) + len(chunk) > self._max_bytes:
            raise too_large(self._max_bytes)
        body.content += chunk
        self._total += len(chunk)
        while self._total > self._max_pending and self._incomplete:
            largest = max(self._incomplete, key=lambda each: len(each.content))
            del self._incomplete[largest]
            self._total -= len(largest.content)
            largest.content, largest.is_refused = bytearray(), True
            if largest is body:
                raise too_many_bytes()
            largest.deadline.reschedule(asyncio.get_running_loop().time())


def _typed(content: bytes, request: Request, takes_forms: bool) -> Body:
    """Return a body with its type. Raises ApiError for a body of a type that the method does not
    take.
    """
    content_type = request.headers.get("content-type")
    if content_type is None:
        return Body(content)
    kind, *parameters = (part.strip().lower() for part in content_type.split(";"))
    is_json = kind == "application/json" or kind.endswith("+json")
    is_form = takes_forms and kind in (FORM, FILES)
    charsets = {part.replace('"', "") for part in parameters if part.startswith("charset=")}
    if not (is_json or is_form) or charsets - {"charset=utf-8"}:
        raise wrong_media_type(content_type, takes_forms)
    return Body(content, content_type, kind if is_form else "")
