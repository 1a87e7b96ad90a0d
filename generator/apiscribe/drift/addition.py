"""Parts that a version has and the pages lack, with what is known of them, for suggestions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from apiscribe.drift.declarations import Declarations
from apiscribe.drift.pairing import Pairs
from apiscribe.lower.examples import shape_of
from apiscribe.model.api import Enum, Field, Method
from apiscribe.model.types import WELL_KNOWN, EnumRef, Map, MessageRef, Scalar

_ANY = "google.protobuf.Value"
_STRUCT = "google.protobuf.Struct"
# An example shows no size, and no limit of a number.
_WIDE = {"int32": "int64", "float": "double"}
# A sum of two types that one JSON type holds.
_NUMBERS = frozenset({"int64", "double"})
_INTEGER = re.compile(r"-?\d{1,18}")
_BOOLS = frozenset({"true", "false"})


@dataclass(frozen=True, kw_only=True)
class Addition:
    """A field, parameter, value, status or operation that a version has and the pages lack.

    `owner` is the full name of a message or enum on the pages, the operation of a status, or the
    full name of the method of an operation, empty if it has none yet. `type` is the type of a field
    by the names on the pages, empty if it is unknown. `response` is the type of an operation's
    answer, and `fields` are those of its request; both are empty if they are unknown.
    """

    part: Literal["field", "value", "status", "operation"]
    owner: str
    name: str
    type: str = ""
    repeated: bool = False
    required: bool | None = None
    values: tuple[str, ...] = ()
    in_query: bool = False
    response: str = ""
    fields: tuple[Addition, ...] = ()
    description: str = ""


def merged(one: Addition, other: Addition) -> Addition:
    """Return an addition with the type of both; null and an empty list show no type."""
    if one.type == other.type and one.repeated == other.repeated:
        return one
    if not one.type or not other.type:
        known = one if one.type else other
        return replace(known, repeated=one.repeated or other.repeated)
    if one.repeated != other.repeated:
        return replace(one, type=_ANY, repeated=False)
    return replace(one, type="double" if {one.type, other.type} == _NUMBERS else _ANY)


def field_of_json(owner: str, name: str, value: Any) -> Addition:
    """Return the field that a JSON value shows."""
    ((_, type_, repeated),) = shape_of([{name: value}])
    is_open = value is None or value == []
    shown = "" if is_open else _WIDE.get(type_, type_)
    return Addition(part="field", owner=owner, name=name, type=shown, repeated=repeated)


def parameter_of_text(owner: str, name: str, text: str) -> Addition:
    """Return the query parameter that a text shows."""
    type_ = "bool" if text in _BOOLS else "int64" if _INTEGER.fullmatch(text) else "string"
    return Addition(part="field", owner=owner, name=name, type=type_, in_query=True)


def merged_parameter(one: Addition, other: Addition) -> Addition:
    """Return a query parameter with the type of both: other texts than numbers are strings."""
    return one if one.type == other.type else replace(one, type="string")


def field_of_version(
    owner: str, field: Field, pairs: Pairs, enums: Mapping[str, Enum]
) -> tuple[Addition, ...]:
    """Return a field of a new version for a message on the pages; none if the pages have no name
    for its type. `enums` are those of the new version.
    """
    type_: str = ""
    values: tuple[str, ...] = ()
    match field.type:
        case Scalar(name=name):
            type_ = name
        case Map(value=Scalar()):
            type_ = field.type.name
        case Map():
            type_ = _STRUCT
        case EnumRef(name=name):
            type_ = _old_name(name, pairs.enums)
            if not type_ and name in enums:
                type_ = "string"
                values = tuple(value.json_name for value in enums[name].documented_values)
        case MessageRef(name=name):
            type_ = name if name in WELL_KNOWN else _old_name(name, pairs.messages)
    if not type_:
        return ()
    return (
        Addition(
            part="field",
            owner=owner,
            name=field.json_name,
            type=type_,
            repeated=field.repeated,
            required=field.required,
            values=values,
            in_query=field.location == "query",
            description=field.description,
        ),
    )


def operation_of_method(
    service: str, method: Method, pairs: Pairs, new: Declarations
) -> tuple[Addition, ...]:
    """Return a method of a new version for a service on the pages; none if it has no route, or the
    pages have no name for the type of a part.
    """
    owner, request = f"{service}.{method.name}", new.messages.get(method.request)
    is_known = method.response in WELL_KNOWN
    response = method.response if is_known else _old_name(method.response, pairs.messages)
    listed = request.fields if request else ()
    fields = [field_of_version(owner, field, pairs, new.enums) for field in listed]
    if not response or not all(fields):
        return ()
    return tuple(
        Addition(
            part="operation",
            owner=owner,
            name=f"{route.verb} {route.path}",
            response=response,
            fields=tuple(field for (field,) in fields),
        )
        for route in method.routes[:1]
    )


def _old_name(new: str, pairs: Mapping[str, str]) -> str:
    return next((old for old, name in pairs.items() if name == new), "")
