"""Check JSON values against messages: find the values in examples that a message does not allow.

The rules are ProtoJSON's (protobuf.dev/programming-guides/json), with documented names. null means
no value, and a placeholder means any value.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from typing import Any, Literal

from apiscribe.lower.lenient_json import is_placeholder
from apiscribe.model.api import Api, Enum, Field, Message

ViolationKind = Literal["unknown field", "wrong type", "missing field"]
_LONGEST_SHOWN = 40

_INTEGER = re.compile(r"-?\d{1,20}")
_DURATION = re.compile(r"-?\d{1,9}(?:\.\d{1,9})?s")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT")


@dataclass(frozen=True)
class Violation:
    """A part of an example that its message does not allow.

    `path` is its JSON path, `key` the last name in it. An unknown field has its message as `owner`,
    with its `known` fields; a wrong type has the `expected` and the `actual` value.
    """

    kind: ViolationKind
    path: str
    key: str
    owner: str = ""
    known: Collection[str] = ()
    expected: str = ""
    actual: str = ""

    @property
    def place(self) -> str:
        """The path without list indexes; violations with the same one have one cause."""
        return re.sub(r"\[\d+\]", "[]", self.path)


class Conformance:
    """Compares JSON values with the messages of an Api.

    A `strict` comparison accepts neither placeholders nor null in lists, like the models.
    """

    def __init__(self, api: Api, strict: bool = False) -> None:
        self._strict = strict
        self._messages = {message.full_name: message for _, message in api.messages()}
        self._enums = {enum.full_name: enum for file in api.files for enum in file.all_enums()}

    def message_violations(self, value: Any, full_name: str) -> list[Violation]:
        """Return the violations in an example of a message, which may omit fields."""
        message = self._messages.get(full_name)
        return list(self._message(value, message, "$", "")) if message else []

    def request_violations(self, value: Any, full_name: str) -> list[Violation]:
        """Return the violations in an example of a request, which must have all required fields."""
        violations = self.message_violations(value, full_name)
        message = self._messages.get(full_name)
        if message and isinstance(value, dict):
            violations += [
                Violation("missing field", "$", field.json_name)
                for field in message.fields
                if field.required and field.json_name not in value
            ]
        return violations

    def without_null_lists(self, value: Any, full_name: str) -> Any:
        """Return a value without null for lists, which ProtoJSON reads as the empty list and models
        do not.
        """
        message = self._messages.get(full_name)
        if not message or not isinstance(value, dict):
            return value
        fields = {field.json_name: field for field in message.fields}
        result = {}
        for name, entry in value.items():
            field = fields.get(name)
            if field is None:
                result[name] = entry
            elif isinstance(entry, list):
                inner = [self.without_null_lists(item, field.type.name) for item in entry]
                result[name] = inner
            elif entry is not None or not field.repeated:
                result[name] = self.without_null_lists(entry, field.type.name)
        return result

    def _message(self, value: Any, message: Message, path: str, key: str) -> Iterator[Violation]:
        if not isinstance(value, dict):
            yield _wrong(path, key, f"an object ({message.name})", value)
            return
        fields = {field.json_name: field for field in message.fields}
        for name, entry in value.items():
            if field := fields.get(name):
                yield from self._field(entry, field, f"{path}.{name}")
            elif not message.incomplete:
                owner, known = message.name, tuple(fields)
                yield Violation("unknown field", f"{path}.{name}", name, owner=owner, known=known)

    def _field(self, value: Any, field: Field, path: str) -> Iterator[Violation]:
        if not field.repeated:
            yield from self._single(value, field, path)
        elif isinstance(value, list):
            for index, item in enumerate(value):
                if item is None and self._strict:
                    yield _wrong(f"{path}[{index}]", field.json_name, "a value", item)
                yield from self._single(item, field, f"{path}[{index}]")
        elif value is not None and not self._is_wildcard(value):
            yield _wrong(path, field.json_name, "a list", value)

    def _is_wildcard(self, value: Any) -> bool:
        return not self._strict and is_placeholder(value)

    def _single(self, value: Any, field: Field, path: str) -> Iterator[Violation]:
        if value is None or self._is_wildcard(value):
            return
        if message := self._messages.get(field.type.name):
            yield from self._message(value, message, path, field.json_name)
        elif enum := self._enums.get(field.type.name):
            if not is_value_of(value, enum):
                wanted = " or ".join(each.json_name for each in enum.documented_values[:4])
                yield _wrong(path, field.json_name, wanted or "the name of an enum value", value)
        else:
            wanted, accepts = json_kind(field.type.name)
            if not accepts(value):
                yield _wrong(path, field.json_name, wanted, value)


def _wrong(path: str, key: str, wanted: str, value: Any) -> Violation:
    shown = _NAMES.get(type(value)) or json.dumps(value, ensure_ascii=False)
    if len(shown) > _LONGEST_SHOWN:
        shown = f"{shown[:_LONGEST_SHOWN]}…"
    return Violation("wrong type", path, key, expected=wanted, actual=shown)


_NAMES: Mapping[type, str] = {list: "a list", dict: "an object"}


def json_kind(type_name: str) -> tuple[str, Callable[[Any], bool]]:
    """Return a description of a type's JSON, and a check for it; any JSON for unknown types."""
    return _KINDS.get(type_name, ("", _anything))


def is_value_of(value: Any, enum: Enum) -> bool:
    """Return whether a JSON value is one of an enum: a documented name, or a number."""
    names = {item.json_name for item in enum.documented_values}
    numbers = {item.number for item in enum.documented_values}
    if isinstance(value, str):
        return enum.incomplete or value in names
    return isinstance(value, int) and not isinstance(value, bool) and value in numbers


def _anything(_: Any) -> bool:
    return True


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


def _is_list(value: Any) -> bool:
    return isinstance(value, list)


def _is_bool(value: Any) -> bool:
    return isinstance(value, bool)


def _is_base64(value: Any) -> bool:
    try:
        return isinstance(value, str) and base64.b64decode(value, validate=True) is not None
    except ValueError:
        return False


def _is_empty(value: Any) -> bool:
    return isinstance(value, dict) and not value


def _integer_of(bits: int, signed: bool) -> Callable[[Any], bool]:
    """Return a function that checks for an integer of this size."""
    least = -(2 ** (bits - 1)) if signed else 0
    most = 2 ** (bits - signed) - 1

    def accepts(value: Any) -> bool:
        if isinstance(value, str):
            return _INTEGER.fullmatch(value) is not None and least <= int(value) <= most
        whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
        return whole and not isinstance(value, bool) and bool(least <= value <= most)

    return accepts


def _is_number(value: Any) -> bool:
    if isinstance(value, str):
        try:
            return isfinite(float(value))
        except ValueError:
            return False
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_time(value: Any) -> bool:
    try:
        text = isinstance(value, str) and _TIME.match(value)
        return bool(text and datetime.fromisoformat(value))
    except ValueError:
        return False


def _is_duration(value: Any) -> bool:
    return isinstance(value, str) and _DURATION.fullmatch(value) is not None


# Type → a description of its values, and a check for them; other types accept any value.
_INT32, _UINT32 = _integer_of(32, signed=True), _integer_of(32, signed=False)
_INT64, _UINT64 = _integer_of(64, signed=True), _integer_of(64, signed=False)
_KINDS: Mapping[str, tuple[str, Callable[[Any], bool]]] = {
    "string": ("a string", _is_text),
    "bytes": ("a base64 string", _is_base64),
    "bool": ("true or false", _is_bool),
    "double": ("a number", _is_number),
    "float": ("a number", _is_number),
    **dict.fromkeys(("int32", "sint32", "sfixed32"), ("a 32-bit integer", _INT32)),
    **dict.fromkeys(("uint32", "fixed32"), ("an unsigned 32-bit integer", _UINT32)),
    **dict.fromkeys(("int64", "sint64", "sfixed64"), ("a 64-bit integer", _INT64)),
    **dict.fromkeys(("uint64", "fixed64"), ("an unsigned 64-bit integer", _UINT64)),
    "google.protobuf.BoolValue": ("true or false", _is_bool),
    "google.protobuf.BytesValue": ("a base64 string", _is_base64),
    "google.protobuf.DoubleValue": ("a number", _is_number),
    "google.protobuf.Duration": ('a duration such as "1.5s"', _is_duration),
    "google.protobuf.Empty": ("an empty object", _is_empty),
    "google.protobuf.FieldMask": ("a string", _is_text),
    "google.protobuf.FloatValue": ("a number", _is_number),
    "google.protobuf.Int32Value": ("an integer", _INT32),
    "google.protobuf.Int64Value": ("an integer", _INT64),
    "google.protobuf.ListValue": ("a list", _is_list),
    "google.protobuf.StringValue": ("a string", _is_text),
    "google.protobuf.Struct": ("an object", _is_object),
    "google.protobuf.Timestamp": ("an RFC 3339 time", _is_time),
    "google.protobuf.UInt32Value": ("an integer", _UINT32),
    "google.protobuf.UInt64Value": ("an integer", _UINT64),
}
