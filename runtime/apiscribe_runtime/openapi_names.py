"""The full names of the messages and enums in an OpenAPI document, as `x-apiscribe-name`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .descriptors import Descriptor, documented_fields, is_map

_NAME = "x-apiscribe-name"


def state_names(
    schemas: Mapping[str, dict[str, Any]], messages: Iterable[tuple[str, Descriptor]]
) -> set[str]:
    """Add its full name to the schema of each message, and of all that their fields refer to.
    Return the names of the enums that document no zero: all their values count as given.
    """
    without_zero = set()
    pending = list(messages)
    while pending:
        key, descriptor = pending.pop()
        schema = schemas.get(key, {_NAME: ""})
        # A Struct or a Value has the schema of any JSON value, which is no message.
        if _NAME in schema or "properties" not in schema:
            continue
        schema[_NAME] = descriptor.full_name
        for name, field in documented_fields(descriptor).items():
            of_values = field.message_type.fields_by_name["value"] if is_map(field) else field
            for reference in _references(schema["properties"].get(name)):
                if of_values.message_type is not None:
                    pending.append((reference, of_values.message_type))
                elif of_values.enum_type is not None and reference in schemas:
                    enum, listed = of_values.enum_type, schemas[reference]
                    listed[_NAME] = enum.full_name
                    if len(enum.values) > len(listed.get("enum", enum.values)):
                        without_zero.add(enum.full_name)
    return without_zero


def _references(part: Any) -> Iterator[str]:
    """Yield the schemas that a property refers to: itself, its items, values or alternatives."""
    if isinstance(part, dict):
        if "$ref" in part:
            yield part["$ref"].rpartition("/")[2]
        for value in part.values():
            yield from _references(value)
    elif isinstance(part, list):
        for value in part:
            yield from _references(value)
