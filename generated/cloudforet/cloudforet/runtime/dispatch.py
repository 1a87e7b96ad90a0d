"""One service layer under both doors: a request as a JSON object in, the answer as one out."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Iterator, Mapping
from contextlib import aclosing, contextmanager
from functools import partial
from typing import Any, NamedTuple

from pydantic import ValidationError
from sqlalchemy.exc import DataError, DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionError

from .authentication import Caller, Identify, normalized
from .codec import documented_fields, is_required
from .errors import (
    ApiError,
    database_unavailable,
    from_validation,
    internal,
    not_implemented,
    number_out_of_range,
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
from .standard_methods import standard_method_of, streams_rows
from .store import is_unavailable, was_out_of_range, was_too_slow
from .strict_json import check_depth

JsonObject = dict[str, Any]

log = logging.getLogger(__name__)


EXAMPLE_HEADER = ("x-answer", "example")  # HTTP header and gRPC metadata of such an answer


class Answer(NamedTuple):
    """What a method gave; `example` where it is the pages' example, whatever was asked."""

    body: JsonObject
    example: bool = False


class _Asked(NamedTuple):
    """Who calls, and what they sent with it."""

    caller: Caller
    metadata: Mapping[str, str]


class Dispatch:
    """Answers methods: a handler where there is one, else what the server does by itself, else the
    answer that the pages show.
    """

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
        """`rows`: full name of a service → the rows of its resource. `tenant`: the field of
        requests that tells whose rows they are about. `timeout`: of a call, in seconds.
        `max_depth`: how deep a request may nest.
        """
        self._rows, self._handlers, self._identify = rows, handlers, identify
        self._tenant, self._timeout = tenant, timeout
        self._protojson, self._max_depth = protojson, max_depth

    async def call(
        self, service: Service, method: Method, request: Any, metadata: Mapping[str, str]
    ) -> Answer:
        """The answer to a request. Raises ApiError, and nothing else.

        Fields at the zero of their type count as not given: protobuf does not tell the two apart,
        and both doors must answer alike (so does AIP-203 for required fields).
        """
        full_name = f"{service.full_name}.{method.name}"
        with self._refusals(full_name):
            asked = self._asked(metadata)
            model = self._model(request, method, asked.caller)
            async with asyncio.timeout(self._timeout):
                return await self._answer(full_name, service, method, model, asked)

    async def stream(
        self,
        service: Service,
        method: Method,
        requests: AsyncIterator[Any],
        metadata: Mapping[str, str],
    ) -> AsyncGenerator[Answer, None]:
        """The answers of a method that takes or gives a stream. Raises ApiError, and nothing else;
        `timeout` is for each answer.
        """
        full_name = f"{service.full_name}.{method.name}"
        with self._refusals(full_name):
            asked = self._asked(metadata)
            models = (self._model(each, method, asked.caller) async for each in requests)
            found = self._answers(full_name, service, method, models, asked)
            async with aclosing(found) as answers:
                while True:
                    async with asyncio.timeout(self._timeout):
                        answer = await anext(answers, None)
                    if answer is None:
                        return
                    yield answer

    @contextmanager
    def _refusals(self, full_name: str) -> Iterator[None]:
        """Whatever goes wrong, as ApiError."""
        try:
            yield
        except ApiError:
            raise
        except ValidationError as error:
            raise from_validation(error) from error
        except (TimeoutError, NoConnectionError):
            raise too_slow(self._timeout) from None
        except DataError as error:
            if was_out_of_range(error):
                raise number_out_of_range() from error
            # A value that this database cannot hold or read: PostgreSQL has no NUL in texts.
            raise query_failed(str(error.orig).splitlines()[0]) from error
        except Exception as error:
            if isinstance(error, DBAPIError) and was_too_slow(error):
                raise too_slow(self._timeout) from error
            if isinstance(error, DBAPIError) and is_unavailable(error):
                log.error("%s: the database is unavailable: %s", full_name, error.orig)
                raise database_unavailable() from error
            log.exception("%s failed", full_name)
            raise internal() from None

    def _asked(self, metadata: Mapping[str, str]) -> _Asked:
        normal = normalized(metadata)
        caller = self._identify(normal)
        if watched := current_request():
            watched.tenant = caller.tenant
        return _Asked(caller, normal)

    def _model(self, request: Any, method: Method, caller: Caller) -> Message:
        check_depth(request, self._max_depth)
        given = self._protojson.read(request, method.request_proto.DESCRIPTOR)
        self._give_tenant(given, method, caller)
        # By the documented names alone: Python's own (`from_`) are for handlers.
        return method.request.model_validate(given, by_alias=True, by_name=False)

    def _give_tenant(self, request: Any, method: Method, caller: Caller) -> None:
        """Let a request name the tenant of its caller, where it can; it must not name another.

        Raises ApiError.
        """
        fields = documented_fields(method.request_proto.DESCRIPTOR)
        field = fields.get(self._tenant)
        if field is None or not isinstance(request, dict):
            return
        if caller.tenant is not None or (caller.default_tenant and is_required(field)):
            request.setdefault(self._tenant, caller.default_tenant)
        if caller.tenant not in (None, request.get(self._tenant)):
            raise permission_denied()

    async def _answer(
        self, full_name: str, service: Service, method: Method, model: Message, asked: _Asked
    ) -> Answer:
        rows = self._seen(service, asked.caller)
        handler = self._handlers.get(full_name)
        if handler is None:
            return await _own_answer(service, method, model, rows)
        own: list[Answer] = []
        given = handler(model, rows, self._call(full_name, service, method, asked, own))
        answer = await given if isinstance(given, Awaitable) else given
        # A handler that passes the pages' example on says so, as the server does.
        example = any(answer is each.body for each in own if each.example)
        return Answer(_checked(answer, method), example)

    async def _answers(
        self,
        full_name: str,
        service: Service,
        method: Method,
        models: AsyncIterator[Message],
        asked: _Asked,
    ) -> AsyncGenerator[Answer, None]:
        rows = self._seen(service, asked.caller)
        handler = self._handlers.get(full_name)
        if method.request_streams and handler is None:
            raise not_implemented(full_name)
        if handler is not None:
            given = models if method.request_streams else await anext(models)
            call = self._call(full_name, service, method, asked, [])
            async for found in _each(handler(given, rows, call)):
                yield Answer(_checked(found, method))
            return
        answer = await _own_answer(service, method, await anext(models), rows)
        if service.resource and streams_rows(method, service.resource) and not answer.example:
            for row in answer.body["results"]:
                yield Answer(row)
        else:
            yield answer

    def _seen(self, service: Service, caller: Caller) -> Rows | None:
        stored = self._rows.get(service.full_name)
        return stored.of(caller) if stored else None

    def _call(
        self, full_name: str, service: Service, method: Method, asked: _Asked, own: list[Answer]
    ) -> Call:
        """What a handler is told of its call; `own` is given what `default` gives."""

        async def default(request: Message) -> JsonObject:
            if not isinstance(request, method.request):
                raise TypeError(f"default takes a {method.request.__name__}, not {request!r}")
            rows = self._seen(service, asked.caller)
            own.append(await _own_answer(service, method, request, rows))
            return own[-1].body

        return Call(
            method=full_name,
            caller=asked.caller,
            metadata=asked.metadata,
            default=default,
            rows_of=partial(self._rows_of, asked.caller),
        )

    def _rows_of(self, caller: Caller, service: str) -> Rows:
        if service not in self._rows:
            raise LookupError(f"{service} keeps no rows; these do: {', '.join(self._rows)}")
        return self._rows[service].of(caller)


async def _own_answer(
    service: Service, method: Method, model: Message, rows: Rows | None
) -> Answer:
    """What the server does by itself, or else the answer that the pages show. Raises ApiError."""
    behaviour = standard_method_of(service, method)
    if behaviour is not None and rows is not None:
        return Answer(await behaviour(method, rows, model.to_json()))
    for shown in method.response_examples:
        if isinstance(shown, dict):
            return Answer(_checked(shown, method), example=True)
    raise not_implemented(f"{service.full_name}.{method.name}")


async def _each(found: Any) -> AsyncIterator[Any]:
    """What a handler gives of a stream: it yields, or gives one answer."""
    if isinstance(found, AsyncGenerator):
        async with aclosing(found):
            async for answer in found:
                yield answer
    elif isinstance(found, Iterator):
        for answer in found:
            yield answer
    else:
        yield await found if isinstance(found, Awaitable) else found


def _checked(answer: Any, method: Method) -> JsonObject:
    """A handler's answer, if it is one of the method's. Raises ValueError."""
    found = answer.to_json() if isinstance(answer, Message) else dict(answer)
    if method.response is None:
        return found
    try:
        return method.response.model_validate(found).to_json()
    except ValidationError as error:
        raise ValueError(f"the handler's answer is none of {method.name}: {error}") from error
