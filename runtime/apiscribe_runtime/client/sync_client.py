"""Clients that block."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Any, Generic, Self, TypeVar, Unpack

import httpx

from .connection import Outcome, SyncSettings, checked, connect
from .credentials import Alternatives, Credential
from .operations import Habits, Operation, Result
from .paging import rows_of
from .requests import Request
from .streams import Messages, of_stream
from .turning import Turner

Row = TypeVar("Row")
Page = TypeVar("Page")


class SyncClient:
    """The base class of a generated client. As a context manager, it closes its connections."""

    def __init__(
        self,
        base_url: str | None,
        default_url: str = "",
        credentials: Mapping[str, Credential | None] | None = None,
        security: Alternatives | None = None,
        **settings: Unpack[SyncSettings],
    ) -> None:
        self._connection = connect(base_url, default_url, credentials or {}, security, settings)
        self._http = settings.get("http_client") or httpx.Client()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._http.close()

    def call(
        self, operation: Operation[Result], given: Mapping[str, object], habits: Habits
    ) -> Result:
        """Call an operation. Raises ClientError, and ValueError for invalid arguments."""
        request = operation.build(operation.arguments(given, habits))
        return operation.parse(self.send(operation, request, habits))

    def stream(
        self, operation: Operation[Result], given: Mapping[str, object], habits: Habits
    ) -> Iterator[Result]:
        """Yield the messages of a stream: lines of JSON, or server-sent events. It is not sent
        again, and has no timeout between two messages.
        """
        request = operation.build(operation.arguments(given, habits))
        arguments = self._connection.arguments(request, habits, operation.security)
        built = self._http.build_request(**of_stream(arguments))
        outcome = self._attempt(built, stream=True)
        if isinstance(outcome, httpx.Response) and not outcome.is_success:
            outcome.read()
        response = checked(outcome, operation, habits)
        messages = Messages(response)
        try:
            for line in response.iter_lines():
                if text := messages.text(line):
                    yield operation.parse_message(text, response, habits)
        except httpx.RequestError as error:
            checked(error, operation, habits)
        finally:
            response.close()

    def send(self, operation: Operation[Any], request: Request, habits: Habits) -> httpx.Response:
        """Send a request, with retries, and return a successful response."""
        arguments = self._connection.arguments(request, habits, operation.security)
        attempt = 1
        while True:
            outcome = self._attempt(self._http.build_request(**arguments))
            pause = self._connection.pause(attempt, outcome, operation)
            if pause is None:
                return checked(outcome, operation, habits)
            time.sleep(pause)
            attempt += 1

    def request(
        self,
        verb: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        json: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Send a request that the pages do not document, with the credentials and retries of the
        others. Raises ClientError.
        """
        content = {} if json is None else {"json": json}
        query = list((params or {}).items())
        request = Request(
            verb=verb, path=path, query=query, headers=headers or {}, arguments=content
        )
        return self.send(Operation[Any](verb, path), request, Habits())

    def _attempt(self, request: httpx.Request, stream: bool = False) -> Outcome:
        try:
            return self._http.send(request, stream=stream)
        except httpx.RequestError as error:
            return error


class SyncService:
    """The base class of a service of a client."""

    habits = Habits()

    def __init__(self, client: SyncClient) -> None:
        self._client = client

    def _call(self, operation: Operation[Result], given: Mapping[str, object]) -> Result:
        return self._client.call(operation, given, self.habits)

    def _stream(
        self, operation: Operation[Result], given: Mapping[str, object]
    ) -> Iterator[Result]:
        return self._client.stream(operation, given, self.habits)

    def _pages(self, operation: Operation[Page], given: Mapping[str, object]) -> Pages[Any, Page]:
        return Pages(self._client, operation, given, self.habits)


class Pages(Generic[Row, Page]):
    """The rows of a list: iterating asks for page after page. Nothing is sent before that.

    The size of a page in the request, such as `limit`, does not limit the number of rows.
    """

    def __init__(
        self,
        client: SyncClient,
        operation: Operation[Page],
        given: Mapping[str, object],
        habits: Habits,
    ) -> None:
        self._client, self._operation, self._habits = client, operation, habits
        self._arguments = operation.arguments(given, habits)

    def page(self) -> Page:
        """Return the first page alone: the answer as documented."""
        request = self._operation.build(self._arguments)
        response = self._client.send(self._operation, request, self._habits)
        return self._operation.parse(response)

    def pages(self) -> Iterator[Page]:
        """Yield all pages, as documented."""
        turner = Turner(self._operation, self._arguments)
        while turner.request:
            response = self._client.send(self._operation, turner.request, self._habits)
            yield turner.turn(response)

    def __iter__(self) -> Iterator[Row]:
        for page in self.pages():
            yield from rows_of(self._operation.paging, page)
