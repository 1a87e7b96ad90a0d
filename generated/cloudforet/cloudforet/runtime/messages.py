"""What every generated model is made of: the base class and the types of its fields.

JSON is ProtoJSON with the documented names: 64-bit integers as strings, bytes in base64, times as
RFC 3339. Source: protobuf.dev/programming-guides/json.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    PlainSerializer,
    WithJsonSchema,
)

__all__ = [
    "Bytes",
    "ConfigDict",
    "Double",
    "Duration",
    "Empty",
    "Field",
    "Int32",
    "Int64",
    "JsonValue",
    "Message",
    "OpaqueMessage",
    "StrEnum",
    "Struct",
    "Timestamp",
    "Uint32",
    "Uint64",
]


class Message(BaseModel):
    """A message of protobuf. Fields keep their documented names in JSON."""

    model_config = ConfigDict(
        extra="forbid",
        populate_by_name=True,
        serialize_by_alias=True,
        protected_namespaces=(),
    )

    def to_json(self) -> dict[str, Any]:
        """The message as a JSON object, without the fields that are not set. Null is the lack of a
        value, but of a google.protobuf.Value it is one.
        """
        written: dict[str, Any] = _without_null(
            self, self.model_dump(mode="json", exclude_unset=True)
        )
        return written


class OpaqueMessage(Message):
    """A message whose fields no page lists: it takes every field and keeps it."""

    model_config = ConfigDict(extra="allow")


class Empty(Message):
    """google.protobuf.Empty."""


@cache
def _fields(model: type[Message]) -> Mapping[str, tuple[str, bool]]:
    """Documented name of a field → its name in Python, and whether null is a value of it."""
    return {
        field.alias or name: (name, JsonValue in get_args(field.annotation))
        for name, field in model.model_fields.items()
    }


def _without_null(value: Any, written: Any) -> Any:
    if isinstance(value, list):
        return [_without_null(*pair) for pair in zip(value, written, strict=True)]
    if not isinstance(value, Message):
        return written
    fields = _fields(type(value))
    found = {}
    for key, entry in written.items():
        # A field that no page lists has no name of its own in Python.
        name, takes_null = fields.get(key, (key, False))
        if entry is not None or takes_null:
            found[key] = _without_null(getattr(value, name), entry)
    return found


def _not_bool(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("a boolean is not a number")
    return value


def _in_utc(value: datetime) -> datetime:
    try:
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("the time is out of range") from error


def _rfc3339(value: datetime) -> str:
    parts = "microseconds" if value.microsecond % 1000 else "milliseconds"
    return value.isoformat(timespec=parts).replace("+00:00", "Z")


def _from_base64(value: object) -> object:
    """Bytes of a text, in either alphabet, with or without padding."""
    if not isinstance(value, str):
        return value
    text = value.replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except binascii.Error as error:
        raise ValueError("no base64") from error


def _to_base64(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _number(type_: str, format_: str, **limits: Any) -> WithJsonSchema:
    """What requests may have: a number, or its text."""
    pattern = r"^-?[0-9]+$" if type_ == "integer" else r"^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$"
    schema = {"type": [type_, "string"], "format": format_, "pattern": pattern, **limits}
    return WithJsonSchema(schema, mode="validation")


def _whole(format_: str, least: int, end: int) -> WithJsonSchema:
    return _number("integer", format_, minimum=least, exclusiveMaximum=end)


_NotBool = BeforeValidator(_not_bool)
_AsText = PlainSerializer(str, return_type=str, when_used="json")

Int32 = Annotated[int, Field(ge=-(2**31), lt=2**31), _NotBool, _whole("int32", -(2**31), 2**31)]
Uint32 = Annotated[int, Field(ge=0, lt=2**32), _NotBool, _whole("uint32", 0, 2**32)]
Int64 = Annotated[
    int, Field(ge=-(2**63), lt=2**63), _NotBool, _AsText, _whole("int64", -(2**63), 2**63)
]
Uint64 = Annotated[int, Field(ge=0, lt=2**64), _NotBool, _AsText, _whole("uint64", 0, 2**64)]
Double = Annotated[float, Field(allow_inf_nan=False), _NotBool, _number("number", "double")]

Bytes = Annotated[
    bytes,
    BeforeValidator(_from_base64),
    PlainSerializer(_to_base64, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "byte", "contentEncoding": "base64"}),
]
Timestamp = Annotated[
    datetime,
    AfterValidator(_in_utc),
    PlainSerializer(_rfc3339, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
Duration = Annotated[str, Field(pattern=r"^-?\d+(\.\d{1,9})?s$")]
Struct = dict[str, JsonValue]
