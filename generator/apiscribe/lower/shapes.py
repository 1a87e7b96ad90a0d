"""Shapes: which fields messages have in common with the rows of a resource."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from apiscribe.model.api import Field, Message
from apiscribe.model.types import EnumRef, Map, MessageRef, Scalar, Type

Messages = Mapping[str, Message]
_PROTOBUF = "google.protobuf."
EMPTY = f"{_PROTOBUF}Empty"


def fields_of(name: str, messages: Messages) -> dict[str, Field]:
    """Return documented name → field of a message; none for a message of protobuf."""
    return {f.json_name: f for f in messages[name].fields} if name in messages else {}


def alike(field: Field, other: Field | None) -> bool:
    """Return whether two messages have the same field. Its enum or message may differ: a request
    may have fewer fields.
    """
    if other is None or field.repeated != other.repeated:
        return False
    return _alike_types(field.type, other.type)


def _alike_types(type_: Type, other: Type) -> bool:
    match type_:
        case Scalar():
            return type_ == other
        case EnumRef():
            return isinstance(other, EnumRef)
        case Map():
            return (
                isinstance(other, Map)
                and type_.key == other.key
                and _alike_types(type_.value, other.value)
            )
        case MessageRef():
            own = type_.name.startswith(_PROTOBUF) or other.name.startswith(_PROTOBUF)
            return type_ == other if own else isinstance(other, MessageRef)
        case _:
            assert_never(type_)


def is_part_of(message: Message, whole: Message) -> bool:
    """Return whether a message has fields, and only such as another message has."""
    fields = {field.json_name: field for field in whole.fields}
    return bool(message.fields) and all(
        alike(field, fields.get(field.json_name)) for field in message.fields
    )


def in_message(message: Message, messages: Messages) -> Message | None:
    """Return the message of the only field of a message, if it has such a field and no other."""
    fields = [field for field in message.fields if not field.repeated]
    if len(message.fields) != 1 or not fields or not isinstance(fields[0].type, MessageRef):
        return None
    return messages.get(fields[0].type.name)


def lists_in(message: Message | None, messages: Messages) -> list[tuple[str, Field]]:
    """Return the lists in a message, with their paths: its own, else those of its messages, as in
    `{"data": {"results": [], "total": 0}}`.
    """
    fields = message.fields if message else ()
    if lists := [(field.json_name, field) for field in fields if field.repeated]:
        return lists
    return [
        (f"{field.json_name}.{name}", inner)
        for field in fields
        if isinstance(field.type, MessageRef)
        for name, inner in fields_of(field.type.name, messages).items()
        if inner.repeated
    ]


def items_path(message: Message | None, messages: Messages) -> str:
    """Return the path of the first list of messages in a message, or ""."""
    lists = lists_in(message, messages)
    return next((path for path, field in lists if isinstance(field.type, MessageRef)), "")
