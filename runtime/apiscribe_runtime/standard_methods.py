"""Standard methods on stored rows (AIP-130 ff., and `stat`, `analyze`, `enable`, `disable`).

The registry says what each method does. For get, list, delete, stat, analyze, enable and disable,
each other field that request and resource share is a condition on the row. Fields that the resource
lacks have no effect.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import cache, partial
from typing import Any

from . import off_loop
from .analyze_query import as_statistics
from .descriptors import Descriptor, documented_fields
from .documented_rows import without_parents
from .elements import change_element
from .errors import ApiError
from .list_filters import selection
from .new_keys import add_with_new_key
from .page_links import link_pages
from .pages import find_page, page_facts
from .query import selected
from .registry import Method, StandardMethod
from .requests import (
    changed_fields,
    conditions,
    current_time,
    fixed_conditions,
    key_conditions,
    row_fields,
)
from .responses import as_message, response_with, set_at
from .rows import Rows

JsonObject = dict[str, Any]
Implementation = Callable[[Method, Rows, JsonObject], Awaitable[JsonObject]]


async def get(method: Method, rows: Rows, request: JsonObject) -> JsonObject:
    """Return a row, or the fields of it that the request selects."""
    standard = _standard(method)
    where = {name: value for name, value in request.items() if name != standard.selection}
    query = selection(request, standard, rows)
    return selected(await rows.get(key_conditions(rows, where)), query, rows.resource)


async def list_(method: Method, rows: Rows, request: JsonObject) -> JsonObject:
    """Return the rows that match, and their count before paging."""
    standard = _standard(method)
    if not standard.query:
        return await _list_page(method, rows, request)
    query = request.pop(standard.query, {})
    results, total = await rows.find(conditions(rows, request), query)
    if streams_rows(method):
        return {"results": results}
    fields = documented_fields(method.response_proto.DESCRIPTOR)
    response = response_with(method, standard.results, results, rows)
    if "total_count" in fields:
        response["total_count"] = total
    return response


async def _list_page(method: Method, rows: Rows, request: JsonObject) -> JsonObject:
    """Return the page of rows that the conventions of a list choose, with the facts on it."""
    standard, resource = _standard(method), rows.resource
    own = {*standard.unused, *standard.refused, *standard.filters, standard.selection}
    for part in filter(None, (standard.paging, standard.sorting)):
        own.update(value for value in vars(part).values() if isinstance(value, str))
    filters = {name: value for name, value in request.items() if name not in own}
    where = conditions(rows, filters)
    query = selection(request, standard, rows)
    page = await find_page(rows, where, request, standard)
    if streams_rows(method):
        return {"results": page.rows}
    shown = [selected(row, query, resource) for row in page.rows]
    response = response_with(method, standard.results, shown, rows)
    for path, value in page_facts(method, page, resource.key):
        set_at(response, path, value)
    for path, address in link_pages(method, page, resource.key):
        set_at(response, path, address)
    return response


async def create(method: Method, rows: Rows, request: JsonObject) -> JsonObject:
    """Store a new row with the fields of the request, a key and times, and return it."""
    resource = rows.resource
    request = {**_standard(method).values, **request}
    row = await off_loop.run(request, partial(row_fields, rows, request))
    is_new = not row.get(resource.key)
    state = _state_after("ENABLE", rows)
    if resource.state and state and resource.state not in row:
        row[resource.state] = state
    row.update(dict.fromkeys(filter(None, (resource.created, resource.updated)), current_time()))
    row.update((name, request[name]) for name in resource.parents if name in request)
    if is_new:
        await add_with_new_key(rows, row)
    else:
        await rows.add([row])
    return without_parents(rows.without_hidden_key(row), resource)


async def update(method: Method, rows: Rows, request: JsonObject) -> JsonObject:
    """Change the fields of a row that the request has, or that its mask lists, and return the row.
    A field in the mask without a value is removed.
    """
    request = {**request, **_standard(method).values}
    mask = request.pop(_standard(method).mask, None)
    if not mask:
        return await _change(method, rows, request, removed=set())
    paths = {path.strip().partition(".")[0] for path in mask.split(",")}
    fields = documented_fields(_row_descriptor(method))
    names = {name for name, f in fields.items() if {name, f.name, f.json_name, "*"} & paths}
    scope = fixed_conditions(rows, request, _standard(method).parents.values())
    kept = {name: value for name, value in request.items() if name in scope or name in names}
    return await _change(method, rows, kept, removed=names)


async def replace(method: Method, rows: Rows, request: JsonObject) -> JsonObject:
    """Replace the fields that requests can have, and return the row. Source: RFC 9110, PUT."""
    removed = set(documented_fields(_row_descriptor(method)))
    return await _change(method, rows, request, removed)


async def _change(method: Method, rows: Rows, request: JsonObject, removed: set[str]) -> JsonObject:
    """Change the fields of a row that the request has, without those that are `removed`."""
    parents = _standard(method).parents.values()
    scope = fixed_conditions(rows, request, parents)
    changes = {name: value for name, value in request.items() if name not in scope}
    resource = rows.resource
    removed = removed - {
        resource.key,
        resource.tenant,
        resource.created,
        resource.updated,
        *parents,
    }

    def change(row: JsonObject) -> JsonObject:
        kept = {name: value for name, value in row.items() if name not in removed}
        return {**kept, **changed_fields(rows, changes)}

    return await rows.change(scope, change, changes)


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


def _set_state(verb: str) -> Implementation:
    async def set_state(_: Method, rows: Rows, request: JsonObject) -> JsonObject:
        """Change the state of a row, and return the row."""
        state = {rows.resource.state: _state_after(verb, rows) or f"{verb}D"}
        return await rows.change(
            key_conditions(rows, request), lambda row: {**row, **changed_fields(rows, state)}
        )

    return set_state


async def delete(method: Method, rows: Rows, request: JsonObject) -> JsonObject:
    """Delete a row, or the rows with the keys that the request lists. The response is the example
    in the pages, with the key of the row, or empty.
    """
    if keys := _standard(method).keys:
        request[rows.resource.key] = request.pop(keys, None) or []
    await rows.delete(key_conditions(rows, request))
    key = rows.resource.key
    for example in method.response_examples:
        if isinstance(example, dict):
            return {**example, **({key: request[key]} if key in example else {})}
    return {}


async def stat(method: Method, rows: Rows, request: JsonObject) -> JsonObject:
    """Return the result of the request's StatisticsQuery."""
    query = request.pop(_standard(method).query, {})
    return await rows.stat(conditions(rows, request), query)


async def analyze(method: Method, rows: Rows, request: JsonObject) -> JsonObject:
    """Return the result of the request's AnalyzeQuery, with `more` if it has a page."""
    query = request.pop(_standard(method).query, {})
    statistics = as_statistics(query, rows.resource)
    results = (await rows.stat(conditions(rows, request), statistics))["results"]
    limit = (query.get("page") or {}).get("limit")
    if not limit:
        return {"results": results}
    return {"results": results[:limit], "more": len(results) > limit}


# Kind of a method → its implementation. Those in the first table return a row.
_ON_A_ROW: Mapping[str, Implementation] = {
    "get": get,
    "create": create,
    "update": update,
    "replace": replace,
    "set": set_,
    "enable": _set_state("ENABLE"),
    "disable": _set_state("DISABLE"),
    "add_element": change_element,
    "remove_element": change_element,
    "update_element": change_element,
}
_OTHERS: Mapping[str, Implementation] = {
    "list": list_,
    "delete": delete,
    "stat": stat,
    "analyze": analyze,
}


async def perform(method: Method, rows: Rows, request: JsonObject) -> JsonObject:
    """Return the response of a standard method. Raises ApiError."""
    standard, resource = _standard(method), rows.resource
    request = {name: value for name, value in request.items() if name not in standard.unused}
    if standard.row:
        request = {**(request.pop(standard.row, None) or {}), **request}
    for name in standard.parents.keys() & request.keys():
        field, value = standard.parents[name], request.pop(name)
        request[field] = str(value) if field in resource.parents else value
    if standard.key != resource.key and standard.key in request:
        request[resource.key] = request.pop(standard.key)
    if standard.kind in _OTHERS:
        return await _OTHERS[standard.kind](method, rows, request)
    row = await _ON_A_ROW[standard.kind](method, rows, request)
    if not standard.returned:
        return as_message(row, method.response_proto.DESCRIPTOR, rows)
    return response_with(method, standard.returned, row, rows)


def streams_rows(method: Method) -> bool:
    """Return whether a method is a `list` that streams the resource."""
    standard = method.standard
    return standard is not None and standard.kind == "list" and not standard.results


def _standard(method: Method) -> StandardMethod:
    assert method.standard is not None
    return method.standard


@cache
def _row_descriptor(method: Method) -> Descriptor:
    """Return the message with the fields of the row in a request: a field, or the request."""
    request, row = method.request_proto.DESCRIPTOR, _standard(method).row
    return documented_fields(request)[row].message_type if row else request


def _state_after(verb: str, rows: Rows) -> str:
    """Return the documented state after a method: `ENABLED` or `ENABLE`; empty without one."""
    fields = documented_fields(rows.resource.proto.DESCRIPTOR)
    field = fields.get(rows.resource.state)
    values = field.enum_type.values_by_name if field is not None and field.enum_type else {}
    return next((word for word in (f"{verb}D", verb) if word in values), "")
