"""Rows in the responses of standard methods: as fields of the message that the response has."""

from __future__ import annotations

from typing import Any

from .codec import drop_unknown_fields
from .descriptors import Descriptor, documented_fields, is_well_known
from .registry import Method
from .rows import Rows

JsonObject = dict[str, Any]


def response_with(
    method: Method, path: str, value: JsonObject | list[JsonObject], rows: Rows
) -> JsonObject:
    """Return a response with a row or rows at a field path, as the fields of the message there."""
    descriptor: Descriptor = method.response_proto.DESCRIPTOR
    for part in path.split("."):
        descriptor = documented_fields(descriptor)[part].message_type
    if isinstance(value, list):
        content: Any = [as_message(row, descriptor, rows) for row in value]
    else:
        content = as_message(value, descriptor, rows)
    response: JsonObject = {}
    set_at(response, path, content)
    return response


def set_at(message: JsonObject, path: str, value: Any) -> None:
    """Set the field at a path of a message."""
    *parents, last = path.split(".")
    for parent in parents:
        message = message.setdefault(parent, {})
    message[last] = value


def as_message(row: JsonObject, descriptor: Descriptor, rows: Rows) -> JsonObject:
    """Return the fields of a row that a message has, if it is not the resource's."""
    own = rows.resource.proto.DESCRIPTOR.full_name
    is_open = is_well_known(descriptor) and descriptor.fields
    if descriptor.full_name == own or is_open:
        return row
    fields = documented_fields(descriptor)
    known = {name: value for name, value in row.items() if name in fields}
    return dict(drop_unknown_fields(known, descriptor))
