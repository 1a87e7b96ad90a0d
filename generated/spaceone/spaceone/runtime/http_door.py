"""The HTTP door: JSON on the documented routes, by FastAPI, with its OpenAPI page.

A request is put together as google.api.http has it: the body, then the query string (dots go into
messages, repeated parameters make lists), then the parameters of the path.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from pydantic_core import from_json
from starlette.exceptions import HTTPException

from .catalog import Api, Method, Service
from .dispatch import EXAMPLE_HEADER, Dispatch
from .errors import ApiError, invalid_parameter, invalid_parameter_type, too_large
from .openapi import describe
from .wire import Descriptor, documented_name

JsonObject = dict[str, Any]


def build_app(api: Api, dispatch: Dispatch, max_bytes: int) -> FastAPI:
    """The application: every route of the API, /openapi.json, /docs and /health. A body of more
    than `max_bytes` bytes is refused with 413.
    """
    app = FastAPI(title=api.name, version="", openapi_url=None, docs_url="/docs")
    schema = describe(api)
    app.openapi_url = "/openapi.json"
    app.openapi = lambda: schema  # type: ignore[method-assign]  # FastAPI's documented override
    app.setup()
    for service in api.services:
        for method in service.methods:
            endpoint = _endpoint(service, method, dispatch, max_bytes)
            for route in method.routes:
                app.add_route(route.path, endpoint, methods=[route.verb])
    app.add_route("/health", _health, methods=["GET"])
    app.add_exception_handler(HTTPException, _no_route)
    return app


def _endpoint(
    service: Service, method: Method, dispatch: Dispatch, max_bytes: int
) -> Callable[[Request], Awaitable[Response]]:
    descriptor = method.request_proto.DESCRIPTOR

    async def endpoint(request: Request) -> Response:
        try:
            given = await _read_request(request, descriptor, max_bytes)
            answer = await dispatch.call(service, method, given, request.headers)
        except ApiError as error:
            return JSONResponse(error.body, error.http)
        return JSONResponse(answer.body, headers=dict([EXAMPLE_HEADER] if answer.example else []))

    return endpoint


async def _read_request(request: Request, descriptor: Descriptor, max_bytes: int) -> JsonObject:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > max_bytes:
            raise too_large(max_bytes)
    given: Any = {}
    if body.strip():
        try:
            given = from_json(bytes(body), allow_inf_nan=False)
        except ValueError as error:
            raise invalid_parameter("body", f"not JSON: {error}") from error
    if not isinstance(given, dict):
        raise invalid_parameter_type("body", "object")
    for key in request.query_params:
        _put(given, key, request.query_params.getlist(key), descriptor)
    for key, value in request.path_params.items():
        _put(given, key, [value], descriptor)
    return given


def _put(given: JsonObject, key: str, values: list[str], descriptor: Descriptor) -> None:
    """Put the values of one parameter at its dotted place."""
    *parents, last = key.split(".")
    for parent in parents:
        field = _field(descriptor, parent)
        if field is None or field.message_type is None:
            raise invalid_parameter(key, "no such field")
        given = given.setdefault(parent, {})
        descriptor = field.message_type
        if not isinstance(given, dict):
            raise invalid_parameter_type(key, "object")
    field = _field(descriptor, last)
    typed = [_typed(value, field) for value in values]
    given[last] = typed if field is not None and field.is_repeated else typed[-1]


def _typed(value: str, field: Any) -> Any:
    """The value of a parameter; what is no text in JSON is read as JSON, where it can be."""
    if field is None or field.type in (field.TYPE_STRING, field.TYPE_BYTES, field.TYPE_ENUM):
        return value
    try:
        return from_json(value, allow_inf_nan=False)
    except ValueError:
        return value


def _field(descriptor: Descriptor, name: str) -> Any:
    return next((field for field in descriptor.fields if documented_name(field) == name), None)


async def _health(_: Request) -> Response:
    return JSONResponse({"status": "SERVING"})


async def _no_route(request: Request, error: Exception) -> Response:
    """Unknown paths and wrong verbs, in the shape of every other error."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    detail = {"code": f"ERROR_HTTP_{status}", "message": f"{request.method} {request.url.path}"}
    return JSONResponse({"detail": detail}, status)
