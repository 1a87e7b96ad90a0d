"""ProtoJSON requests in a normal form.

JSON has several forms of a value (a number as a string, an enum value by its number, a field with
the zero of its type or no field), and values that protobuf cannot encode. A normalized request has
the values that protobuf would encode, so HTTP and gRPC agree. Source:
protobuf.dev/programming-guides/json.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from google.protobuf.descriptor import FieldDescriptor as _Kinds
from google.protobuf.duration_pb2 import Duration

from .codec import (
    Path,
    shortest_float,
)
from .descriptors import (
    Descriptor,
    FieldDescriptor,
    accepts_null,
    documented_fields,
    has_required_zero,
    is_map,
    key_text,
    lower_camel_names,
)
from .errors import invalid_parameter, invalid_parameter_type, path_text

JsonObject = dict[str, Any]
ValueNames = Mapping[str, Mapping[str, str]]  # as in registry.Api

_INTEGERS = {
    *(_Kinds.CPPTYPE_INT32, _Kinds.CPPTYPE_INT64),
    *(_Kinds.CPPTYPE_UINT32, _Kinds.CPPTYPE_UINT64),
}
_WHOLE = re.compile(r"(-?[0-9]+)(?:\.0+)?")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?|NaN|-?Infinity")
_SECONDS = r"-?[0-9]+(\.[0-9]{1,9})?s"
_MAX_DIGITS = 40  # of an integer in a string: int() refuses thousands, and every field has fewer


class ProtoJson:
    """Reads requests of an API. `value_names` and `opaque_types` are those of its registry."""

    def __init__(self, value_names: ValueNames, opaque_types: Collection[str] = ()) -> None:
        self._opaque_types = opaque_types
        self._documented = {
            enum: {proto: documented for documented, proto in names.items()}
            for enum, names in value_names.items()
        }

    def read(self, value: Any, descriptor: Descriptor) -> JsonObject:
        """Return the object with values as protobuf would encode them, and without fields that
        protobuf does not distinguish from unset ones (null, zero scalars without presence, empty
        lists). Unknown fields stay: the model rejects them or, if it is opaque, keeps them.

        Raises ApiError for a value that protobuf cannot encode.
        """
        return self._object(value, descriptor, ())

    def _object(self, value: Any, descriptor: Descriptor, path: Path) -> JsonObject:
        entries = _of_type(value, dict, "object", path)
        fields, result = documented_fields(descriptor), {}
        for key, entry in _documented_keys(entries, descriptor, path):
            field, inner = fields.get(key), (*path, key)
            if field is None:
                result[key] = _json(entry, inner)
            elif entry is None and not accepts_null(field):
                continue
            elif is_map(field):
                if pairs := _of_type(entry, dict, "object", inner):
                    result[key] = self._map(field, pairs, inner)
            elif field.is_repeated:
                if items := _of_type(entry, list, "list", inner):
                    result[key] = [
                        self._value(field, item, (*inner, n)) for n, item in enumerate(items)
                    ]
            elif not self._is_zero(field, single := self._value(field, entry, inner)):
                result[key] = single
        return result

    def _map(self, field: FieldDescriptor, pairs: JsonObject, path: Path) -> JsonObject:
        fields = field.message_type.fields_by_name
        keys, values = fields["key"], fields["value"]
        result = {}
        for key, value in pairs.items():
            inner = (*path, key)
            read = {"true": True, "false": False}.get(key, key) if _is_bool(keys) else key
            name = key_text(self._value(keys, read, inner))
            result[name] = self._value(values, value, inner)
        return result

    def _is_zero(self, field: FieldDescriptor, value: Any) -> bool:
        if field.has_presence or has_required_zero(field):
            return False
        if field.enum_type is not None:
            # An opaque enum accepts any string; the empty one is its zero.
            is_empty = value == "" and field.enum_type.full_name in self._opaque_types
            return is_empty or bool(value == self._name_of(field.enum_type, 0))
        return value in ("", 0)  # False, too, is equal to 0

    def _value(self, field: FieldDescriptor, value: Any, path: Path) -> Any:
        if (kind := field.message_type) is not None:
            if read := _WELL_KNOWN.get(kind.full_name):
                return read(value, path)
            is_well_known = kind.full_name.startswith("google.protobuf.")
            return value if is_well_known else self._object(value, kind, path)
        if field.enum_type is not None:
            return self._enum(field.enum_type, value)
        if field.cpp_type in _INTEGERS:
            return _integer(value, path)
        return _SCALARS[field.type](value, path)

    def _enum(self, enum: Any, value: Any) -> Any:
        """Return the documented name of a value, from its name or number. An unknown value stays:
        the model rejects it or, if the enum is opaque, keeps it.
        """
        if isinstance(value, int) and not isinstance(value, bool):
            return self._name_of(enum, value)
        is_number = isinstance(value, str) and re.fullmatch(r"[0-9]{1,9}", value)
        if not is_number or value in self._documented.get(enum.full_name, {}).values():
            return value
        return self._name_of(enum, int(value))

    def _name_of(self, enum: Any, number: int) -> Any:
        """Return the documented name of a value, or the number if it has none."""
        value = enum.values_by_number.get(number)
        if value is None:
            return number
        return self._documented.get(enum.full_name, {}).get(value.name, value.name)


def _documented_keys(
    entries: JsonObject, descriptor: Descriptor, path: Path
) -> Iterator[tuple[str, Any]]:
    """Yield the entries of an object by their documented names."""
    names = lower_camel_names(descriptor)
    for key, entry in entries.items():
        name = names.get(key, key)
        if name != key and name in entries:
            raise invalid_parameter(path_text((*path, key)), f"given twice, also as {name}")
        yield name, entry


def _is_bool(field: FieldDescriptor) -> bool:
    return bool(field.type == _Kinds.TYPE_BOOL)


def _of_type(value: Any, type_: type, name: str, path: Path) -> Any:
    if not isinstance(value, type_):
        raise invalid_parameter_type(path_text(path), name)
    return value


def _text(value: Any, path: Path) -> str:
    text: str = _of_type(value, str, "string", path)
    if "\0" in text:
        # PostgreSQL stores it neither in texts nor in JSON; SQLite must refuse the same.
        raise invalid_parameter(path_text(path), "a text holds NUL")
    return text


def _bool(value: Any, path: Path) -> bool:
    return bool(_of_type(value, bool, "bool", path))


def _bytes(value: Any, path: Path) -> str:
    """Return padded base64 in the standard alphabet, from either alphabet."""
    text = _of_type(value, str, "bytes", path).replace("-", "+").replace("_", "/")
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise invalid_parameter_type(path_text(path), "bytes") from error
    return base64.b64encode(data).decode()


def _integer(value: Any, path: Path) -> int:
    digits = _WHOLE.fullmatch(value) if isinstance(value, str) else None
    if digits and len(digits[1]) <= _MAX_DIGITS:
        return int(digits[1])
    is_whole = isinstance(value, float) and value.is_integer()
    if isinstance(value, bool) or not (is_whole or isinstance(value, int)):
        raise invalid_parameter_type(path_text(path), "int")
    return int(value)


def _double(value: Any, path: Path) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number and not (isinstance(value, str) and _NUMBER.fullmatch(value)):
        raise invalid_parameter_type(path_text(path), "float")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    return _check_finite(number, path)


def _float(value: Any, path: Path) -> float:
    try:
        number = shortest_float(_double(value, path))
    except OverflowError:
        number = math.inf
    return _check_finite(number, path)


def _check_finite(number: float, path: Path) -> float:
    if not math.isfinite(number):
        raise invalid_parameter(path_text(path), "a number is not finite")
    return number


def _json(value: Any, path: Path) -> Any:
    """Return a google.protobuf.Value. Its numbers are doubles; whole ones become integers."""
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
    """Return a string that begins with a date and an hour; the model parses it."""
    text = value if isinstance(value, str) else ""
    if not re.match(r"\d{4}-\d\d-\d\d[Tt ]\d\d", text):
        raise invalid_parameter_type(path_text(path), "datetime")
    return text


def _duration(value: Any, path: Path) -> str:
    """Return seconds with 0, 3, 6 or 9 decimal places."""
    duration, text = Duration(), _of_type(value, str, "duration", path)
    try:
        duration.FromJsonString(text if re.fullmatch(_SECONDS, text) else "")
        return str(duration.ToJsonString())
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
