"""HTTP requests → JSON objects, by the rules of google.api.http.

A request is the body, JSON or a form, then the query string (dotted names are field paths, repeated
parameters are lists, and brackets as in `a[b]` are dots), then the parameters of the path. A field
with two values must have the same value twice. The type of its field determines how a parameter is
parsed.
Source: google/api/http.proto.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .descriptors import (
    Descriptor,
    FieldDescriptor,
    documented_fields,
    is_map,
    lower_camel_names,
)
from .errors import ApiError, invalid_parameter, invalid_parameter_type
from .form_bodies import parse_pairs
from .forms import read_form
from .request_bodies import Body
from .strict_json import read_json

_BRACKETS = re.compile(r"\[([^\[\]]*)\]")
JsonObject = dict[str, Any]

# Messages that are not a string in JSON: a parameter would be ambiguous.
UNTYPED = ("google.protobuf.Struct", "google.protobuf.Value", "google.protobuf.ListValue")


def assemble_request(
    body: Body,
    query: bytes,
    in_path: Mapping[str, str],
    descriptor: Descriptor,
    max_depth: int,
    body_field: str = "",
) -> JsonObject:
    """Return the request of a body, a query string and the parameters of a path. The body is the
    value of `body_field`, or without one the request.

    Raises ApiError for an invalid part, and for a field with two different values.
    """
    request = _read_body(body, descriptor, max_depth, body_field)
    if not isinstance(request, dict):
        raise invalid_parameter_type("body", "object")
    for key, values in _parse_query(query).items():
        _set_parameter(request, key, values, descriptor, max_depth)
    for key, value in in_path.items():
        _set_parameter(request, key, [value], descriptor, max_depth)
    return request


def _read_body(body: Body, descriptor: Descriptor, max_depth: int, body_field: str) -> Any:
    """Return the JSON of a body as a request, or as a field of one."""
    if not body.content.strip():
        return {}
    if not body.form:
        content = read_json(body.content, max_depth)
    else:
        field = _field(descriptor, body_field)
        if body_field and (field is None or field.message_type is None or field.is_repeated):
            raise invalid_parameter_type("body", "JSON")
        kind = field.message_type if field else descriptor
        content = read_form(body.content, body.content_type, body.form, kind, max_depth)
    return {body_field: content} if body_field else content


def _parse_query(query: bytes) -> dict[str, list[str]]:
    """Return name of a parameter → its values, in order."""
    parameters: dict[str, list[str]] = {}
    for name, value in parse_pairs(query, "query string", "parameters"):
        parameters.setdefault(name, []).append(value)
    return parameters


def _set_parameter(
    message: JsonObject, key: str, values: list[str], descriptor: Descriptor, max_depth: int
) -> None:
    """Set the field of a parameter in a message. The key is a field path, also with brackets:
    `a[b]` is `a.b`, and `a[]` is an item of the list `a`.
    """
    *parents, last = _steps(key, descriptor)
    for parent in parents:
        parent = lower_camel_names(descriptor).get(parent, parent)
        field = _field(descriptor, parent)
        if field is None or field.message_type is None or (field.is_repeated and not is_map(field)):
            raise invalid_parameter(key, "no such field")
        _reject_untyped(key, field)
        if message.get(parent) is None:
            message[parent] = {}
        message, descriptor = message[parent], field.message_type
        if not isinstance(message, dict):
            raise invalid_parameter_type(key, "object")
    last = lower_camel_names(descriptor).get(last, last)
    field = _field(descriptor, last)
    value = _parse_values(key, values, field, max_depth)
    if message.get(last) is None:
        message[last] = value
    elif message[last] != value and str(message[last]) != value:
        raise invalid_parameter(key, "it has two different values")


def _steps(key: str, descriptor: Descriptor) -> list[str]:
    """Return the names on a field path. The name of a field may have dots and brackets itself."""
    if _field(descriptor, key):
        return [key]
    return _BRACKETS.sub(r".\1", key.removesuffix("[]")).split(".")


def _parse_values(
    key: str, values: list[str], field: FieldDescriptor | None, max_depth: int
) -> Any:
    """Return the value of a parameter; a list for a repeated field."""
    if field is None:
        return values[-1]
    _reject_untyped(key, field)
    parsed = [_parse_value(key, value, field, max_depth) for value in values]
    if field.is_repeated:
        return parsed
    if any(value != parsed[0] for value in parsed):
        raise invalid_parameter(key, "it has two different values")
    return parsed[0]


def _parse_value(key: str, value: str, field: FieldDescriptor, max_depth: int) -> Any:
    """Return the JSON value of one parameter. Items of a repeated message field are JSON texts."""
    if (kind := field.message_type) is not None:
        if kind.full_name.startswith("google.protobuf."):
            return value
        if not field.is_repeated:
            raise invalid_parameter(key, f"it is a message; set its fields, {key}.NAME")
        return _parse_object(key, value, max_depth)
    if field.type == field.TYPE_BOOL:
        # Python clients send True.
        return {"true": True, "false": False}.get(value.lower(), value)
    return value


def _parse_object(key: str, value: str, max_depth: int) -> Any:
    try:
        return read_json(value.encode(), max_depth)
    except ApiError as error:
        raise invalid_parameter(key, "an item of the list is not JSON") from error


def _reject_untyped(key: str, field: FieldDescriptor) -> None:
    kind = field.message_type
    if kind is not None and (is_map(field) or kind.full_name in UNTYPED):
        name = "map" if is_map(field) else kind.full_name.rpartition(".")[2]
        reason = f"a query string or a path cannot have a {name}; use a route that takes a body"
        raise invalid_parameter(key, reason)


def _field(descriptor: Descriptor, name: str) -> FieldDescriptor | None:
    return documented_fields(descriptor).get(name)
