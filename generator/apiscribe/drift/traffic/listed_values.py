"""The values that pages list for the parameters and fields of a request."""

from __future__ import annotations

from collections.abc import Iterator

from apiscribe.drift.declarations import Declarations
from apiscribe.drift.traffic.operations import Operation
from apiscribe.model.api import Enum, Field, Message

Place = tuple[str, str]


def listed_values(
    operation: Operation, declarations: Declarations
) -> dict[Place, tuple[Field, Enum]]:
    """Return the enums of the fields in the query and the body, by the place and the name.

    A text in a query that has the name of a field of the answers selects by it.
    """
    answered = {one.json_name: one for one in _answered_fields(operation, declarations)}
    result = {}
    places = (("query", operation.places.query), ("body", operation.places.body))
    for place, fields in places:
        for one in fields:
            enum = declarations.enums.get(one.type.name)
            same = answered.get(one.json_name) if place == "query" else None
            if same and one.type.name == "string":
                enum = declarations.enums.get(same.type.name)
            if enum:
                result[place, one.json_name] = (one, enum)
    return result


def values_of(enum: Enum) -> list[str]:
    """Return the documented values of an enum."""
    return [value.json_name for value in enum.documented_values]


def _answered_fields(operation: Operation, declarations: Declarations) -> Iterator[Field]:
    """Yield the fields of an answer, and those of the messages that it lists."""
    message: Message | None = declarations.messages.get(operation.method.response)
    for one in message.fields if message else ():
        yield one
        if one.repeated and (item := declarations.messages.get(one.type.name)):
            yield from item.fields
