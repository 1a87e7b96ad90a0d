"""The service layer of both transports: a JSON request in, a JSON response out."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Iterable, Iterator, Mapping
from contextlib import aclosing, contextmanager
from functools import partial
from typing import Any, NamedTuple

from pydantic import ValidationError
from sqlalchemy.exc import DataError, DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionError

from . import off_loop
from .authentication import Caller, Identify, normalize_metadata
from .descriptors import documented_fields, is_required
from .errors import (
    ApiError,
    database_unavailable,
    from_validation,
    internal,
    not_implemented,
    number_out_of_range,
    parameter_not_implemented,
    permission_denied,
    query_failed,
    too_slow,
)
from .handlers import Call, Handler
from .messages import Message
from .protojson import ProtoJson
from .registry import Method, Service
from .request_log import current_request
from .rows import Rows
from .standard_methods import perform, streams_rows
from .store_errors import is_out_of_range, is_timeout, is_unavailable
from .strict_json import check_depth

JsonObject = dict[str, Any]

log = logging.getLogger(__name__)

EXAMPLE_HEADER = ("x-answer", "example")  # HTTP header or gRPC metadata of an example


class Answer(NamedTuple):
    """The response of a method. `example`: it is the example in the pages, for any request."""

    body: JsonObject
    example: bool = False


class _Origin(NamedTuple):
    """The caller of a request, and its metadata."""

    caller: Caller
    metadata: Mapping[str, str]


class Dispatch:
    """Implements methods: by handlers, else as standard methods, else by examples in the pages."""

    def __init__(
        self,
        rows: Mapping[str, Rows],
        handlers: Mapping[str, Handler],
        identify: Identify,
        tenant: str,
        timeout: float,
        protojson: ProtoJson,
        max_depth: int,
    ) -> None:
        """Create a dispatch.

        `rows`: full name of a service → the rows of its resource. `tenant`: the tenant field of
        requests. `timeout`: the limit for a response, in seconds. `max_depth`: the limit for nested
        objects and lists in a request.
        """
        self._rows, self.handlers, self._identify = rows, handlers, identify
        self._tenant, self._timeout = tenant, timeout
        self._protojson, self._max_depth = protojson, max_depth

    async def call(
        self, service: Service, method: Method, request: Any, metadata: Iterable[tuple[str, str]]
    ) -> Answer:
        """Return the response to a request. Raises only ApiError.

        Fields with the zero of their type count as unset: protobuf does not distinguish the two,
        and both transports must agree (AIP-203 has the same rule for required fields).
        """
        full_name = f"{service.full_name}.{method.name}"
        with self._as_api_errors(full_name):
            origin = self._identify_origin(metadata)
            async with asyncio.timeout(self._timeout):
                model = await self._parse(request, method, origin.caller)
                return await self._respond(full_name, service, method, model, origin)

    async def stream(
        self,
        service: Service,
        method: Method,
        requests: AsyncIterator[Any],
        metadata: Iterable[tuple[str, str]],
    ) -> AsyncGenerator[Answer, None]:
        """Yield the responses of a streaming method. Raises only ApiError. The timeout is for each
        response.
        """
        full_name = f"{service.full_name}.{method.name}"
        with self._as_api_errors(full_name):
            origin = self._identify_origin(metadata)
            models = (await self._parse(item, method, origin.caller) async for item in requests)
            stream = self._respond_stream(full_name, service, method, models, origin)
            async with aclosing(stream) as answers:
                while True:
                    async with asyncio.timeout(self._timeout):
                        answer = await anext(answers, None)
                    if answer is None:
                        return
                    yield answer

    @contextmanager
    def _as_api_errors(self, full_name: str) -> Iterator[None]:
        """Run a block, and convert its errors to ApiError."""
        try:
            yield
        except ApiError:
            raise
        except ValidationError as error:
            raise from_validation(error) from error
        except (TimeoutError, NoConnectionError):
            raise too_slow(self._timeout) from None
        except DataError as error:
            if is_out_of_range(error):
                raise number_out_of_range() from error
            # A value that the database cannot store or read: NUL in a text of PostgreSQL.
            raise query_failed(str(error.orig).splitlines()[0]) from error
        except Exception as error:
            if isinstance(error, DBAPIError) and is_timeout(error):
                raise too_slow(self._timeout) from error
            if is_unavailable(error):
                log.error("%s: no database: %s", full_name, getattr(error, "orig", error))
                raise database_unavailable() from error
            log.exception("%s failed", full_name)
            raise internal() from None

    def identify(self, metadata: Iterable[tuple[str, str]]) -> Caller:
        """Return the caller with this metadata. Raises ApiError."""
        return self._identify_origin(metadata).caller

    def _identify_origin(self, metadata: Iterable[tuple[str, str]]) -> _Origin:
        context = current_request()
        if context and context.origin is not None:
            return _Origin(*context.origin)
        normalized = normalize_metadata(metadata, self._tenant)
        caller = self._identify(normalized)
        if context:
            context.tenant, context.origin = caller.tenant, (caller, normalized)
        return _Origin(caller, normalized)

    async def _parse(self, request: Any, method: Method, caller: Caller) -> Message:
        return await off_loop.run(request, partial(self._read, request, method, caller))

    def _read(self, request: Any, method: Method, caller: Caller) -> Message:
        check_depth(request, self._max_depth)
        values = self._protojson.read(request, method.request_proto.DESCRIPTOR)
        self._set_tenant(values, method, caller)
        # By documented names only: the Python names (`from_`) are for handlers.
        return method.request.model_validate(values, by_alias=True, by_name=False)

    def _set_tenant(self, request: Any, method: Method, caller: Caller) -> None:
        """Set the tenant field of a request, if it has one and is unset, to the caller's tenant.

        Raises ApiError if the request names another tenant.
        """
        fields = documented_fields(method.request_proto.DESCRIPTOR)
        field = fields.get(self._tenant)
        if field is None or not isinstance(request, dict):
            return
        if caller.tenant is not None or (caller.default_tenant and is_required(field)):
            request.setdefault(self._tenant, caller.default_tenant)
        if caller.tenant not in (None, request.get(self._tenant)):
            raise permission_denied()

    async def _respond(
        self, full_name: str, service: Service, method: Method, model: Message, origin: _Origin
    ) -> Answer:
        rows = self._visible_rows(service, origin.caller)
        handler = self.handlers.get(full_name)
        if handler is None:
            return await _default_answer(service, method, model, rows)
        defaults: list[Answer] = []
        result = handler(model, rows, self._call(full_name, service, method, origin, defaults))
        body = await result if isinstance(result, Awaitable) else result
        # A handler may return the example in the pages unchanged.
        example = any(body is default.body for default in defaults if default.example)
        return Answer(_validate(body, method), example)

    async def _respond_stream(
        self,
        full_name: str,
        service: Service,
        method: Method,
        models: AsyncIterator[Message],
        origin: _Origin,
    ) -> AsyncGenerator[Answer, None]:
        rows = self._visible_rows(service, origin.caller)
        handler = self.handlers.get(full_name)
        if method.request_streams and handler is None:
            raise not_implemented(full_name)
        if handler is not None:
            argument = models if method.request_streams else await anext(models)
            call = self._call(full_name, service, method, origin, [])
            async for body in _iterate(handler(argument, rows, call)):
                yield Answer(_validate(body, method))
            return
        answer = await _default_answer(service, method, await anext(models), rows)
        if streams_rows(method) and not answer.example:
            for row in answer.body["results"]:
                yield Answer(row)
        else:
            yield answer

    def _visible_rows(self, service: Service, caller: Caller) -> Rows | None:
        rows = self._rows.get(service.full_name)
        return rows.visible_to(caller) if rows else None

    def _call(
        self,
        full_name: str,
        service: Service,
        method: Method,
        origin: _Origin,
        defaults: list[Answer],
    ) -> Call:
        """Return the call of a handler. Its `default` adds its results to `defaults`."""

        async def default(request: Message) -> JsonObject:
            if not isinstance(request, method.request):
                raise TypeError(f"default takes a {method.request.__name__}, not {request!r}")
            rows = self._visible_rows(service, origin.caller)
            defaults.append(await _default_answer(service, method, request, rows))
            return defaults[-1].body

        return Call(
            method=full_name,
            caller=origin.caller,
            metadata=origin.metadata,
            default=default,
            rows_of=partial(self._rows_of, origin.caller),
        )

    def _rows_of(self, caller: Caller, service: str) -> Rows:
        if service not in self._rows:
            raise LookupError(
                f"{service} stores no rows (services with rows: {', '.join(self._rows)})"
            )
        return self._rows[service].visible_to(caller)


async def _default_answer(
    service: Service, method: Method, model: Message, rows: Rows | None
) -> Answer:
    """Return the response of a standard method, else the example in the pages. Raises ApiError."""
    if method.standard is not None and rows is not None:
        request = await off_loop.run(model, model.to_json)
        if refused := [name for name in method.standard.refused if name in request]:
            raise parameter_not_implemented(refused[0], f"{service.full_name}.{method.name}")
        return Answer(await perform(method, rows, request))
    for example in method.response_examples:
        if isinstance(example, dict):
            return Answer(_validate(example, method), example=True)
    raise not_implemented(f"{service.full_name}.{method.name}")


async def _iterate(result: Any) -> AsyncIterator[Any]:
    """Yield the responses of a handler, which yields them or returns a single one."""
    if isinstance(result, AsyncGenerator):
        async with aclosing(result):
            async for body in result:
                yield body
    elif isinstance(result, Iterator):
        for body in result:
            yield body
    else:
        yield await result if isinstance(result, Awaitable) else result


def _validate(body: Any, method: Method) -> JsonObject:
    """Return a handler's response as JSON. Raises ValueError if it is not valid for the method."""
    values = body.to_json() if isinstance(body, Message) else dict(body)
    if method.response is None:
        return values
    try:
        return method.response.checked(values).to_json()
    except ValidationError as error:
        raise ValueError(
            f"the handler's response is not valid for {method.name}: {error}"
        ) from error
