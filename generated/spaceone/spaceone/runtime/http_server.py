"""The HTTP door: JSON on the documented routes, an OpenAPI document, a page that shows it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import aclosing
from functools import partial
from typing import Any, TypeAlias, TypeVar

from fastapi import Request, Response
from fastapi.responses import StreamingResponse
from fastapi_offline import FastAPIOffline
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic_core import to_json
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .dispatch import EXAMPLE_HEADER, Answer, Dispatch
from .errors import ApiError, cut_off, not_json, too_large
from .openapi import describe
from .registry import Api, Method, Service
from .request_log import REQUEST_ID, UNKNOWN, RequestLog, current_request
from .routes import Found, Routes
from .transcoding import put_together

_OWN_PAGES = ("/docs", "/health", "/metrics", "/openapi.json")

T = TypeVar("T")
JsonObject = dict[str, Any]
_LINES = "application/x-ndjson"
_NONE = Answer({})  # of a stream that is empty
Endpoint: TypeAlias = Callable[[Request, Mapping[str, str]], Awaitable[Response]]


def build_app(
    api: Api, dispatch: Dispatch, calls: RequestLog, max_bytes: int, max_depth: int, secured: bool
) -> ASGIApp:
    """The application: every route of the API, /openapi.json, /docs, /health, /metrics. A body of
    more than `max_bytes` bytes is refused with 413. `secured`: callers must tell who they are.
    """
    # The page brings its scripts along: it works where there is no internet.
    app = FastAPIOffline(title=api.name, redoc_url=None, static_url="/docs-assets")
    schema = describe(api, secured)
    app.openapi = lambda: schema  # type: ignore[method-assign]  # FastAPI's documented override
    app.add_route("/health", _health, methods=["GET"])
    app.add_route("/metrics", _metrics(calls), methods=["GET"])
    app.add_exception_handler(HTTPException, _no_route)
    routes: Routes[Endpoint] = Routes()
    for service in api.services:
        for method in service.methods:
            endpoint = _endpoint(service, method, dispatch, max_bytes, max_depth)
            for route in method.routes:
                routes.add(route.verb, route.path, endpoint)
    app.router.default = partial(_answer, routes)
    return _Watched(GZipMiddleware(_Front(app, routes), compresslevel=5), calls)


class _Front:
    """The methods of the API before the application, which has but the server's own pages: what it
    does with each request takes as long as most methods.
    """

    def __init__(self, app: ASGIApp, routes: Routes[Endpoint]) -> None:
        self._app, self._routes = app, routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(_OWN_PAGES):
            await self._app(scope, receive, send)
        else:
            await _answer(self._routes, scope, receive, send)


async def _answer(routes: Routes[Endpoint], scope: Scope, receive: Receive, send: Send) -> None:
    """What the routes have for a request that is for none of the server's own pages."""
    request = Request(scope, receive)
    try:
        found = list(routes.find(scope["raw_path"].decode("latin-1")))
        response = await _routed(request, found)
    except ApiError as error:
        response = JSONResponse(error.body, error.http)
    except ClientDisconnect:
        return  # nobody is there to be told
    await response(scope, receive, send)


async def _routed(request: Request, found: list[Found[Endpoint]]) -> Response:
    verb = "GET" if request.method == "HEAD" else request.method
    for by_verb, parameters in found:
        if endpoint := by_verb.get(verb):
            return await endpoint(request, parameters)
    if not found:
        return _refusal(404, request)
    verbs = {verb for by_verb, _ in found for verb in by_verb}
    allowed = {*verbs, "OPTIONS", *(["HEAD"] if "GET" in verbs else [])}
    headers = {"allow": ", ".join(sorted(allowed))}
    if verb == "OPTIONS":
        return Response(None, 204, headers)
    return _refusal(405, request, headers)


def _endpoint(
    service: Service, method: Method, dispatch: Dispatch, max_bytes: int, max_depth: int
) -> Endpoint:
    descriptor = method.request_proto.DESCRIPTOR

    async def endpoint(request: Request, in_path: Mapping[str, str]) -> Response:
        if call := current_request():
            call.method = f"{service.full_name}.{method.name}"
        body = await _read_body(request, max_bytes)
        query = request.scope["query_string"]
        given = put_together(body, query, in_path, descriptor, max_depth)
        if method.request_streams or method.response_streams:
            answers = dispatch.stream(service, method, _one(given), request.headers)
            answer = await _unless_left(request, _first(answers))
            if method.response_streams and answer is not None:
                return _streamed(answer, answers)
        else:
            work = dispatch.call(service, method, given, request.headers)
            answer = await _unless_left(request, work)
        if answer is None:
            return Response(status_code=499)  # nobody reads it
        return JSONResponse(answer.body, headers=_headers(answer))

    return endpoint


def _headers(answer: Answer) -> dict[str, str]:
    return dict([EXAMPLE_HEADER] if answer.example else [])


async def _one(request: JsonObject) -> AsyncIterator[JsonObject]:
    """The stream of requests that HTTP carries."""
    yield request


async def _first(answers: AsyncGenerator[Answer, None]) -> Answer:
    """The first answer, which nothing has been told before: its error has a status of its own."""
    async for answer in answers:
        return answer
    return _NONE


def _streamed(first: Answer, others: AsyncGenerator[Answer, None]) -> Response:
    """Answers as lines of JSON; an error that comes among them is the last line."""

    async def lines() -> AsyncIterator[bytes]:
        async with aclosing(others):
            try:
                if first is not _NONE:
                    yield _line(first.body)
                async for answer in others:
                    yield _line(answer.body)
            except ApiError as error:
                if call := current_request():
                    call.code = str(error.http)
                yield _line(error.body)

    return StreamingResponse(lines(), media_type=_LINES, headers=_headers(first))


def _line(value: JsonObject) -> bytes:
    return bytes(JSONResponse(value).body) + b"\n"


async def _unless_left(request: Request, work: Awaitable[T]) -> T | None:
    """What the work gives; None where its client left, which ends the work. The body was read."""
    task, left, is_over = asyncio.current_task(), False, False
    assert task is not None

    def leave(_: object) -> None:
        nonlocal left
        if not is_over:
            left = True
            task.cancel()

    leaving = asyncio.ensure_future(request.receive())
    leaving.add_done_callback(leave)
    try:
        return await work
    except asyncio.CancelledError:
        # The server, too, may end the task.
        if not left or task.uncancel():
            raise
        return None
    finally:
        is_over = True
        leaving.cancel()


async def _read_body(request: Request, max_bytes: int) -> bytes:
    """The body. Raises ApiError where it is too long, or says that it is no JSON in UTF-8."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > max_bytes:
            raise too_large(max_bytes)
    if body and (stated := request.headers.get("content-type")) is not None:
        kind, *parameters = (part.strip().lower() for part in stated.split(";"))
        is_json = kind == "application/json" or kind.endswith("+json")
        charsets = {part.replace('"', "") for part in parameters if part.startswith("charset=")}
        if not is_json or charsets - {"charset=utf-8"}:
            raise not_json(stated)
    return bytes(body)


class JSONResponse(Response):
    """An answer in JSON."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        """The bytes of the body."""
        return to_json(content, inf_nan_mode="null")


class _Watched:
    """The application, with every request watched, and its id in the answer."""

    def __init__(self, app: ASGIApp, calls: RequestLog) -> None:
        self._app, self._calls = app, calls

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        with self._calls.track("http", Headers(scope=scope).get(REQUEST_ID)) as call:
            path = scope["path"]
            call.method = path if path in _OWN_PAGES else call.method

            async def send_with_id(message: Message) -> None:
                if message["type"] == "http.response.start":
                    call.code = str(message["status"])
                    MutableHeaders(scope=message)[REQUEST_ID] = call.id
                await send(message)

            try:
                await self._app(scope, receive, send_with_id)
            except asyncio.CancelledError:
                # Of a call that its client left, the endpoint knows; this is the server's end.
                if not call.code:
                    error = cut_off()
                    answer = JSONResponse(error.body, error.http)
                    await answer(scope, receive, send_with_id)
            call.path = path if call.method == UNKNOWN else ""


async def _health(_: Request) -> Response:
    return JSONResponse({"status": "SERVING"})


def _metrics(calls: RequestLog) -> Callable[[Request], Awaitable[Response]]:
    async def metrics(_: Request) -> Response:
        return Response(calls.metrics.text(), media_type=CONTENT_TYPE_LATEST)

    return metrics


async def _no_route(request: Request, error: Exception) -> Response:
    """What the server's own pages refuse, in the shape of every other error."""
    assert isinstance(error, HTTPException)
    return _refusal(error.status_code, request, error.headers)


def _refusal(
    status: int, request: Request, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    message = f"{request.method} {request.url.path}"
    detail: dict[str, Any] = {"code": f"ERROR_HTTP_{status}", "message": message}
    return JSONResponse({"detail": detail}, status, headers)
