"""What the server does by itself: get, list, delete and stat, on stored rows.

A method has one of these by its name and the shapes of its messages. Every other field that a
request gives is a condition: a row must have that value.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from .catalog import Method, Service
from .errors import required_parameter
from .query import check_key
from .rows import Rows
from .wire import Descriptor, documented_name

JsonObject = dict[str, Any]
Behaviour = Callable[[Method, Rows, JsonObject], Awaitable[JsonObject]]


async def get(_: Method, rows: Rows, request: JsonObject) -> JsonObject:
    """The row that the request names; with `only`, those fields of it."""
    only = request.pop("only", None)
    for name in only or ():
        check_key(name, rows.resource)
    found = await rows.get(_named(rows, request))
    return {key: value for key, value in found.items() if key in only} if only else found


async def list_(method: Method, rows: Rows, request: JsonObject) -> JsonObject:
    """The rows that the request asks for, and how many there are before paging."""
    asked = request.pop(query_field(method) or "", {})
    found, total = await rows.find(request, asked)
    answer: JsonObject = {results_field(method) or "results": found}
    if "total_count" in _names(method.response_proto.DESCRIPTOR):
        answer["total_count"] = total
    return answer


async def delete(_: Method, rows: Rows, request: JsonObject) -> JsonObject:
    """Nothing; the row that the request names is gone."""
    await rows.delete(_named(rows, request))
    return {}


async def stat(method: Method, rows: Rows, request: JsonObject) -> JsonObject:
    """What the request's StatisticsQuery counts and groups."""
    asked = request.pop(query_field(method) or "", {})
    return await rows.stat(request, asked)


_BEHAVIOURS: Mapping[str, Behaviour] = {"get": get, "list": list_, "delete": delete, "stat": stat}


def behaviour_of(service: Service, method: Method) -> Behaviour | None:
    """What the server does for a method, or None where its shape does not tell.

    `get` gives the resource, `list` repeats it, `stat` gives a Struct and takes a query.
    """
    found = _BEHAVIOURS.get(method.name)
    if service.resource is None or found is None:
        return None
    resource = service.resource.proto.DESCRIPTOR.full_name
    fits = {
        "get": method.response_proto.DESCRIPTOR.full_name == resource,
        "list": results_field(method) is not None,
        "stat": method.response is None and query_field(method) is not None,
        "delete": True,
    }
    return found if fits[method.name] else None


def query_field(method: Method) -> str | None:
    """The field of a request that holds the query: a message with `filter` and `page`."""
    for field in method.request_proto.DESCRIPTOR.fields:
        if field.message_type and {"filter", "page"} <= _names(field.message_type):
            return documented_name(field)
    return None


def results_field(method: Method) -> str | None:
    """The field of a response that repeats messages."""
    for field in method.response_proto.DESCRIPTOR.fields:
        if field.is_repeated and field.message_type:
            return documented_name(field)
    return None


def _names(descriptor: Descriptor) -> set[str]:
    return {field.name for field in descriptor.fields}


def _named(rows: Rows, request: JsonObject) -> JsonObject:
    """The request, if it names a row; without the key it would mean any."""
    if rows.resource.key not in request:
        raise required_parameter(rows.resource.key)
    return request
