"""Streams of a server: lines of JSON, or server-sent events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from .errors import InvalidAnswerError

# Both forms; servers that know neither send JSON.
_ACCEPTED = "application/x-ndjson, text/event-stream, application/json"
_END = "[DONE]"  # the last event of many APIs is no message


def of_stream(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of a request with a stream as its answer, which has no limit of time."""
    headers = {**arguments["headers"], "Accept": _ACCEPTED}
    return {**arguments, "headers": headers, "timeout": None}


class Messages:
    """The messages in the lines of a response: a line is one, or a part of an event.

    Source: HTML Living Standard, "Server-sent events": an event ends with an empty line, and has
    fields such as `data`; a line that begins with a colon is a comment.
    """

    def __init__(self, response: httpx.Response) -> None:
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        self._response, self._has_events = response, kind == "text/event-stream"
        self._data: list[str] = []
        self._event = ""

    def text(self, line: str) -> str:
        """Return the message that a line completes, or "". Raises InvalidAnswerError for an event
        that is an error.
        """
        if not self._has_events:
            return line.strip()
        if line:
            name, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if name == "data":
                self._data.append(value)
            elif name == "event":
                self._event = value
            return ""
        text, event = "\n".join(self._data), self._event
        self._data, self._event = [], ""
        if event == "error":
            raise InvalidAnswerError(f"the stream ended: {text[:999]}", self._response)
        return "" if text == _END else text
