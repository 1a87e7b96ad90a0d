"""JSON objects with documented names ↔ protobuf messages.

protobuf's own JSON mapping has no documented names of enum values, and drops what it cannot encode
without an error. So this module maps the fields, and protobuf maps its well-known types.
"""

from __future__ import annotations

import base64
import struct
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeAlias

from google.protobuf import json_format
from google.protobuf.descriptor import FieldDescriptor as _Kinds
from google.protobuf.message import Message as ProtoMessage

from .descriptors import (
    Descriptor,
    EnumDescriptor,
    FieldDescriptor,
    accepts_null,
    always_given,
    documented_fields,
    documented_name,
    is_map,
    is_well_known,
    key_text,
)
from .errors import ApiError, invalid_parameter, path_text, undeclared_type

JsonObject = dict[str, Any]
Path = tuple[str | int, ...]
_Setter: TypeAlias = Callable[[Any, Any, Path], None]

_INT64_TYPES = {
    _Kinds.CPPTYPE_INT64,
    _Kinds.CPPTYPE_UINT64,
}


# Type of a map's keys, in JSON a string → its conversion; all others are integers.
_KEYS: Mapping[int, Callable[[Any], Any]] = {
    _Kinds.CPPTYPE_STRING: str,
    _Kinds.CPPTYPE_BOOL: "true".__eq__,
}


class Codec:
    """The mapping of an API. `value_names` and `opaque_types` are those of its registry."""

    def __init__(
        self, value_names: Mapping[str, Mapping[str, str]], opaque_types: Mapping[str, str]
    ) -> None:
        self._proto_values = value_names
        self._json_values = {
            enum: {proto: documented for documented, proto in names.items()}
            for enum, names in value_names.items()
        }
        self._opaque_types = opaque_types
        self._setters = cache(self._build_setters)

    def to_proto(self, value: JsonObject, kind: type[ProtoMessage]) -> ProtoMessage:
        """Return the message of a JSON object that a model has accepted.

        Raises ApiError (ERROR_UNDECLARED_TYPE) for a field or an enum value of an opaque type that
        protobuf lacks.
        """
        message = kind()
        self._message_writer(kind.DESCRIPTOR)(message, value, ())
        return message

    def to_json(self, message: ProtoMessage) -> JsonObject:
        """Return the JSON object of a message, with the fields that are set.

        A field without presence (a singular proto3 scalar) is set if it is not zero. Raises
        ApiError (ERROR_INVALID_PARAMETER) for values that JSON lacks: NaN, a year after 9999.
        """
        if is_well_known(message.DESCRIPTOR):
            value = _well_known_to_json(message, ())
            return value if isinstance(value, dict) else {"value": value}
        return self._message_to_json(message, ())

    def request_to_json(self, message: ProtoMessage) -> JsonObject:
        """Return the JSON object of a request, as `to_json` does, and with the zeros of required
        numbers and bools: without presence, a caller cannot omit them.
        """
        result = self.to_json(message)
        _add_zeros(message, result)
        return result

    def _message_to_json(self, message: ProtoMessage, path: Path) -> JsonObject:
        result = {}
        for field, value in message.ListFields():
            name = documented_name(field)
            result[name] = self._field_to_json(field, value, (*path, name))
        return result

    def _fill(self, message: ProtoMessage, value: JsonObject, path: Path) -> None:
        setters = self._setters(message.DESCRIPTOR)
        for key, entry in value.items():
            entry_setter = setters.get(key)
            if entry_setter is None:
                raise self._no_field(message.DESCRIPTOR, (*path, key))
            takes_null, set_ = entry_setter
            if entry is None and not takes_null:
                continue
            if isinstance(set_, str):
                setattr(message, set_, entry)
            else:
                set_(message, entry, (*path, key))

    def _no_field(self, descriptor: Descriptor, path: Path) -> ApiError:
        if entry := self._opaque_types.get(descriptor.full_name):
            return undeclared_type(path_text(path), entry)
        return invalid_parameter(path_text(path), "no such field")

    def _build_setters(self, descriptor: Descriptor) -> Mapping[str, tuple[bool, _Setter | str]]:
        """Return documented name of a field → whether it accepts null, and its setter; the name of
        a field with the same values in protobuf, as those of most are.
        """
        fields = documented_fields(descriptor)
        return {name: (accepts_null(field), self._setter(field)) for name, field in fields.items()}

    def _setter(self, field: FieldDescriptor) -> _Setter | str:
        """Return the setter of a field. Reading a descriptor takes longer than setting a value."""
        name = field.name
        if is_map(field):
            return self._map_setter(field)
        if field.message_type is not None:
            return _build_message_setter(
                name, field.is_repeated, self._message_writer(field.message_type)
            )
        convert = self._converter(field)
        if convert is None and field.is_repeated:
            return lambda message, entry, _: getattr(message, name).extend(entry)
        if convert is None:
            return str(name)
        if field.is_repeated:
            return lambda message, entry, path: getattr(message, name).extend(
                convert(item, (*path, index)) for index, item in enumerate(entry)
            )
        return lambda message, entry, path: setattr(message, name, convert(entry, path))

    def _map_setter(self, field: FieldDescriptor) -> _Setter:
        name, entry = field.name, field.message_type.fields_by_name
        key_of, values = _KEYS.get(entry["key"].cpp_type, int), entry["value"]
        if values.message_type is not None:
            write = self._message_writer(values.message_type)

            def set_(message: ProtoMessage, pairs: JsonObject, path: Path) -> None:
                for key, value in pairs.items():
                    write(getattr(message, name)[key_of(key)], value, (*path, key))

            return set_
        convert = self._converter(values) or (lambda value, _: value)
        return lambda message, pairs, path: getattr(message, name).update(
            {key_of(key): convert(value, (*path, key)) for key, value in pairs.items()}
        )

    def _message_writer(self, descriptor: Descriptor) -> _Setter:
        """Return the function that writes a JSON value into a message."""
        if descriptor.full_name == "google.protobuf.Struct":
            return lambda message, entry, _: message.update(entry)
        if is_well_known(descriptor):
            return lambda message, entry, _: json_format.ParseDict(entry, message)
        return self._fill

    def _converter(self, field: FieldDescriptor) -> Callable[[Any, Path], Any] | None:
        """Return the converter of JSON values to protobuf values; None if they are the same."""
        if field.enum_type is not None:
            return self._enum_converter(field.enum_type)
        if field.type == _Kinds.TYPE_BYTES:
            return lambda value, _: base64.b64decode(value) if isinstance(value, str) else value
        if field.cpp_type in _INT64_TYPES:
            return lambda value, _: int(value)
        return None

    def _enum_converter(self, enum: EnumDescriptor) -> Callable[[Any, Path], int]:
        numbers: dict[str, int] = {
            name: value.number for name, value in enum.values_by_name.items()
        }
        documented = self._proto_values.get(enum.full_name, {})
        numbers |= {name: numbers[proto] for name, proto in documented.items() if proto in numbers}

        def convert(value: Any, path: Path) -> int:
            number = numbers.get(value)
            if number is not None:
                return number
            if entry := self._opaque_types.get(enum.full_name):
                raise undeclared_type(path_text(path), entry)
            raise invalid_parameter(path_text(path), f"{value!r} is not a value of {enum.name}")

        return convert

    def _field_to_json(self, field: FieldDescriptor, value: Any, path: Path) -> Any:
        if is_map(field):
            values = field.message_type.fields_by_name["value"]
            return {
                (name := key_text(key)): self._value_to_json(values, value[key], (*path, name))
                for key in sorted(value)
            }
        if field.is_repeated:
            return [self._value_to_json(field, item, (*path, n)) for n, item in enumerate(value)]
        return self._value_to_json(field, value, path)

    def _value_to_json(self, field: FieldDescriptor, value: Any, path: Path) -> Any:
        if field.message_type is not None:
            if is_well_known(field.message_type):
                return _well_known_to_json(value, path)
            return self._message_to_json(value, path)
        if field.enum_type is not None:
            known = field.enum_type.values_by_number.get(value)
            if known is None:
                return value
            return self._json_values.get(field.enum_type.full_name, {}).get(known.name, known.name)
        if field.type == _Kinds.TYPE_BYTES:
            return base64.b64encode(value).decode()
        if field.type == _Kinds.TYPE_FLOAT:
            return shortest_float(value)
        return str(value) if field.cpp_type in _INT64_TYPES else value


def shortest_float(number: float) -> float:
    """Return the number with the fewest digits that has the same 32 bits, as ProtoJSON prints it:
    0.1, not 0.10000000149011612. Raises OverflowError if it has more than 32 bits.
    """
    bits = struct.pack("f", number)
    texts = (f"{number:.{digits}g}" for digits in range(6, 10))
    return next((short for text in texts if struct.pack("f", short := float(text)) == bits), number)


def _build_message_setter(name: str, is_repeated: bool, write: _Setter) -> _Setter:
    def add(message: ProtoMessage, entry: Any, path: Path) -> None:
        target = getattr(message, name)
        for index, item in enumerate(entry):
            write(target.add(), item, (*path, index))

    def set_(message: ProtoMessage, entry: Any, path: Path) -> None:
        target = getattr(message, name)
        target.SetInParent()
        write(target, entry, path)

    return add if is_repeated else set_


def _well_known_to_json(message: ProtoMessage, path: Path) -> Any:
    """Return the JSON that protobuf writes. Its errors share no base class."""
    try:
        return json_format.MessageToDict(message)
    except (json_format.Error, ArithmeticError, TypeError, ValueError) as error:
        name = message.DESCRIPTOR.name
        is_number = name in ("Value", "Struct", "ListValue")
        reason = "a number is not finite" if is_number else f"it is out of range of a {name}"
        raise invalid_parameter(path_text(path), reason) from error


def _add_zeros(message: ProtoMessage, result: JsonObject) -> None:
    for name, zero in always_given(message.DESCRIPTOR).items():
        result.setdefault(name, zero)
    for field, value in message.ListFields():
        kind = field.message_type
        if kind is None or is_map(field) or is_well_known(kind):
            continue
        inner = result[documented_name(field)]
        pairs = zip(value, inner, strict=True) if field.is_repeated else ((value, inner),)
        for part, part_json in pairs:
            _add_zeros(part, part_json)


def drop_unknown_fields(value: Any, descriptor: Descriptor) -> Any:
    """Return a JSON object without the unknown fields of the messages in it. An opaque message
    accepts all fields. The object's own fields stay.
    """
    if not isinstance(value, dict):
        return value
    fields = documented_fields(descriptor)
    return {key: _drop_unknown_in_field(entry, fields.get(key)) for key, entry in value.items()}


def _drop_unknown_in_field(value: Any, field: FieldDescriptor | None) -> Any:
    kind = field.message_type if field is not None else None
    if kind is None or not kind.fields or is_well_known(kind):
        return value
    if is_map(field) and isinstance(value, dict):
        values = kind.fields_by_name["value"]
        return {key: _drop_unknown_in_field(entry, values) for key, entry in value.items()}
    if isinstance(value, list):
        return [_drop_unknown_in_field(item, field) for item in value]
    names = {documented_name(inner) for inner in kind.fields}
    if isinstance(value, dict):
        value = {key: entry for key, entry in value.items() if key in names}
    return drop_unknown_fields(value, kind)
