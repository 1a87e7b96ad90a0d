"""JSON objects with documented names ↔ protobuf messages.

protobuf's own JSON mapping knows no documented names of enum values, and says nothing of what it
cannot carry; so fields are mapped here, and protobuf maps its own well-known types.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeAlias

from google.api.field_behavior_pb2 import REQUIRED, field_behavior
from google.protobuf import json_format
from google.protobuf.descriptor import FieldDescriptor as _Kinds
from google.protobuf.message import Message as ProtoMessage

from .errors import ApiError, cannot_carry, invalid_parameter, path_text

JsonObject = dict[str, Any]
# protobuf has two implementations of its descriptors, without a type that both of them are.
Descriptor: TypeAlias = Any
EnumDescriptor: TypeAlias = Any
FieldDescriptor: TypeAlias = Any
Path = tuple[str | int, ...]
_Setter: TypeAlias = Callable[[Any, Any, Path], None]

_LONG = {
    _Kinds.CPPTYPE_INT64,
    _Kinds.CPPTYPE_UINT64,
}


class Codec:
    """The mapping for one API. `value_names` and `opaque_types` are those of its registry."""

    def __init__(
        self, value_names: Mapping[str, Mapping[str, str]], opaque_types: Mapping[str, str]
    ) -> None:
        self._proto_values = value_names
        self._json_values = {
            enum: {proto: documented for documented, proto in names.items()}
            for enum, names in value_names.items()
        }
        self._open = opaque_types
        self._setters = cache(self._made_setters)

    def to_proto(self, value: JsonObject, kind: type[ProtoMessage]) -> ProtoMessage:
        """The message of a JSON object that a model has taken.

        Raises ApiError (ERROR_UNDECLARED_TYPE) for a value of an open type that protobuf has no
        field or number for.
        """
        message = kind()
        self._writer(kind.DESCRIPTOR)(message, value, ())
        return message

    def to_json(self, message: ProtoMessage) -> JsonObject:
        """The JSON object of a message, with the fields that are set.

        A field without presence (a plain scalar of proto3) is set where it is not zero. Raises
        ApiError (ERROR_INVALID_PARAMETER) for what JSON cannot say: NaN, a time after 9999.
        """
        if _is_well_known(message.DESCRIPTOR):
            value = _well_known_to_json(message, ())
            return value if isinstance(value, dict) else {"value": value}
        return self._message_to_json(message, ())

    def _message_to_json(self, message: ProtoMessage, path: Path) -> JsonObject:
        found = {}
        for field, value in message.ListFields():
            name = documented_name(field)
            found[name] = self._field_to_json(field, value, (*path, name))
        return found

    def _fill(self, message: ProtoMessage, value: JsonObject, path: Path) -> None:
        setters = self._setters(message.DESCRIPTOR)
        for key, entry in value.items():
            found = setters.get(key)
            if found is None:
                raise self._no_field(message.DESCRIPTOR, (*path, key))
            takes_null, set_ = found
            if entry is not None or takes_null:
                set_(message, entry, (*path, key))

    def _no_field(self, descriptor: Descriptor, path: Path) -> ApiError:
        if entry := self._open.get(descriptor.full_name):
            return cannot_carry(path_text(path), entry)
        return invalid_parameter(path_text(path), "no such field")

    def _made_setters(self, descriptor: Descriptor) -> Mapping[str, tuple[bool, _Setter]]:
        """Documented name of a field → whether null is a value of it, and what sets it."""
        fields = documented_fields(descriptor)
        return {name: (is_value(field), self._setter(field)) for name, field in fields.items()}

    def _setter(self, field: FieldDescriptor) -> _Setter:
        """What sets a field. A descriptor is asked once: that takes longer than to set a value."""
        name = field.name
        if field.message_type is not None:
            return _setter_of_messages(name, field.is_repeated, self._writer(field.message_type))
        convert = self._converter(field)
        if convert is None and field.is_repeated:
            return lambda message, entry, _: getattr(message, name).extend(entry)
        if convert is None:
            return lambda message, entry, _: setattr(message, name, entry)
        if field.is_repeated:
            return lambda message, entry, path: getattr(message, name).extend(
                convert(item, (*path, index)) for index, item in enumerate(entry)
            )
        return lambda message, entry, path: setattr(message, name, convert(entry, path))

    def _writer(self, descriptor: Descriptor) -> _Setter:
        """What writes a JSON value into a message."""
        if descriptor.full_name == "google.protobuf.Struct":
            return lambda message, entry, _: message.update(entry)
        if _is_well_known(descriptor):
            return lambda message, entry, _: json_format.ParseDict(entry, message)
        return self._fill

    def _converter(self, field: FieldDescriptor) -> Callable[[Any, Path], Any] | None:
        """What makes a value of protobuf of one of JSON; None where they are the same."""
        if field.enum_type is not None:
            return self._enum_converter(field.enum_type)
        if field.type == _Kinds.TYPE_BYTES:
            return lambda value, _: base64.b64decode(value) if isinstance(value, str) else value
        if field.cpp_type in _LONG:
            return lambda value, _: int(value)
        return None

    def _enum_converter(self, enum: EnumDescriptor) -> Callable[[Any, Path], int]:
        numbers: dict[str, int] = {
            name: value.number for name, value in enum.values_by_name.items()
        }
        documented = self._proto_values.get(enum.full_name, {})
        numbers |= {name: numbers[proto] for name, proto in documented.items() if proto in numbers}

        def convert(value: Any, path: Path) -> int:
            found = numbers.get(value)
            if found is not None:
                return found
            if entry := self._open.get(enum.full_name):
                raise cannot_carry(path_text(path), entry)
            raise invalid_parameter(path_text(path), f"{value!r} is no value of {enum.name}")

        return convert

    def _field_to_json(self, field: FieldDescriptor, value: Any, path: Path) -> Any:
        if field.is_repeated:
            return [self._value_to_json(field, item, (*path, n)) for n, item in enumerate(value)]
        return self._value_to_json(field, value, path)

    def _value_to_json(self, field: FieldDescriptor, value: Any, path: Path) -> Any:
        if field.message_type is not None:
            if _is_well_known(field.message_type):
                return _well_known_to_json(value, path)
            return self._message_to_json(value, path)
        if field.enum_type is not None:
            found = field.enum_type.values_by_number.get(value)
            if found is None:
                return value
            return self._json_values.get(field.enum_type.full_name, {}).get(found.name, found.name)
        if field.type == _Kinds.TYPE_BYTES:
            return base64.b64encode(value).decode()
        return str(value) if field.cpp_type in _LONG else value


def _setter_of_messages(name: str, is_repeated: bool, write: _Setter) -> _Setter:
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
    """What protobuf writes; it has no one class for what it cannot."""
    try:
        return json_format.MessageToDict(message)
    except (json_format.Error, ArithmeticError, TypeError, ValueError) as error:
        name = message.DESCRIPTOR.name
        is_number = name in ("Value", "Struct", "ListValue")
        reason = "a number is not finite" if is_number else f"it is out of range of a {name}"
        raise invalid_parameter(path_text(path), reason) from error


def is_required(field: FieldDescriptor) -> bool:
    """Whether the pages say that a field is required. Source: google.aip.dev/203."""
    return REQUIRED in field.GetOptions().Extensions[field_behavior]


def within(value: Any, descriptor: Descriptor) -> Any:
    """What a message has fields for, of a JSON object and of the objects in it. An open message
    has fields for everything; the fields of the object itself are not looked at.
    """
    if not isinstance(value, dict):
        return value
    fields = documented_fields(descriptor)
    return {key: _within_field(entry, fields.get(key)) for key, entry in value.items()}


def _within_field(value: Any, field: FieldDescriptor | None) -> Any:
    kind = field.message_type if field is not None else None
    if kind is None or not kind.fields or _is_well_known(kind):
        return value
    if isinstance(value, list):
        return [_within_field(item, field) for item in value]
    names = {documented_name(inner) for inner in kind.fields}
    if isinstance(value, dict):
        value = {key: entry for key, entry in value.items() if key in names}
    return within(value, kind)


def is_value(field: FieldDescriptor) -> bool:
    """Whether null is a value of the field, and not the lack of one."""
    kind = field.message_type
    return kind is not None and kind.full_name == "google.protobuf.Value"


def documented_name(field: FieldDescriptor) -> str:
    """The name of a field in JSON: its `json_name` where the `.proto` states one, else its name."""
    stated = field.json_name != _default_json_name(field.name)
    return str(field.json_name if stated else field.name)


@cache
def documented_fields(descriptor: Descriptor) -> Mapping[str, FieldDescriptor]:
    """The fields of a message by their documented names, in the order of the page."""
    return {documented_name(field): field for field in descriptor.fields}


def _default_json_name(name: str) -> str:
    head, *parts = name.split("_")
    return head + "".join(part[:1].upper() + part[1:] for part in parts)


def _is_well_known(descriptor: Descriptor) -> bool:
    return bool(descriptor.full_name.startswith("google.protobuf."))
