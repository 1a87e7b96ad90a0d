"""What every generated model is made of: the base class and the types of its fields.

JSON is ProtoJSON with the documented names: 64-bit integers as strings, bytes in base64, times as
RFC 3339. Source: protobuf.dev/programming-guides/json.
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    PlainSerializer,
)

__all__ = [
    "ConfigDict",
    "Double",
    "Duration",
    "Empty",
    "Field",
    "Int32",
    "Int64",
    "JsonValue",
    "Message",
    "OpenMessage",
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
        ser_json_bytes="base64",
        val_json_bytes="base64",
    )

    def to_json(self) -> dict[str, Any]:
        """The message as a JSON object, without the fields that are not set."""
        return self.model_dump(mode="json", exclude_unset=True, exclude_none=True)


class OpenMessage(Message):
    """A message whose fields no page lists: it takes every field and keeps it."""

    model_config = ConfigDict(extra="allow")


class Empty(Message):
    """google.protobuf.Empty."""


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


_Number = BeforeValidator(_not_bool)
_AsText = PlainSerializer(str, return_type=str, when_used="json")

Int32 = Annotated[int, _Number, Field(ge=-(2**31), lt=2**31)]
Uint32 = Annotated[int, _Number, Field(ge=0, lt=2**32)]
Int64 = Annotated[int, _Number, Field(ge=-(2**63), lt=2**63), _AsText]
Uint64 = Annotated[int, _Number, Field(ge=0, lt=2**64), _AsText]
Double = Annotated[float, _Number, Field(allow_inf_nan=False)]

Timestamp = Annotated[
    datetime,
    AfterValidator(_in_utc),
    PlainSerializer(_rfc3339, return_type=str, when_used="json"),
]
Duration = Annotated[str, Field(pattern=r"^-?\d+(\.\d{1,9})?s$")]
Struct = dict[str, JsonValue]
