"""Facts about a running server, for the reference that it sends: who answers, and how rows are
reached over HTTP.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict
from typing import Any

from .descriptors import Descriptor, FieldDescriptor, documented_fields, is_map, is_required
from .protojson import ValueNames
from .registry import Api, Method, Resource, Route, Service
from .samples import required_values

JsonObject = dict[str, Any]

# The field of a parameter in a path.
_PARAMETER = re.compile(r"(?<=\{)[^{}=.]+")
_TEXTS = ("google.protobuf.Timestamp", "google.protobuf.Duration", "google.protobuf.FieldMask")


def server_facts(
    api: Api, handlers: Collection[str], grpc_address: str, needs_token: bool
) -> JsonObject:
    """Return the facts that the script of the reference reads. `handlers` are the full names of
    the methods that have one.
    """
    return {
        "grpc": grpc_address,
        "needs_token": needs_token,
        "answers": {
            f"{service.full_name}.{method.name}": _answers(service, method, handlers)
            for service in api.services
            for method in service.methods
        },
        "services": {
            service.full_name: _rows(api, service, service.resource)
            for service in api.services
            if service.resource
        },
    }


def _answers(service: Service, method: Method, handlers: Collection[str]) -> str:
    """Return what answers a method: `handler`, `itself`, `example` or `nothing`."""
    if f"{service.full_name}.{method.name}" in handlers:
        return "handler"
    if method.request_streams:
        return "nothing"
    if method.standard is not None and service.resource is not None:
        return "itself"
    return "example" if any(isinstance(e, dict) for e in method.response_examples) else "nothing"


def _rows(api: Api, service: Service, resource: Resource) -> JsonObject:
    fields = [*_fields(resource.proto.DESCRIPTOR, api.value_names)]
    if resource.hidden_key:
        fields.insert(0, {"name": resource.key, "kind": "text"})
    return {
        "key": resource.key,
        "tenant": resource.tenant,
        "identifying": resource.identifying,
        "fields": fields,
        "methods": [
            _method(method, api.value_names)
            for method in service.methods
            if method.standard and method.routes and not method.request_streams
        ],
    }


def _method(method: Method, value_names: ValueNames) -> JsonObject:
    """Return a standard method; attributes that are empty are left out."""
    standard = method.standard
    assert standard is not None
    descriptor = method.request_proto.DESCRIPTOR
    facts = {name: value for name, value in asdict(standard).items() if value}
    if standard.query:
        facts["query_fields"] = _query(documented_fields(descriptor)[standard.query].message_type)
    inside = documented_fields(descriptor)[standard.row].message_type if standard.row else None
    sample = required_values(method, value_names) if standard.kind == "list" else {}
    return {
        **facts,
        "name": method.name,
        "route": _route(method),
        "request": list(_fields(descriptor, value_names)),
        "row_fields": list(_fields(inside, value_names)) if inside else [],
        "sample": sample,
    }


def _route(method: Method) -> JsonObject:
    """Return the route for a browser, with documented names in its path. A route with a body can
    carry any query.
    """
    assert method.standard is not None
    with_body = [route for route in method.routes if route.verb in ("POST", "PUT", "PATCH")]
    route: Route = (with_body if method.standard.query and with_body else method.routes)[0]
    documented = {
        str(field.name): name
        for name, field in documented_fields(method.request_proto.DESCRIPTOR).items()
    }
    path = _PARAMETER.sub(lambda found: documented.get(found[0], found[0]), route.path)
    return {**asdict(route), "path": path}


def _query(query: Descriptor) -> JsonObject:
    """Return the form of a Query: whether its parts are lists, and the names in a filter."""
    parts: Mapping[str, FieldDescriptor] = documented_fields(query)
    filters = parts.get("filter")
    names = documented_fields(filters.message_type) if filters and filters.message_type else {}
    return {
        "filter": (
            [
                short if short in names else long
                for short, long in (("k", "key"), ("v", "value"), ("o", "operator"))
            ]
            if names
            else []
        ),
        "lists": [name for name, part in parts.items() if part.is_repeated],
        "parts": list(parts),
    }


def _fields(descriptor: Descriptor, value_names: ValueNames) -> Iterator[JsonObject]:
    for name, field in documented_fields(descriptor).items():
        fact: JsonObject = {"name": name, "kind": _kind(field)}
        if fact["kind"] == "enum":
            fact["values"] = _values(field, value_names)
        if is_required(field):
            fact["required"] = True
        yield fact


def _kind(field: FieldDescriptor) -> str:
    """Return the kind of a field's input: `text`, `number`, `boolean`, `enum` or `json`."""
    if is_map(field) or field.is_repeated:
        return "json"
    if field.message_type is not None:
        return "text" if field.message_type.full_name in _TEXTS else "json"
    if field.enum_type is not None:
        return "enum"
    if field.cpp_type == field.CPPTYPE_BOOL:
        return "boolean"
    return "text" if field.cpp_type == field.CPPTYPE_STRING else "number"


def _values(field: FieldDescriptor, value_names: ValueNames) -> list[str]:
    """Return the documented values of an enum, without the zero that means unset."""
    documented = {
        proto: name for name, proto in value_names.get(field.enum_type.full_name, {}).items()
    }
    values = field.enum_type.values
    return [
        documented.get(value.name, value.name)
        for value in values
        if value.number or not value.name.endswith("_UNSPECIFIED")
    ]
