"""Response bodies over HTTP, where they are not the JSON of protobuf."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from google.protobuf.descriptor import FieldDescriptor as _Kinds

from .descriptors import Descriptor, FieldDescriptor, documented_fields, is_map
from .registry import Method, Route

JsonObject = dict[str, Any]

_LONG = (_Kinds.CPPTYPE_INT64, _Kinds.CPPTYPE_UINT64)


def response_content(body: JsonObject, method: Method, route: Route) -> Any:
    """Return the content of a response: the body, or the field that the route makes the body."""
    if not route.response_body:
        return body
    field = documented_fields(method.response_proto.DESCRIPTOR)[route.response_body]
    return body.get(route.response_body, [] if field.is_repeated else None)


def with_numbers(body: JsonObject, descriptor: Descriptor) -> JsonObject:
    """Return a message in JSON with its 64-bit integers as numbers."""
    fields = _with_long(descriptor)
    return {
        name: _value(value, fields[name]) if name in fields else value
        for name, value in body.items()
    }


def _value(value: Any, field: FieldDescriptor) -> Any:
    if isinstance(value, list):
        return [_value(item, field) for item in value]
    if field.message_type is None:
        return int(value) if isinstance(value, str) else value
    if not isinstance(value, dict):
        return value
    if is_map(field):
        values = field.message_type.fields_by_name["value"]
        return {key: _value(entry, values) for key, entry in value.items()}
    return with_numbers(value, field.message_type)


@cache
def _with_long(descriptor: Descriptor) -> Mapping[str, FieldDescriptor]:
    """Return documented name → field, for those with 64-bit integers at any depth."""
    return {
        name: field for name, field in documented_fields(descriptor).items() if _has_long(field)
    }


def _has_long(field: FieldDescriptor) -> bool:
    pending, messages = [field], set()
    while pending:
        field = pending.pop()
        kind = field.message_type
        if kind is None and field.cpp_type in _LONG:
            return True
        if kind is not None and kind.full_name not in messages:
            messages.add(kind.full_name)
            pending += kind.fields
    return False
