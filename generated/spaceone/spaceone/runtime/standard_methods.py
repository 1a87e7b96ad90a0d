"""What the server does by itself, on stored rows: the verbs that services share.

A method has one of these by its name and the shapes of its messages. Every other field that a
request gives and the resource has is a condition (get, list, delete, stat, analyze, enable,
disable): a row must have that value. What the resource lacks, no row can be asked for.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from typing import Any
from uuid import uuid4

from .analyze_query import as_statistics
from .codec import Descriptor, documented_fields, documented_name
from .custom_methods import changes_fields, part_of
from .errors import ApiError
from .query import check_only, selected
from .registry import Method, Resource, Service
from .requests import conditions, given, naming, now, row_of, touched
from .rows import Rows

JsonObject = dict[str, Any]
StandardMethod = Callable[[Method, Rows, JsonObject], Awaitable[JsonObject]]


async def get(_: Method, rows: Rows, request: JsonObject) -> JsonObject:
    """The row that the request names; with `only`, those fields of it."""
    asked = {"only": request.pop("only", None) or ()}
    check_only(asked, rows.resource)
    return selected(await rows.get(naming(rows, request)), asked, rows.resource)


async def list_(method: Method, rows: Rows, request: JsonObject) -> JsonObject:
    """The rows that the request asks for, and how many there are before paging."""
    asked = request.pop(query_field(method) or "", {})
    found, total = await rows.find(conditions(rows, request), asked)
    if streams_rows(method, rows.resource):
        return {"results": found}
    answer: JsonObject = {results_field(method) or "results": found}
    if "total_count" in _names(method.response_proto.DESCRIPTOR):
        answer["total_count"] = total
    return answer


async def create(_: Method, rows: Rows, request: JsonObject) -> JsonObject:
    """The new row: what the request gives and the resource has, with a key and times of its own."""
    resource = rows.resource
    row = given(rows, request)
    if not row.get(resource.key):
        row[resource.key] = f"{resource.prefix or _prefix(resource.key)}-{uuid4().hex[:12]}"
    first = _state_after("ENABLE", rows)
    if resource.state and first and resource.state not in row:
        row[resource.state] = first
    row.update(dict.fromkeys(filter(None, (resource.created, resource.updated)), now()))
    await rows.add([row])
    return rows.shown(row)


async def update(_: Method, rows: Rows, request: JsonObject) -> JsonObject:
    """The row that the request names, with what else the request gives; the rest stays."""
    scope = row_of(rows, request)
    changes = {name: value for name, value in request.items() if name not in scope}
    return await rows.change(scope, lambda row: {**row, **touched(rows, changes)})


async def put(method: Method, rows: Rows, request: JsonObject) -> JsonObject:
    """The row that the request names, changed; a new one where there is none."""
    refused = None
    # The row may be made by another call, after it was looked for.
    for step in (update, create, update):
        try:
            return await step(method, rows, request)
        except ApiError as error:
            if error.code not in ("ERROR_NOT_FOUND", "ERROR_NOT_UNIQUE"):
                raise
            refused = error
    assert refused
    raise refused


def _set_state(verb: str) -> StandardMethod:
    async def set_state(_: Method, rows: Rows, request: JsonObject) -> JsonObject:
        """The row that the request names, in another state."""
        state = {rows.resource.state: _state_after(verb, rows) or f"{verb}D"}
        return await rows.change(naming(rows, request), lambda row: {**row, **touched(rows, state)})

    return set_state


async def delete(method: Method, rows: Rows, request: JsonObject) -> JsonObject:
    """Nothing; the row that the request names is gone, or those of the keys that it lists."""
    if listed := keys_field(method, rows.resource):
        request[rows.resource.key] = request.pop(listed, None) or []
    await rows.delete(naming(rows, request))
    return {}


async def stat(method: Method, rows: Rows, request: JsonObject) -> JsonObject:
    """What the request's StatisticsQuery counts and groups."""
    asked = request.pop(query_field(method) or "", {})
    return await rows.stat(conditions(rows, request), asked)


async def analyze(method: Method, rows: Rows, request: JsonObject) -> JsonObject:
    """The figures that the request's AnalyzeQuery asks for; with a page, whether there are more."""
    asked = request.pop(query_field(method) or "", {})
    statistics = as_statistics(asked, rows.resource)
    results = (await rows.stat(conditions(rows, request), statistics))["results"]
    limit = (asked.get("page") or {}).get("limit")
    if not limit:
        return {"results": results}
    return {"results": results[:limit], "more": len(results) > limit}


_BEHAVIOURS: Mapping[str, StandardMethod] = {
    "create": create,
    "register": create,
    "add": create,
    "set": put,
    "update": update,
    "enable": _set_state("ENABLE"),
    "disable": _set_state("DISABLE"),
    "delete": delete,
    "deregister": delete,
    "get": get,
    "list": list_,
    "stat": stat,
    "analyze": analyze,
}


_UPDATES = ("set_", "change_", "update_")


@cache
def standard_method_of(service: Service, method: Method) -> StandardMethod | None:
    """What the server does for a method, or None where its shape does not tell.

    `get`, `create`, `update`, `enable` and `disable` give the resource, `list` repeats it, `stat`
    and `analyze` give a Struct and take a query, `delete` gives nothing. What works on one row
    takes its key, or, to delete, a list of keys. `add` is `create` where no key is given; `set`
    takes nothing but what the resource has, and so do `set_…`, `change_…` and `update_…`, which
    are `update` under other names. What takes a stream is none; what answers with one gives one
    message, but for `list`: it may stream the resource itself.
    """
    resource = service.resource
    if resource is None or method.request_streams:
        return None
    found = _BEHAVIOURS.get(method.name)
    if found is None:
        is_update = method.name.startswith(_UPDATES) and changes_fields(method, resource)
        return update if is_update else part_of(method, resource)
    answer = method.response_proto.DESCRIPTOR
    gives_resource = answer.full_name == resource.proto.DESCRIPTOR.full_name
    takes_key = resource.key in map(documented_name, method.request_proto.DESCRIPTOR.fields)
    match method.name:
        case "list":
            fits = streams_rows(method, resource) or results_field(method) is not None
        case "stat" | "analyze":
            fits = method.response is None and query_field(method) is not None
        case "delete" | "deregister":
            fits = takes_key or keys_field(method, resource) is not None
        case "add":
            fits = gives_resource and not takes_key
        case "set":
            fits = changes_fields(method, resource)
        case "enable" | "disable":
            fits = takes_key and bool(resource.state) and gives_resource
        case "create" | "register":
            fits = gives_resource
        case _:
            fits = takes_key and gives_resource
    return found if fits else None


@cache
def streams_rows(method: Method, resource: Resource) -> bool:
    """Whether a method gives its rows one by one: `list`, with a stream of the resource."""
    is_resource = method.response_proto.DESCRIPTOR is resource.proto.DESCRIPTOR
    return method.name == "list" and method.response_streams and is_resource


@cache
def query_field(method: Method) -> str | None:
    """The field of a request that holds the query: a message with `filter` and `page`."""
    for field in method.request_proto.DESCRIPTOR.fields:
        if field.message_type and {"filter", "page"} <= _names(field.message_type):
            return documented_name(field)
    return None


@cache
def keys_field(method: Method, resource: Resource) -> str | None:
    """The field of a request that lists keys instead of naming one: `notifications`, or
    `notification_ids`, where the key is `notification_id`.
    """
    fields = documented_fields(method.request_proto.DESCRIPTOR)
    named = [f"{resource.key.removesuffix('_id')}s", f"{resource.key}s"]
    is_list = [n for n in named if n in fields and fields[n].is_repeated]
    return is_list[0] if is_list and resource.key not in fields else None


@cache
def results_field(method: Method) -> str | None:
    """The field of a response that repeats messages."""
    for field in method.response_proto.DESCRIPTOR.fields:
        if field.is_repeated and field.message_type:
            return documented_name(field)
    return None


@cache
def _names(descriptor: Descriptor) -> set[str]:
    return {field.name for field in descriptor.fields}


def _state_after(verb: str, rows: Rows) -> str:
    """The value of the state that the pages list for a verb: `ENABLED` or `ENABLE`; else empty."""
    fields = documented_fields(rows.resource.proto.DESCRIPTOR)
    field = fields.get(rows.resource.state)
    values = field.enum_type.values_by_name if field is not None and field.enum_type else {}
    return next((word for word in (f"{verb}D", verb) if word in values), "")


def _prefix(key: str) -> str:
    """`job_task_id` → `job-task`."""
    return key.removesuffix("_id").replace("_", "-")
