"""Handlers: what a method does, written by the service's own people.

    @implements("name.of.package.Service.method")
    async def method(request: MethodRequest, rows: Rows) -> MethodResponse: ...

    @implements("name.of.package.Service.other")
    async def other(request: OtherRequest, rows: Rows, call: Call) -> OtherResponse: ...

A handler, `async` or not, takes the request's model, the rows of the service's resource that the
caller may see (None where it keeps none), and the call, if it has a place for that. It gives the
response's model, or a JSON object; it may yield them where the method streams answers, and takes an
async iterator of requests where it streams those. It comes before what the server does by itself.
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
    """The call that a handler answers.

    `method`: its full name. `caller`: who calls; their rows are those of `caller.tenant`, or all
    rows where that is None. `metadata`: that of gRPC, or the headers of HTTP; names in lower case,
    with `_` for `-`.

    `default`: a request → the answer that the server gives without the handler, as a JSON object.
    `rows_of`: the full name of a service → the rows of its resource that the caller may see; raises
    LookupError where the service keeps none.
    """

    method: str
    caller: Caller
    metadata: Mapping[str, str]
    default: Callable[[Message], Awaitable[JsonObject]]
    rows_of: Callable[[str], Rows]


Answered = Awaitable[Answer] | Answer | AsyncIterator[Answer] | Iterator[Answer]
Handler = Callable[[Any, Any, Call], Answered]
H = TypeVar("H", bound=Callable[[Any, Any], Answered] | Handler)

MARK = "__implements__"  # the attribute of a handler that holds the full names of its methods


def implements(method: str) -> Callable[[H], H]:
    """Make a function the handler of a method, given by its full name."""

    def mark(function: H) -> H:
        setattr(function, MARK, (*getattr(function, MARK, ()), method))
        return function

    return mark
