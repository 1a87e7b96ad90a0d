"""Whether a JSON value is a message: what an example shows that its own message refuses.

The rules are ProtoJSON's (protobuf.dev/programming-guides/json), with documented names; null is no
value, and a placeholder stands for any.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from apiscribe.example_text import is_placeholder
from apiscribe.ir import Api, Enum, Field, Message, Method

FaultKind = Literal["unknown field", "wrong type", "missing field"]
_LONGEST_SHOWN = 40

_INTEGER = re.compile(r"-?\d{1,20}")
_DURATION = re.compile(r"-?\d+(?:\.\d+)?s")


@dataclass(frozen=True)
class Fault:
    """What a message refuses; `path` is its JSON path, `key` the last name in it, `place` the path
    without the numbers of list items: faults of one place have one cause. `known` are the names
    that an unknown one may be a slip of.
    """

    kind: FaultKind
    path: str
    key: str
    text: str
    known: Collection[str] = ()

    @property
    def place(self) -> str:
        """The path for all items of a list."""
        return re.sub(r"\[\d+\]", "[]", self.path)


class Conformance:
    """Compares JSON values with the messages of an Api."""

    def __init__(self, api: Api) -> None:
        self._messages = {message.full_name: message for _, message in api.messages()}
        self._enums = {enum.full_name: enum for file in api.files for enum in file.all_enums()}

    def message_faults(self, value: Any, full_name: str) -> list[Fault]:
        """The faults of an example of a message, which may leave fields out."""
        message = self._messages.get(full_name)
        return list(self._message(value, message, "$", "")) if message else []

    def request_faults(self, value: Any, method: Method) -> list[Fault]:
        """The faults of an example of a method's request, which shows all required fields."""
        faults = self.message_faults(value, method.request)
        message = self._messages.get(method.request)
        if message and isinstance(value, dict):
            faults += [
                Fault("missing field", "$", field.json_name, f"{field.json_name} is required")
                for field in message.fields
                if field.required and field.json_name not in value
            ]
        return faults

    def _message(self, value: Any, message: Message, path: str, key: str) -> Iterator[Fault]:
        if not isinstance(value, dict):
            yield _wrong(path, key, f"an object ({message.name})", value)
            return
        fields = {field.json_name: field for field in message.fields}
        for name, entry in value.items():
            if field := fields.get(name):
                yield from self._field(entry, field, f"{path}.{name}")
            elif not message.open:
                text = f"{message.name} has no field {name}"
                yield Fault("unknown field", f"{path}.{name}", name, text, tuple(fields))

    def _field(self, value: Any, field: Field, path: str) -> Iterator[Fault]:
        if not field.repeated:
            yield from self._single(value, field, path)
        elif isinstance(value, list):
            for index, item in enumerate(value):
                yield from self._single(item, field, f"{path}[{index}]")
        elif value is not None and not is_placeholder(value):
            yield _wrong(path, field.json_name, "a list", value)

    def _single(self, value: Any, field: Field, path: str) -> Iterator[Fault]:
        if value is None or is_placeholder(value):
            return
        if message := self._messages.get(field.type.name):
            yield from self._message(value, message, path, field.json_name)
        elif enum := self._enums.get(field.type.name):
            if not _is_of(value, enum):
                wanted = " or ".join(each.json_name for each in enum.values[:4])
                yield _wrong(path, field.json_name, wanted or "the name of a value", value)
        else:
            wanted, accepts = _KINDS.get(field.type.name, ("", _anything))
            if not accepts(value):
                yield _wrong(path, field.json_name, wanted, value)


def _wrong(path: str, key: str, wanted: str, value: Any) -> Fault:
    shown = _NAMES.get(type(value)) or json.dumps(value, ensure_ascii=False)
    if len(shown) > _LONGEST_SHOWN:
        shown = f"{shown[:_LONGEST_SHOWN]}…"
    return Fault("wrong type", path, key, f"{wanted} is wanted, and {shown} is shown")


_NAMES: Mapping[type, str] = {list: "a list", dict: "an object"}


def _is_of(value: Any, enum: Enum) -> bool:
    names = {each.json_name for each in enum.values}
    numbers = {each.number for each in enum.values}
    if isinstance(value, str):
        return enum.open or value in names
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


def _is_integer(value: Any) -> bool:
    if isinstance(value, str):
        return _INTEGER.fullmatch(value) is not None
    whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    return whole and not isinstance(value, bool)


def _is_number(value: Any) -> bool:
    if isinstance(value, str):
        try:
            float(value)
        except ValueError:
            return False
        return True
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_time(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(datetime.fromisoformat(value))
    except ValueError:
        return False


def _is_duration(value: Any) -> bool:
    return isinstance(value, str) and _DURATION.fullmatch(value) is not None


# Type → what is wanted, and whether a value is that; other types take what they get.
_INTEGERS = "int32 int64 uint32 uint64 sint32 sint64 fixed32 fixed64 sfixed32 sfixed64".split()
_KINDS: Mapping[str, tuple[str, Callable[[Any], bool]]] = {
    "string": ("a string", _is_text),
    "bytes": ("a string in base64", _is_text),
    "bool": ("true or false", _is_bool),
    "double": ("a number", _is_number),
    "float": ("a number", _is_number),
    **dict.fromkeys(_INTEGERS, ("an integer", _is_integer)),
    "google.protobuf.BoolValue": ("true or false", _is_bool),
    "google.protobuf.BytesValue": ("a string in base64", _is_text),
    "google.protobuf.DoubleValue": ("a number", _is_number),
    "google.protobuf.Duration": ('a duration such as "1.5s"', _is_duration),
    "google.protobuf.Empty": ("an object", _is_object),
    "google.protobuf.FieldMask": ("a string", _is_text),
    "google.protobuf.FloatValue": ("a number", _is_number),
    "google.protobuf.Int32Value": ("an integer", _is_integer),
    "google.protobuf.Int64Value": ("an integer", _is_integer),
    "google.protobuf.ListValue": ("a list", _is_list),
    "google.protobuf.StringValue": ("a string", _is_text),
    "google.protobuf.Struct": ("an object", _is_object),
    "google.protobuf.Timestamp": ("a time in RFC 3339", _is_time),
    "google.protobuf.UInt32Value": ("an integer", _is_integer),
    "google.protobuf.UInt64Value": ("an integer", _is_integer),
}
