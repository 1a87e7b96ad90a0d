"""Standard methods: what each method does with the rows of its service, decided here only.

The roles that names and routes give are checked against the shapes of the messages. A method that
takes a stream is not a standard method. A response stream has one message, except for `list`, which
may stream the resource.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from apiscribe.lower.inference import rule_name
from apiscribe.lower.method_shape import MethodShape
from apiscribe.lower.roles import Role, Roles, kinds_of_word, plurals, standard_name
from apiscribe.lower.rows_above import parent_fields
from apiscribe.lower.shapes import (
    EMPTY,
    Messages,
    alike,
    fields_of,
    is_part_of,
    items_path,
    lists_in,
)
from apiscribe.model.api import Field, Message, Method, Service
from apiscribe.model.resources import Resource, StandardMethod
from apiscribe.model.types import MessageRef

_MASK = "google.protobuf.FieldMask"


def decide_standard_methods(
    services: Mapping[str, Service], roles: Mapping[str, Roles], messages: Messages
) -> dict[str, Service]:
    """Return the services with the standard methods on their resources."""
    return {
        name: (
            replace(
                service,
                methods=tuple(
                    _decided(method, service, service.resource, roles[name], messages)
                    for method in service.methods
                ),
            )
            if service.resource
            else service
        )
        for name, service in services.items()
    }


def _decided(
    method: Method, service: Service, resource: Resource, roles: Roles, messages: Messages
) -> Method:
    if method.request_streams:
        return method
    shape = MethodShape(method, service, resource, roles, messages)
    role = roles.methods.get(method.name)
    standard, rule = None, ""
    if role is None:
        for function in (changed_fields, changed_element):
            if standard := function(shape):
                rule = rule_name(function)
                break
    elif role.rule == rule_name(standard_name):
        standard, rule = _named(shape, role), role.rule
    else:
        standard, rule = _routed(shape, role), role.rule
    if standard is None:
        return method
    return replace(method, standard=standard, provenance={**method.provenance, "standard": rule})


def _named(shape: MethodShape, role: Role) -> StandardMethod | None:
    """Return the standard method with a name that says it alone.

    `get`, `create`, `update`, `enable` and `disable` return the resource, `list` a repeated field
    of messages, `stat` and `analyze` take a query and return a Struct. Requests for one row have
    its key; for `delete`, a list of keys is possible. `add` is `create` without a key. Requests of
    `set` have only fields of the resource.
    """
    method, resource = shape.method, shape.resource
    takes_key = bool(shape.key)
    standard = StandardMethod(kind=role.kind, key=shape.key)
    match role.kind:
        case "list":
            return _listing(shape, streams=method.response_streams)
        case "stat" | "analyze":
            is_open = method.response.startswith("google.protobuf.") and method.response != EMPTY
            fits = is_open and bool(shape.query)
            standard = StandardMethod(kind=role.kind, query=shape.query)
        case "delete":
            fits = takes_key or bool(shape.keys)
            standard = StandardMethod(kind=role.kind, key=shape.key, keys=shape.keys)
        case "set":
            fits = shape.changes_fields and shape.returns_resource
        case "enable" | "disable":
            fits = takes_key and bool(resource.state) and shape.returns_resource
        case "create":
            fits = shape.returns_resource and not (method.name == "add" and takes_key)
        case _:
            fits = takes_key and shape.returns_resource
    return standard if fits else None


def _listing(shape: MethodShape, streams: bool) -> StandardMethod | None:
    if streams and shape.returns_resource:
        return StandardMethod(kind="list", query=shape.query)
    items = items_path(shape.messages.get(shape.method.response), shape.messages)
    return StandardMethod(kind="list", query=shape.query, results=items) if items else None


def _routed(shape: MethodShape, role: Role) -> StandardMethod | None:
    """Return the standard method that a route or a name with a noun gives.

    Parameters before the last one are keys of rows above, which the resource has or stores. `list`
    returns one repeated field of rows. Others return the row, some fields of it, or nothing, except
    `get`. A row in a request or response may be in a field of its own. Requests for one row have
    its key; requests to create or change rows have a field of the resource.
    """
    parents = parent_fields(role, shape.row, shape.resource.key, shape.resource.tenant)
    if not {*shape.row, *shape.resource.parents}.issuperset(parents.values()):
        return None
    standard = _on_route(shape, role)
    return replace(standard, parents=parents) if standard else None


def _on_route(shape: MethodShape, role: Role) -> StandardMethod | None:
    """Return the standard method without the rows above."""
    if role.kind == "list":
        lists = lists_in(shape.messages.get(shape.method.response), shape.messages)
        is_row = len(lists) == 1 and _is_row(shape.messages.get(lists[0][1].type.name), shape)
        streams = shape.method.response_streams
        return _listing(shape, streams) if is_row or streams else None
    if role.kind == "delete":
        return StandardMethod(kind="delete", key=shape.key) if shape.key else None
    returned = _returned(shape)
    if returned is None or (role.kind == "get" and shape.method.response == EMPTY):
        return None
    if role.kind == "get":
        fits = bool(shape.key)
        return StandardMethod(kind="get", key=shape.key, returned=returned) if fits else None
    if role.kind != "create" and not shape.key:
        return None
    row = _row_field(shape)
    fields = fields_of(shape.request[row].type.name, shape.messages) if row else shape.request
    fixed = {shape.key, *(name for name, _ in role.parents)}
    if not any(alike(f, shape.row.get(name)) for name, f in fields.items() if name not in fixed):
        return None
    masks = (name for name, f in shape.request.items() if f.type.name == _MASK)
    return StandardMethod(
        kind=role.kind, key=shape.key, row=row, mask=next(masks, ""), returned=returned
    )


def _is_row(message: Message | None, shape: MethodShape) -> bool:
    """Return whether a message is the resource, or has only fields of it, or is shown as it."""
    if message is None or message is shape.message:
        return message is not None
    return is_part_of(message, shape.message) or shown_row(message, shape)


def shown_row(message: Message, shape: MethodShape) -> bool:
    """Messages that are known from examples only are rows, if they have the key, and if two of
    three of their fields are fields of the row: examples leave fields out, and show null and empty
    lists for values of any type.
    """
    names = {field.json_name for field in message.fields}
    is_shown = message.incomplete and shape.message.incomplete
    return (
        is_shown
        and shape.resource.key in names & shape.row.keys()
        and (3 * len(names & shape.row.keys()) >= 2 * len(names))
    )


def _returned(shape: MethodShape) -> str | None:
    """Return the response's field with the row, "" if the response is the row or empty, or None."""
    response = shape.messages.get(shape.method.response)
    if shape.method.response == EMPTY or _is_row(response, shape):
        return ""
    fields = [
        field.json_name
        for field in (response.fields if response else ())
        if not field.repeated
        and isinstance(field.type, MessageRef)
        and _is_row(shape.messages.get(field.type.name), shape)
    ]
    return fields[0] if len(fields) == 1 else None


def _row_field(shape: MethodShape) -> str:
    """Return the request's field with the row, or "": a message with only fields of the resource,
    and no field of the resource itself.
    """
    fields = [
        name
        for name, field in shape.request.items()
        if not field.repeated
        and isinstance(field.type, MessageRef)
        and not alike(field, shape.row.get(name))
        and _is_row(shape.messages.get(field.type.name), shape)
    ]
    return fields[0] if len(fields) == 1 else ""


def changed_fields(shape: MethodShape) -> StandardMethod | None:
    """Methods named `set_…`, `change_…` or `update_…` update a row, if they return the resource,
    and if their requests have the key and otherwise only fields of the resource.
    """
    first, _, rest = shape.method.name.partition("_")
    named = bool(rest or shape.method.name.endswith("_")) and kinds_of_word("changes", first)
    if not named or not shape.returns_resource or not shape.changes_fields:
        return None
    return StandardMethod(kind="update", key=shape.key)


def changed_element(shape: MethodShape) -> StandardMethod | None:
    """Methods named `add_…`, `append_…`, `remove_…` or `update_…` change an element of a list of
    the resource, if they return the resource. The list has the name after the `_`, in the plural:
    `add_responder` adds to `responders`. Besides the key, a single field is the element of a list
    of scalars; for a list of messages, all fields are fields of the message. A scalar cannot be
    updated.
    """
    first, _, word = shape.method.name.partition("_")
    kinds = kinds_of_word("elements", first)
    if not kinds or not word or not shape.others or not shape.returns_resource:
        return None
    for name, field in shape.row.items():
        if name in plurals(word) and field.repeated and _is_element(shape, field):
            if kinds[0] == "update_element" and not isinstance(field.type, MessageRef):
                return None
            return StandardMethod(kind=kinds[0], key=shape.key, elements=name)
    return None


def _is_element(shape: MethodShape, elements: Field) -> bool:
    """Return whether a request has the fields of an element of a list."""
    others = shape.others
    if any(field.repeated for field in others.values()):
        return False
    if not isinstance(elements.type, MessageRef):
        return len(others) == 1 and all(f.type == elements.type for f in others.values())
    fields = fields_of(elements.type.name, shape.messages)
    return all(alike(field, fields.get(name)) for name, field in others.items())
