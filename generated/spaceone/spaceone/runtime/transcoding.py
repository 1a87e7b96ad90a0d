"""A request of HTTP → the JSON object that the method is asked with.

It is put together as google.api.http has it: the body, then the query string (dots go into
messages, repeated parameters make lists), then the parameters of the path. What is said twice must
be the same. A parameter is text, and read by the type of its field. Source: google/api/http.proto.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from .codec import Descriptor, FieldDescriptor, documented_name
from .errors import ApiError, invalid_parameter, invalid_parameter_type, not_utf8
from .strict_json import read_json

JsonObject = dict[str, Any]

_MANY = 1000  # parameters in a query string
# Those that JSON has no text for; a parameter could be read in several ways.
UNTYPED = ("google.protobuf.Struct", "google.protobuf.Value", "google.protobuf.ListValue")


def put_together(
    body: bytes,
    query: bytes,
    in_path: Mapping[str, str],
    descriptor: Descriptor,
    max_depth: int,
) -> JsonObject:
    """The request that a body, a query string and the parameters of a path make.

    Raises ApiError for a part that cannot be read, and for parts that contradict each other.
    """
    given = read_json(body, max_depth) if body.strip() else {}
    if not isinstance(given, dict):
        raise invalid_parameter_type("body", "object")
    for key, values in _parameters(query).items():
        _put(given, key, values, descriptor, max_depth)
    for key, value in in_path.items():
        _put(given, key, [value], descriptor, max_depth)
    return given


def _parameters(query: bytes) -> dict[str, list[str]]:
    """Name of a parameter → its values, in order."""
    try:
        pairs = parse_qsl(
            query.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=_MANY,
        )
    except UnicodeError as error:
        raise not_utf8() from error
    except ValueError as error:
        raise invalid_parameter("query string", f"more than {_MANY} parameters") from error
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def _put(
    given: JsonObject, key: str, values: list[str], descriptor: Descriptor, max_depth: int
) -> None:
    """Put the values of one parameter at its dotted place."""
    *parents, last = key.split(".")
    for parent in parents:
        field = _field(descriptor, parent)
        if field is None or field.message_type is None or field.is_repeated:
            raise invalid_parameter(key, "no such field")
        _refuse_untyped(key, field)
        if given.get(parent) is None:
            given[parent] = {}
        given, descriptor = given[parent], field.message_type
        if not isinstance(given, dict):
            raise invalid_parameter_type(key, "object")
    field = _field(descriptor, last)
    value = _typed(key, values, field, max_depth)
    if given.get(last) is None:
        given[last] = value
    elif given[last] != value and str(given[last]) != value:
        raise invalid_parameter(key, "it is given twice, with two values")


def _typed(key: str, values: list[str], field: FieldDescriptor | None, max_depth: int) -> Any:
    """The value of a parameter; a list has one for each time that it is given."""
    if field is None:
        return values[-1]
    _refuse_untyped(key, field)
    typed = [_one(key, value, field, max_depth) for value in values]
    if field.is_repeated:
        return typed
    if any(value != typed[0] for value in typed):
        raise invalid_parameter(key, "it is given twice, with two values")
    return typed[0]


def _one(key: str, value: str, field: FieldDescriptor, max_depth: int) -> Any:
    """What JSON has no text for, as JSON. A message in a list can be given in no other way."""
    if (kind := field.message_type) is not None:
        if kind.full_name.startswith("google.protobuf."):
            return value
        if not field.is_repeated:
            raise invalid_parameter(key, f"a message: give its fields, {key}.NAME")
        return _object(key, value, max_depth)
    if field.type == field.TYPE_BOOL:
        # Python's clients write True.
        return {"true": True, "false": False}.get(value.lower(), value)
    return value


def _object(key: str, value: str, max_depth: int) -> Any:
    try:
        return read_json(value.encode(), max_depth)
    except ApiError as error:
        raise invalid_parameter(key, "an item of the list is not JSON") from error


def _refuse_untyped(key: str, field: FieldDescriptor) -> None:
    kind = field.message_type
    if kind is not None and kind.full_name in UNTYPED:
        name = kind.full_name.rpartition(".")[2]
        reason = f"a query string or a path cannot carry a {name}; use a route that takes a body"
        raise invalid_parameter(key, reason)


def _field(descriptor: Descriptor, name: str) -> FieldDescriptor | None:
    fields: Iterable[FieldDescriptor] = descriptor.fields
    return next((field for field in fields if documented_name(field) == name), None)
