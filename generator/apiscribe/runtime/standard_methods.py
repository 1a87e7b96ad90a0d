"""Standard methods on stored rows (AIP-130 ff., and `stat`, `analyze`, `enable`, `disable`).

The name of a method and the shapes of its messages select its implementation. For get, list,
delete, stat, analyze, enable and disable, each other field that request and resource share is a
condition on the row. Fields that the resource lacks have no effect.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from typing import Any
from uuid import uuid4

from .analyze_query import as_statistics
from .custom_methods import changes_fields, element_method_of
from .descriptors import (
    Descriptor,
    documented_fields,
    documented_name,
    is_map,
)
from .errors import ApiError
from .query import check_only, selected
from .registry import Method, Resource, Service
from .requests import (
    changed_fields,
    conditions,
    current_time,
    key_and_tenant,
    key_conditions,
    row_fields,
)
from .rows import Rows

JsonObject = dict[str, Any]
StandardMethod = Callable[[Method, Rows, JsonObject], Awaitable[JsonObject]]


async def get(_: Method, rows: Rows, request: JsonObject) -> JsonObject:
    """Return a row, or the fields of it that `only` lists."""
    query = {"only": request.pop("only", None) or ()}
    check_only(query, rows.resource)
    return selected(await rows.get(key_conditions(rows, request)), query, rows.resource)


async def list_(method: Method, rows: Rows, request: JsonObject) -> JsonObject:
    """Return the rows that match, and their count before paging."""
    query = request.pop(query_field(method) or "", {})
    results, total = await rows.find(conditions(rows, request), query)
    if streams_rows(method, rows.resource):
        return {"results": results}
    response: JsonObject = {results_field(method) or "results": results}
    if "total_count" in _names(method.response_proto.DESCRIPTOR):
        response["total_count"] = total
    return response


async def create(_: Method, rows: Rows, request: JsonObject) -> JsonObject:
    """Store a new row with the fields of the request, a key and times, and return it."""
    resource = rows.resource
    row = row_fields(rows, request)
    if not row.get(resource.key):
        row[resource.key] = f"{resource.prefix or _prefix(resource.key)}-{uuid4().hex[:12]}"
    state = _state_after("ENABLE", rows)
    if resource.state and state and resource.state not in row:
        row[resource.state] = state
    row.update(dict.fromkeys(filter(None, (resource.created, resource.updated)), current_time()))
    await rows.add([row])
    return rows.without_hidden_key(row)


async def update(_: Method, rows: Rows, request: JsonObject) -> JsonObject:
    """Change the fields of a row that the request has, and return the row."""
    scope = key_and_tenant(rows, request)
    changes = {name: value for name, value in request.items() if name not in scope}
    return await rows.change(scope, lambda row: {**row, **changed_fields(rows, changes)})


async def set_(method: Method, rows: Rows, request: JsonObject) -> JsonObject:
    """Change a row, or create it, and return it."""
    last_error = None
    # Another request may create the row between `update` and `create`.
    for step in (update, create, update):
        try:
            return await step(method, rows, request)
        except ApiError as error:
            if error.code not in ("ERROR_NOT_FOUND", "ERROR_NOT_UNIQUE"):
                raise
            last_error = error
    assert last_error
    raise last_error


def _set_state(verb: str) -> StandardMethod:
    async def set_state(_: Method, rows: Rows, request: JsonObject) -> JsonObject:
        """Change the state of a row, and return the row."""
        state = {rows.resource.state: _state_after(verb, rows) or f"{verb}D"}
        return await rows.change(
            key_conditions(rows, request), lambda row: {**row, **changed_fields(rows, state)}
        )

    return set_state


async def delete(method: Method, rows: Rows, request: JsonObject) -> JsonObject:
    """Delete a row, or the rows with the keys that the request lists."""
    if keys := keys_field(method, rows.resource):
        request[rows.resource.key] = request.pop(keys, None) or []
    await rows.delete(key_conditions(rows, request))
    return {}


async def stat(method: Method, rows: Rows, request: JsonObject) -> JsonObject:
    """Return the result of the request's StatisticsQuery."""
    query = request.pop(query_field(method) or "", {})
    return await rows.stat(conditions(rows, request), query)


async def analyze(method: Method, rows: Rows, request: JsonObject) -> JsonObject:
    """Return the result of the request's AnalyzeQuery, with `more` if it has a page."""
    query = request.pop(query_field(method) or "", {})
    statistics = as_statistics(query, rows.resource)
    results = (await rows.stat(conditions(rows, request), statistics))["results"]
    limit = (query.get("page") or {}).get("limit")
    if not limit:
        return {"results": results}
    return {"results": results[:limit], "more": len(results) > limit}


_STANDARD_METHODS: Mapping[str, StandardMethod] = {
    "create": create,
    "register": create,
    "add": create,
    "set": set_,
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
    """Return the implementation of a method; None for a method of another shape.

    `get`, `create`, `update`, `enable` and `disable` return the resource, `list` a repeated field
    of it, `stat` and `analyze` take a query and return a Struct, `delete` returns nothing. Requests
    for one row have its key; for `delete`, a list of keys is possible. `add` is `create` without a
    key. Requests of `set` have only fields of the resource, and so have `set_…`, `change_…` and
    `update_…`, which are other names of `update`. A method that takes a stream is not a standard
    method. A response stream has one message, except for `list`, which may stream the resource.
    """
    resource = service.resource
    if resource is None or method.request_streams:
        return None
    implementation = _STANDARD_METHODS.get(method.name)
    if implementation is None:
        is_update = method.name.startswith(_UPDATES) and changes_fields(method, resource)
        return update if is_update else element_method_of(method, resource)
    response = method.response_proto.DESCRIPTOR
    returns_resource = response.full_name == resource.proto.DESCRIPTOR.full_name
    takes_key = resource.key in map(documented_name, method.request_proto.DESCRIPTOR.fields)
    match method.name:
        case "list":
            fits = streams_rows(method, resource) or results_field(method) is not None
        case "stat" | "analyze":
            fits = method.response is None and query_field(method) is not None
        case "delete" | "deregister":
            fits = takes_key or keys_field(method, resource) is not None
        case "add":
            fits = returns_resource and not takes_key
        case "set":
            fits = changes_fields(method, resource)
        case "enable" | "disable":
            fits = takes_key and bool(resource.state) and returns_resource
        case "create" | "register":
            fits = returns_resource
        case _:
            fits = takes_key and returns_resource
    return implementation if fits else None


@cache
def streams_rows(method: Method, resource: Resource) -> bool:
    """Return whether a method is a `list` that streams the resource."""
    is_resource = method.response_proto.DESCRIPTOR is resource.proto.DESCRIPTOR
    return method.name == "list" and method.response_streams and is_resource


@cache
def query_field(method: Method) -> str | None:
    """Return the name of the request's query field: a message with `filter` and `page`."""
    for field in method.request_proto.DESCRIPTOR.fields:
        if field.message_type and {"filter", "page"} <= _names(field.message_type):
            return documented_name(field)
    return None


@cache
def keys_field(method: Method, resource: Resource) -> str | None:
    """Return the name of the request's list of keys, if it lacks a single key: `notifications` or
    `notification_ids` for the key `notification_id`.
    """
    fields = documented_fields(method.request_proto.DESCRIPTOR)
    names = [f"{resource.key.removesuffix('_id')}s", f"{resource.key}s"]
    lists = [n for n in names if n in fields and fields[n].is_repeated]
    return lists[0] if lists and resource.key not in fields else None


@cache
def results_field(method: Method) -> str | None:
    """Return the name of the response's repeated message field."""
    for field in method.response_proto.DESCRIPTOR.fields:
        if field.is_repeated and field.message_type and not is_map(field):
            return documented_name(field)
    return None


@cache
def _names(descriptor: Descriptor) -> set[str]:
    return {field.name for field in descriptor.fields}


def _state_after(verb: str, rows: Rows) -> str:
    """Return the documented state after a method: `ENABLED` or `ENABLE`; empty without one."""
    fields = documented_fields(rows.resource.proto.DESCRIPTOR)
    field = fields.get(rows.resource.state)
    values = field.enum_type.values_by_name if field is not None and field.enum_type else {}
    return next((word for word in (f"{verb}D", verb) if word in values), "")


def _prefix(key: str) -> str:
    """Return the prefix of new keys: `job_task_id` → `job-task`."""
    return key.removesuffix("_id").replace("_", "-")
