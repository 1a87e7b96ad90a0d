"""Sends the requests of a probe, at most as many as the budget allows, until the deadline."""

from __future__ import annotations

from collections.abc import Sequence
from email.message import Message
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import Request

from apiscribe.drift.traffic.entries import body_of, is_json
from apiscribe.drift.traffic.exchange import Body, Exchange
from apiscribe.workspace.local_http import Deadline, local_opener

NAME = "probe"
_TIMEOUT = 10.0  # seconds without an answer
_MAX_BODY = 16 * 2**20


class Client:
    """A client with a budget: `exchanges` are the requests so far, with their answers."""

    def __init__(
        self, base: str, headers: Sequence[tuple[str, str]], budget: int, deadline: Deadline
    ) -> None:
        self.exchanges: list[Exchange] = []
        self.failure = ""
        self._base, self._headers, self._budget = base.rstrip("/"), dict(headers), budget
        self._deadline = deadline
        self._opener = local_opener(deadline)

    @property
    def is_finished(self) -> bool:
        """Whether no more requests can be sent."""
        return len(self.exchanges) >= self._budget or self._deadline.is_over

    def send(self, verb: str, path: str, query: Sequence[tuple[str, str]] = ()) -> Exchange:
        """Send a request, and return it with its answer: without one, its status is 0."""
        url = f"{self._base}{path}" + (f"?{urlencode(query)}" if query else "")
        status, answer = self._answer(url, verb)
        exchange = Exchange(
            file=NAME,
            number=len(self.exchanges) + 1,
            verb=verb,
            url=urlsplit(url),
            query=tuple(query),
            status=status,
            request=Body(),
            answer=answer,
        )
        self.exchanges.append(exchange)
        return exchange

    def _answer(self, url: str, verb: str) -> tuple[int, Body]:
        headers = {"Accept": "application/json, */*;q=0.1", **self._headers}
        request = Request(url, headers=headers, method=verb)  # noqa: S310  # it is HTTP
        try:
            with self._opener.open(request, timeout=_TIMEOUT) as response:
                return response.status, _body(response, response.headers)
        except HTTPError as error:
            with error:
                return error.code, _body(error, error.headers)
        except (OSError, ValueError, HTTPException) as error:
            self.failure = str(error)
            return 0, Body()


def _body(response: Any, headers: Message) -> Body:
    """Return the body of an answer; one that is not JSON may never end, and is not read."""
    media_type = headers.get_content_type() if headers["Content-Type"] else ""
    if not is_json(media_type):
        length = headers["Content-Length"]
        has_body = length is not None and length != "0"
        return Body(reason="bodies that are not JSON" if has_body else "", media_type=media_type)
    try:
        content: bytes = response.read(_MAX_BODY + 1)
    except (OSError, HTTPException):
        return Body(reason="bodies that ended early", media_type=media_type)
    if len(content) > _MAX_BODY:
        return Body(reason=f"bodies of more than {_MAX_BODY // 2**20} MB", media_type=media_type)
    return body_of(content.decode("utf-8", "replace"), media_type, "")
