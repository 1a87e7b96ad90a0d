"""Clients for asyncio and other event loops that httpx supports."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from types import TracebackType
from typing import Any, Generic, Self, TypeVar, Unpack

import anyio
import httpx

from .connection import AsyncSettings, Outcome, checked, connect
from .credentials import Alternatives, Credential
from .operations import Habits, Operation, Result
from .paging import rows_of
from .requests import Request
from .streams import Messages, of_stream
from .turning import Turner

Row = TypeVar("Row")
Page = TypeVar("Page")


class AsyncClient:
    """The base class of a generated client. As a context manager of `async with`, it closes its
    connections.
    """

    def __init__(
        self,
        base_url: str | None,
        default_url: str = "",
        credentials: Mapping[str, Credential | None] | None = None,
        security: Alternatives | None = None,
        **settings: Unpack[AsyncSettings],
    ) -> None:
        self._connection = connect(base_url, default_url, credentials or {}, security, settings)
        self._http = settings.get("http_client") or httpx.AsyncClient()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close all connections."""
        await self._http.aclose()

    async def call(
        self, operation: Operation[Result], given: Mapping[str, object], habits: Habits
    ) -> Result:
        """Call an operation. Raises ClientError, and ValueError for invalid arguments."""
        request = operation.build(operation.arguments(given, habits))
        return operation.parse(await self.send(operation, request, habits))

    async def stream(
        self, operation: Operation[Result], given: Mapping[str, object], habits: Habits
    ) -> AsyncIterator[Result]:
        """Yield the messages of a stream: lines of JSON, or server-sent events. It is not sent
        again, and has no timeout between two messages.
        """
        request = operation.build(operation.arguments(given, habits))
        arguments = self._connection.arguments(request, habits, operation.security)
        built = self._http.build_request(**of_stream(arguments))
        outcome = await self._attempt(built, stream=True)
        if isinstance(outcome, httpx.Response) and not outcome.is_success:
            await outcome.aread()
        response = checked(outcome, operation, habits)
        messages = Messages(response)
        try:
            async for line in response.aiter_lines():
                if text := messages.text(line):
                    yield operation.parse_message(text, response, habits)
        except httpx.RequestError as error:
            checked(error, operation, habits)
        finally:
            await response.aclose()

    async def send(
        self, operation: Operation[Any], request: Request, habits: Habits
    ) -> httpx.Response:
        """Send a request, with retries, and return a successful response."""
        arguments = self._connection.arguments(request, habits, operation.security)
        attempt = 1
        while True:
            outcome = await self._attempt(self._http.build_request(**arguments))
            pause = self._connection.pause(attempt, outcome, operation)
            if pause is None:
                return checked(outcome, operation, habits)
            await anyio.sleep(pause)
            attempt += 1

    async def request(
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
        return await self.send(Operation[Any](verb, path), request, Habits())

    async def _attempt(self, request: httpx.Request, stream: bool = False) -> Outcome:
        try:
            return await self._http.send(request, stream=stream)
        except httpx.RequestError as error:
            return error


class AsyncService:
    """The base class of a service of a client."""

    habits = Habits()

    def __init__(self, client: AsyncClient) -> None:
        self._client = client

    async def _call(self, operation: Operation[Result], given: Mapping[str, object]) -> Result:
        return await self._client.call(operation, given, self.habits)

    def _stream(
        self, operation: Operation[Result], given: Mapping[str, object]
    ) -> AsyncIterator[Result]:
        return self._client.stream(operation, given, self.habits)

    def _pages(
        self, operation: Operation[Page], given: Mapping[str, object]
    ) -> AsyncPages[Any, Page]:
        return AsyncPages(self._client, operation, given, self.habits)


class AsyncPages(Generic[Row, Page]):
    """The rows of a list: iterating asks for page after page. Nothing is sent before that.

    The size of a page in the request, such as `limit`, does not limit the number of rows.
    """

    def __init__(
        self,
        client: AsyncClient,
        operation: Operation[Page],
        given: Mapping[str, object],
        habits: Habits,
    ) -> None:
        self._client, self._operation, self._habits = client, operation, habits
        self._arguments = operation.arguments(given, habits)

    async def page(self) -> Page:
        """Return the first page alone: the answer as documented."""
        request = self._operation.build(self._arguments)
        response = await self._client.send(self._operation, request, self._habits)
        return self._operation.parse(response)

    async def pages(self) -> AsyncIterator[Page]:
        """Yield all pages, as documented."""
        turner = Turner(self._operation, self._arguments)
        while turner.request:
            response = await self._client.send(self._operation, turner.request, self._habits)
            yield turner.turn(response)

    async def __aiter__(self) -> AsyncIterator[Row]:
        async for page in self.pages():
            for row in rows_of(self._operation.paging, page):
                yield row
