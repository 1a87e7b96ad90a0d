"""The HTTP server: JSON on the documented routes, and the server's own pages."""

from __future__ import annotations

import asyncio
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Iterable,
    Mapping,
)
from functools import partial
from typing import Any, TypeAlias, TypeVar

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from . import off_loop
from .access import Access
from .dispatch import Dispatch
from .errors import ApiError, server_stopped
from .http_access import CheckAccess
from .http_responses import JSONResponse, documented, failure, success
from .http_streams import first_of, stream_response
from .openapi import describe
from .own_pages import own_pages, root_page
from .preferences import preferred_answer
from .reference_page import reference_file, reference_page
from .registry import Api, Method, Route, Service
from .request_bodies import Body, RequestBodies
from .request_log import REQUEST_ID, UNKNOWN, RequestLog, current_request
from .routes import RouteMatch, Routes
from .server_facts import server_facts
from .transcoding import assemble_request

T = TypeVar("T")
JsonObject = dict[str, Any]
_OWN_PAGES = ("/", "/docs", "/health", "/metrics", "/openapi.json")
_LINKED = ("GET", "HEAD")  # requests that a link repeats
_SHORT = 0.01  # seconds: work that takes less need not know whether its client is still there
# Those of the server's pages that are compressed already. Each request reads the list.
_COMPRESSED = ("image/*",)
Metadata: TypeAlias = Iterable[tuple[str, str]]
Endpoint: TypeAlias = Callable[[Request, Mapping[str, str]], Awaitable[Response]]


def build_app(
    api: Api,
    dispatch: Dispatch,
    request_log: RequestLog,
    bodies: RequestBodies,
    max_depth: int,
    access: Access,
    is_serving: Callable[[], bool],
    grpc_address: str,
) -> ASGIApp:
    """Return the application: all routes of the API, and the server's own pages."""

    def facts() -> JsonObject:
        return server_facts(api, dispatch.handlers, grpc_address, access.hosts is None)

    routes: Routes[Endpoint] = Routes()
    # Before the API: the first endpoint of a route wins.
    document = partial(describe, api, secured=access.hosts is None)
    for path, page in own_pages(api.name, document, request_log, is_serving):
        routes.add("GET", path, page)
    endpoints = [
        (route, _endpoint(service, method, route, dispatch, bodies, max_depth))
        for service in api.services
        for method in service.methods
        for route in method.routes
    ]
    # A client keeps the path of the documented base address: `/v1` of `https://api.example.com/v1`.
    for base in ("", *api.base_paths):
        for route, endpoint in endpoints:
            routes.add(route.verb, base + route.path, endpoint)
    # After the API, which may have this route.
    file = reference_file(api)
    routes.add("GET", "/", root_page(partial(reference_page, file, facts) if file else None))
    app = GZipMiddleware(
        partial(_respond, routes), compresslevel=5, exclude_content_types=_COMPRESSED
    )
    return _TrackRequests(CheckAccess(app, access), request_log)


class ReplaceableApp:
    """An application that another one can replace. Requests in progress keep theirs."""

    current: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Respond with the current application."""
        await self.current(scope, receive, send)


async def _respond(routes: Routes[Endpoint], scope: Scope, receive: Receive, send: Send) -> None:
    """Send the response of the API to a request."""
    request = Request(scope, receive)
    try:
        matches = list(routes.find(scope["raw_path"].decode("latin-1")))
        response = await _call_endpoint(request, matches)
    except ApiError as error:
        response = failure(error)
    except ClientDisconnect:
        return
    await response(scope, receive, send)


async def _call_endpoint(request: Request, matches: list[RouteMatch[Endpoint]]) -> Response:
    verb = "GET" if request.method == "HEAD" else request.method
    for by_verb, parameters in matches:
        if endpoint := by_verb.get(verb):
            return await endpoint(request, parameters)
    if not matches:
        return _error_response(404, request, "no method of the API has this path")
    verbs = {verb for by_verb, _ in matches for verb in by_verb}
    allowed = {*verbs, "OPTIONS", *(["HEAD"] if "GET" in verbs else [])}
    headers = {"allow": ", ".join(sorted(allowed))}
    if verb == "OPTIONS":
        return Response(None, 204, headers)
    reason = f"the path has methods for {headers['allow']}"
    return _error_response(405, request, reason, headers)


def _endpoint(
    service: Service,
    method: Method,
    route: Route,
    dispatch: Dispatch,
    bodies: RequestBodies,
    max_depth: int,
) -> Endpoint:
    descriptor = method.request_proto.DESCRIPTOR

    async def endpoint(request: Request, in_path: Mapping[str, str]) -> Response:
        if current := current_request():
            current.method = f"{service.full_name}.{method.name}"
            if request.method in _LINKED:
                current.url = lambda: str(request.url)
        try:
            return await respond(request, in_path)
        except ApiError as error:
            return failure(error, service.errors)

    async def respond(request: Request, in_path: Mapping[str, str]) -> Response:
        # Before the body: a caller that may not call sends none.
        metadata = request.headers.items()
        dispatch.identify(metadata)
        async with bodies.receive(request, bool(method.form)) as body:
            return await answer_to(request, metadata, in_path, body)

    async def answer_to(
        request: Request, metadata: Metadata, in_path: Mapping[str, str], body: Body
    ) -> Response:
        if preferred := preferred_answer(request.headers.getlist("prefer"), method):
            return documented(preferred, service.errors)
        query = request.scope["query_string"]
        values = await off_loop.run(
            body.content,
            partial(assemble_request, body, query, in_path, descriptor, max_depth, route.body),
        )
        if method.request_streams or method.response_streams:
            answers = dispatch.stream(service, method, _single(values), metadata)
            answer = await _unless_disconnected(request, first_of(answers))
            if method.response_streams and answer is not None:
                return stream_response(answer, answers, request.headers.get("accept", ""))
        else:
            work = dispatch.call(service, method, values, metadata)
            answer = await _unless_disconnected(request, work)
        if answer is None:
            return Response(status_code=499)  # for the log; the client has disconnected
        return await off_loop.run(answer.body, partial(success, service, method, route, answer))

    return endpoint


async def _single(request: JsonObject) -> AsyncIterator[JsonObject]:
    """Yield the only request of a stream over HTTP."""
    yield request


async def _unless_disconnected(request: Request, work: Awaitable[T]) -> T | None:
    """Return the result of `work`; cancel it and return None if the client disconnects. The body of
    the request must have been read.
    """
    task, has_disconnected, is_done = asyncio.current_task(), False, False
    assert task is not None

    def cancel(_: object) -> None:
        nonlocal has_disconnected
        if not is_done:
            has_disconnected = True
            task.cancel()

    disconnection: asyncio.Future[Any] | None = None

    def watch() -> None:
        nonlocal disconnection
        disconnection = asyncio.ensure_future(request.receive())
        disconnection.add_done_callback(cancel)

    timer = asyncio.get_running_loop().call_later(_SHORT, watch)
    try:
        return await work
    except asyncio.CancelledError:
        # The server may also cancel the task.
        if not has_disconnected or task.uncancel():
            raise
        return None
    finally:
        is_done = True
        timer.cancel()
        if disconnection is not None:
            disconnection.cancel()


class _TrackRequests:
    """Logs every request of an application, and adds its id to the response."""

    def __init__(self, app: ASGIApp, request_log: RequestLog) -> None:
        self._app, self._request_log = app, request_log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        with self._request_log.track("http", Headers(scope=scope).get(REQUEST_ID)) as current:
            path = scope["path"]
            current.method = path if path in _OWN_PAGES else current.method

            async def send_with_id(message: Message) -> None:
                if message["type"] == "http.response.start":
                    current.code = str(message["status"])
                    MutableHeaders(scope=message)[REQUEST_ID] = current.id
                await send(message)

            try:
                await self._request_log.turns.wait()
                await self._app(scope, receive, send_with_id)
            except asyncio.CancelledError:
                # The endpoint handles a disconnected client, so this is the end of the server.
                if not current.code:
                    response = failure(server_stopped())
                    await response(scope, receive, send_with_id)
            current.path = path if current.method == UNKNOWN else ""


def _error_response(
    status: int, request: Request, reason: str, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    message = f"{request.method} {request.url.path}: {reason}"
    detail: dict[str, Any] = {"code": f"ERROR_HTTP_{status}", "message": message}
    return JSONResponse({"detail": detail}, status, headers)
