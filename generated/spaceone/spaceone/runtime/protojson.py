"""Requests in ProtoJSON, written in one way.

JSON can write one value in several ways (a number as text, a value of an enum by its number, a
field at the zero of its type or not at all), and values that protobuf has no place for. What is
read here is what protobuf would carry, so both doors ask for the same. Source:
protobuf.dev/programming-guides/json.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
import struct
from collections.abc import Callable, Collection, Mapping
from typing import Any

from google.protobuf.descriptor import FieldDescriptor as _Kinds
from google.protobuf.duration_pb2 import Duration

from .codec import Descriptor, FieldDescriptor, Path, documented_fields, is_value
from .errors import invalid_parameter, invalid_parameter_type, path_text

JsonObject = dict[str, Any]
ValueNames = Mapping[str, Mapping[str, str]]  # as in registry.Api

_INTEGERS = {
    *(_Kinds.CPPTYPE_INT32, _Kinds.CPPTYPE_INT64),
    *(_Kinds.CPPTYPE_UINT32, _Kinds.CPPTYPE_UINT64),
}
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?|NaN|-?Infinity")
_SECONDS = r"-?[0-9]+(\.[0-9]{1,9})?s"
_MOST_DIGITS = 40  # of a number in a text: int() refuses thousands, and no field holds as many


class ProtoJson:
    """Reads the requests of one API. `value_names` and `opaque_types` are those of its registry."""

    def __init__(self, value_names: ValueNames, opaque_types: Collection[str] = ()) -> None:
        self._open = opaque_types
        self._documented = {
            enum: {proto: documented for documented, proto in names.items()}
            for enum, names in value_names.items()
        }

    def read(self, value: Any, descriptor: Descriptor) -> JsonObject:
        """The object without the fields that protobuf cannot tell from those not given (null, plain
        scalars at their zero, empty lists), and its values as protobuf would carry them. Fields
        that the message lacks stay, for the model to refuse or, if it is open, to keep.

        Raises ApiError for a value that protobuf could not carry.
        """
        return self._object(value, descriptor, ())

    def _object(self, value: Any, descriptor: Descriptor, path: Path) -> JsonObject:
        given, fields, found = (
            _of_type(value, dict, "object", path),
            documented_fields(descriptor),
            {},
        )
        for key, entry in given.items():
            field, at = fields.get(key), (*path, key)
            if field is None:
                found[key] = _json(entry, at)
            elif entry is None and not is_value(field):
                continue
            elif field.is_repeated:
                if items := _of_type(entry, list, "list", at):
                    found[key] = [self._one(field, item, (*at, n)) for n, item in enumerate(items)]
            elif not self._is_zero(field, one := self._one(field, entry, at)):
                found[key] = one
        return found

    def _is_zero(self, field: FieldDescriptor, value: Any) -> bool:
        if field.message_type is not None:
            return False
        if field.enum_type is not None:
            # An open enum takes any text, and an empty one tells nothing.
            is_empty = value == "" and field.enum_type.full_name in self._open
            return is_empty or bool(value == self._name_of(field.enum_type, 0))
        return value in ("", 0)  # False, too, is equal to 0

    def _one(self, field: FieldDescriptor, value: Any, path: Path) -> Any:
        if (kind := field.message_type) is not None:
            if read := _WELL_KNOWN.get(kind.full_name):
                return read(value, path)
            known = kind.full_name.startswith("google.protobuf.")
            return value if known else self._object(value, kind, path)
        if field.enum_type is not None:
            return self._enum(field.enum_type, value)
        if field.cpp_type in _INTEGERS:
            return _integer(value, path)
        return _SCALARS[field.type](value, path)

    def _enum(self, enum: Any, value: Any) -> Any:
        """The documented name of a value that is given by name or number; what is none, as it is,
        for the model to refuse or, if the enum is open, to keep.
        """
        if isinstance(value, int) and not isinstance(value, bool):
            return self._name_of(enum, value)
        is_number = isinstance(value, str) and re.fullmatch(r"[0-9]{1,9}", value)
        if not is_number or value in self._documented.get(enum.full_name, {}).values():
            return value
        return self._name_of(enum, int(value))

    def _name_of(self, enum: Any, number: int) -> Any:
        """The documented name of a value, or the number where there is none."""
        found = enum.values_by_number.get(number)
        if found is None:
            return number
        return self._documented.get(enum.full_name, {}).get(found.name, found.name)


def _of_type(value: Any, type_: type, name: str, path: Path) -> Any:
    if not isinstance(value, type_):
        raise invalid_parameter_type(path_text(path), name)
    return value


def _text(value: Any, path: Path) -> str:
    text: str = _of_type(value, str, "string", path)
    if "\0" in text:
        # PostgreSQL has no place for it, in texts or in JSON; both stores take the same.
        raise invalid_parameter(path_text(path), "a text holds NUL")
    return text


def _bool(value: Any, path: Path) -> bool:
    return bool(_of_type(value, bool, "bool", path))


def _bytes(value: Any, path: Path) -> str:
    """Base64 with either alphabet, with or without padding; written in the standard one."""
    text = _of_type(value, str, "bytes", path).replace("-", "+").replace("_", "/")
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise invalid_parameter_type(path_text(path), "bytes") from error
    return base64.b64encode(data).decode()


def _integer(value: Any, path: Path) -> int:
    if isinstance(value, str) and len(value) <= _MOST_DIGITS and re.fullmatch(r"-?[0-9]+", value):
        return int(value)
    is_whole = isinstance(value, float) and value.is_integer()
    if isinstance(value, bool) or not (is_whole or isinstance(value, int)):
        raise invalid_parameter_type(path_text(path), "int")
    return int(value)


def _double(value: Any, path: Path) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number and not (isinstance(value, str) and _NUMBER.fullmatch(value)):
        raise invalid_parameter_type(path_text(path), "float")
    try:
        found = float(value)
    except OverflowError:
        found = math.inf
    return _finite(found, path)


def _float(value: Any, path: Path) -> float:
    try:
        (found,) = struct.unpack("f", struct.pack("f", _double(value, path)))
    except OverflowError:
        found = math.inf
    return _finite(found, path)


def _finite(number: float, path: Path) -> float:
    if not math.isfinite(number):
        raise invalid_parameter(path_text(path), "a number is not finite")
    return number


def _json(value: Any, path: Path) -> Any:
    """A value of google.protobuf.Value: its numbers are doubles, and whole ones are written so."""
    match value:
        case None | bool():
            return value
        case str():
            return _text(value, path)
        case list():
            return [_json(item, path) for item in value]
        case dict():
            return {_text(key, path): _json(item, path) for key, item in value.items()}
        case _:
            number = _double(value, path)
            return int(number) if number.is_integer() else number


def _struct(value: Any, path: Path) -> Any:
    return _json(_of_type(value, dict, "object", path), path)


def _list_value(value: Any, path: Path) -> Any:
    return _json(_of_type(value, list, "list", path), path)


def _timestamp(value: Any, path: Path) -> str:
    """A text that begins with a day and an hour; the model reads it."""
    text = value if isinstance(value, str) else ""
    if not re.match(r"\d{4}-\d\d-\d\d[Tt ]\d\d", text):
        raise invalid_parameter_type(path_text(path), "datetime")
    return text


def _duration(value: Any, path: Path) -> str:
    """Seconds with none, 3, 6 or 9 decimal places."""
    found, text = Duration(), _of_type(value, str, "duration", path)
    try:
        found.FromJsonString(text if re.fullmatch(_SECONDS, text) else "")
        return str(found.ToJsonString())
    except (ArithmeticError, ValueError) as error:
        raise invalid_parameter_type(path_text(path), "duration") from error


_WELL_KNOWN: Mapping[str, Callable[[Any, Path], Any]] = {
    "google.protobuf.Duration": _duration,
    "google.protobuf.ListValue": _list_value,
    "google.protobuf.Struct": _struct,
    "google.protobuf.Timestamp": _timestamp,
    "google.protobuf.Value": _json,
}
_SCALARS: Mapping[int, Callable[[Any, Path], Any]] = {
    _Kinds.TYPE_BOOL: _bool,
    _Kinds.TYPE_BYTES: _bytes,
    _Kinds.TYPE_DOUBLE: _double,
    _Kinds.TYPE_FLOAT: _float,
    _Kinds.TYPE_STRING: _text,
}
