"""Streams over HTTP: lines of JSON, or server-sent events for clients that accept only these."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from typing import Any

from starlette.responses import Response, StreamingResponse

from .dispatch import Answer
from .errors import ApiError
from .http_responses import JSONResponse, example_headers
from .request_log import current_request

JsonObject = dict[str, Any]
Write = Callable[[JsonObject, str], bytes]  # a message, and the kind of its event

_JSON_LINES, EVENTS = "application/x-ndjson", "text/event-stream"
_NO_ANSWER = Answer({})  # of an empty stream


async def first_of(answers: AsyncGenerator[Answer, None]) -> Answer:
    """Return the first response. No status is sent yet, so its error can still set the status."""
    async for answer in answers:
        return answer
    return _NO_ANSWER


def stream_response(first: Answer, others: AsyncGenerator[Answer, None], accepted: str) -> Response:
    """Return responses in the form that the header Accept permits; a later error is the last one.

    Source: RFC 9110, 12.5.1, without weights: clients of events, such as EventSource in browsers,
    accept nothing else.
    """
    kinds = {part.partition(";")[0].strip().lower() for part in accepted.split(",")}
    media_type = EVENTS if kinds == {EVENTS} else _JSON_LINES
    write = _event if media_type == EVENTS else _line

    async def parts() -> AsyncIterator[bytes]:
        async with aclosing(others):
            try:
                if first is not _NO_ANSWER:
                    yield write(first.body, "")
                async for answer in others:
                    yield write(answer.body, "")
            except ApiError as error:
                if current := current_request():
                    current.code = str(error.http)
                yield write(error.body, "error")

    return StreamingResponse(parts(), media_type=media_type, headers=example_headers(first))


def _line(value: JsonObject, _: str) -> bytes:
    return bytes(JSONResponse(value).body) + b"\n"


def _event(value: JsonObject, kind: str) -> bytes:
    """Return an event. Source: HTML Living Standard, "Server-sent events"."""
    head = f"event: {kind}\n" if kind else ""
    return head.encode() + b"data: " + bytes(JSONResponse(value).body) + b"\n\n"
