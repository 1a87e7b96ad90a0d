"""The base classes and field types of generated models.

Requests are strict. Answers are lenient for clients, because a server may be newer than the pages:
`model_validate` of messages that only responses have, and `from_response` of all messages, keep
unknown fields and unknown values of enums. The server checks what it sends with `checked`, and
constructors are always strict.

JSON is ProtoJSON with the documented names: 64-bit integers as strings, bytes in base64, times as
RFC 3339. Source: protobuf.dev/programming-guides/json.
"""

from __future__ import annotations

import base64
import binascii
import enum
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any, Self, cast, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    JsonValue,
    PlainSerializer,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WithJsonSchema,
)
from pydantic_core import CoreSchema, core_schema

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
    "ResponseMessage",
    "StrEnum",
    "Struct",
    "Timestamp",
    "Uint32",
    "Uint64",
]


_BUILDING = threading.RLock()
_LENIENT = "lenient"  # in the context of a validation


class StrEnum(enum.StrEnum):
    """An enum of a page. An unknown value in an answer is a member without a Python name; it equals
    its text.
    """

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: type[Any], handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Return the schema of an enum that knows lenient validation."""
        return core_schema.with_info_wrap_validator_function(cls._validate, handler(source))

    @classmethod
    def _validate(
        cls, value: Any, handler: ValidatorFunctionWrapHandler, info: ValidationInfo
    ) -> Any:
        try:
            return handler(value)
        except ValueError:
            if not isinstance(value, str) or not (info.context or {}).get(_LENIENT):
                raise
            member = str.__new__(cls, value)
            member._name_ = member._value_ = value
            return member


class Message(BaseModel):
    """A protobuf message. JSON has the documented names of its fields."""

    model_config = ConfigDict(
        extra="forbid",
        populate_by_name=True,
        serialize_by_alias=True,
        protected_namespaces=(),
        defer_build=True,  # until the first use: an API has more models than a program uses
    )

    @classmethod
    def model_rebuild(cls, **options: Any) -> bool | None:
        """Build the model, in one thread at a time: pydantic has a lock only from 2.14 on."""
        with _BUILDING:
            return super().model_rebuild(**options)

    @classmethod
    def from_response(cls, answer: Any) -> Self:
        """Parse an answer, an object or JSON text, and keep what the pages do not document: fields,
        as attributes with their names, and values of enums.
        """
        is_text = isinstance(answer, str | bytes | bytearray)
        parse = super().model_validate_json if is_text else super().model_validate
        return parse(answer, extra="allow", context={_LENIENT: True})

    @classmethod
    def checked(cls, value: Any) -> Self:
        """Parse a value strictly, also if only responses have the message."""
        return cast(Self, cls.__pydantic_validator__.validate_python(value))

    def to_json(self, *, plain_numbers: bool = False, nulls: bool = False) -> dict[str, Any]:
        """Return the message as a JSON object, without unset fields.

        Unless `nulls` are kept, a null counts as unset, except in a google.protobuf.Value. With
        `plain_numbers`, 64-bit integers are numbers and not texts.
        """
        dumped = self.model_dump(mode="json", exclude_unset=True)
        result: dict[str, Any] = _to_json(self, dumped, plain_numbers, nulls)
        return result


class ResponseMessage(Message):
    """A message that only responses have: `model_validate` is lenient, as `from_response`."""

    @classmethod
    def model_validate(cls, obj: Any, **options: Any) -> Self:
        """Parse an answer. The options are pydantic's; without any, it is `from_response`."""
        return super().model_validate(obj, **_lenient(options))

    @classmethod
    def model_validate_json(cls, json_data: str | bytes | bytearray, **options: Any) -> Self:
        """Parse the JSON text of an answer. The options are pydantic's."""
        return super().model_validate_json(json_data, **_lenient(options))


def _lenient(options: dict[str, Any]) -> dict[str, Any]:
    """Return options of a validation that keeps what is unknown, unless they state otherwise."""
    context = {_LENIENT: True, **(options.get("context") or {})}
    return {"extra": "allow", **options, "context": context}


class OpaqueMessage(Message):
    """A message without documented fields. It accepts and keeps every field."""

    model_config = ConfigDict(extra="allow")


class Empty(Message):
    """google.protobuf.Empty."""


@cache
def _fields(model: type[Message]) -> Mapping[str, tuple[str, bool, bool]]:
    """Return documented name of a field → its Python name, whether null is a value of it, and
    whether it can contain messages.
    """
    return {
        field.alias
        or name: (
            name,
            JsonValue in get_args(field.annotation),
            _contains_messages(field.annotation),
        )
        for name, field in model.model_fields.items()
    }


def _contains_messages(annotation: Any) -> bool:
    is_message = isinstance(annotation, type) and issubclass(annotation, Message)
    return is_message or any(map(_contains_messages, get_args(annotation)))


def _to_json(value: Any, dumped: Any, plain_numbers: bool, nulls: bool) -> Any:
    """Return dumped JSON in the form that `to_json` documents."""
    if isinstance(value, dict):
        pairs = zip(dumped, value.values(), strict=True)
        return {key: _to_json(entry, dumped[key], plain_numbers, nulls) for key, entry in pairs}
    if isinstance(value, list):
        return [_to_json(*pair, plain_numbers, nulls) for pair in zip(value, dumped, strict=True)]
    if not isinstance(value, Message):
        return value if plain_numbers and isinstance(value, int) else dumped
    fields = _fields(type(value))
    result = {}
    for key, entry in dumped.items():
        # An undocumented field has the same name in Python.
        name, takes_null, has_messages = fields.get(key, (key, False, True))
        if entry is None and not takes_null and not nulls:
            continue
        if has_messages or plain_numbers:
            entry = _to_json(getattr(value, name), entry, plain_numbers, nulls)
        result[key] = entry
    # pydantic writes unknown fields of opaque messages only.
    return {**value.model_extra, **result} if value.model_extra else result


def _reject_bool(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("a boolean is not a number")
    return value


def _to_utc(value: datetime) -> datetime:
    try:
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("the time is out of range") from error


def _to_rfc3339(value: datetime) -> str:
    parts = "microseconds" if value.microsecond % 1000 else "milliseconds"
    return value.isoformat(timespec=parts).replace("+00:00", "Z")


def _from_base64(value: object) -> object:
    """Decode a string in either base64 alphabet, with or without padding."""
    if not isinstance(value, str):
        return value
    text = value.replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error


def _to_base64(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _number(type_: str, format_: str, **limits: Any) -> WithJsonSchema:
    """Return the schema of a number in requests, which may be a string."""
    pattern = r"^-?[0-9]+$" if type_ == "integer" else r"^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$"
    schema = {"type": [type_, "string"], "format": format_, "pattern": pattern, **limits}
    return WithJsonSchema(schema, mode="validation")


def _integer(format_: str, minimum: int, end: int) -> WithJsonSchema:
    return _number("integer", format_, minimum=minimum, exclusiveMaximum=end)


_NotBool = BeforeValidator(_reject_bool)
_AsText = PlainSerializer(str, return_type=str, when_used="json")

Int32 = Annotated[int, Field(ge=-(2**31), lt=2**31), _NotBool, _integer("int32", -(2**31), 2**31)]
Uint32 = Annotated[int, Field(ge=0, lt=2**32), _NotBool, _integer("uint32", 0, 2**32)]
Int64 = Annotated[
    int, Field(ge=-(2**63), lt=2**63), _NotBool, _AsText, _integer("int64", -(2**63), 2**63)
]
Uint64 = Annotated[int, Field(ge=0, lt=2**64), _NotBool, _AsText, _integer("uint64", 0, 2**64)]
Double = Annotated[float, Field(allow_inf_nan=False), _NotBool, _number("number", "double")]

Bytes = Annotated[
    bytes,
    BeforeValidator(_from_base64),
    PlainSerializer(_to_base64, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "byte", "contentEncoding": "base64"}),
]
Timestamp = Annotated[
    datetime,
    AfterValidator(_to_utc),
    PlainSerializer(_to_rfc3339, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
Duration = Annotated[str, Field(pattern=r"^-?\d+(\.\d{1,9})?s$")]
Struct = dict[str, JsonValue]
