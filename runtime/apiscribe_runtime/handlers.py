"""Handlers: functions of a project that implement methods.

    @implements("name.of.package.Service.method")
    async def method(request: MethodRequest, rows: Rows) -> MethodResponse: ...

    @implements("name.of.package.Service.other")
    async def other(request: OtherRequest, rows: Rows, call: Call) -> OtherResponse: ...

A handler, `async` or not, takes the request's model, the visible rows of the service's resource
(None if the service stores none), and the call, if it has a third parameter. It returns the
response's model or a JSON object. It may yield responses if the method streams them, and takes an
async iterator of requests if the method streams those. It replaces the server's implementation.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from .authentication import Caller
from .messages import Message
from .rows import Rows

JsonObject = dict[str, Any]
Answer = Message | Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Call:
    """The call of a handler.

    `method`: the full name of the method. `caller`: the rows of `caller.tenant` are visible, or all
    rows if that is None. `metadata`: gRPC metadata or HTTP headers; names in lower case, with `_`
    for `-`.

    `default`: a request → the response of the server without the handler, as a JSON object.
    `rows_of`: the full name of a service → the visible rows of its resource; raises LookupError if
    the service stores none.
    """

    method: str
    caller: Caller
    metadata: Mapping[str, str]
    default: Callable[[Message], Awaitable[JsonObject]]
    rows_of: Callable[[str], Rows]


HandlerResult = Awaitable[Answer] | Answer | AsyncIterator[Answer] | Iterator[Answer]
Handler = Callable[[Any, Any, Call], HandlerResult]
H = TypeVar("H", bound=Callable[[Any, Any], HandlerResult] | Handler)

METHODS_ATTRIBUTE = "__implements__"  # of a handler: the full names of its methods


def implements(method: str) -> Callable[[H], H]:
    """Return a decorator that makes a function the handler of a method (its full name)."""

    def mark(function: H) -> H:
        setattr(function, METHODS_ATTRIBUTE, (*getattr(function, METHODS_ATTRIBUTE, ()), method))
        return function

    return mark
