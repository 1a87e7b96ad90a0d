"""Facts about the fields of a message from its descriptor: documented names, maps, presence."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, TypeAlias

from google.api.field_behavior_pb2 import REQUIRED, field_behavior
from google.protobuf.descriptor import FieldDescriptor as _Kinds

# protobuf has two implementations of descriptors, without a shared type.
Descriptor: TypeAlias = Any
EnumDescriptor: TypeAlias = Any
FieldDescriptor: TypeAlias = Any

_NOT_NUMBERS = {_Kinds.CPPTYPE_STRING, _Kinds.CPPTYPE_ENUM, _Kinds.CPPTYPE_MESSAGE}


def documented_name(field: FieldDescriptor) -> str:
    """Return the JSON name of a field: an explicit `json_name`, else its name."""
    is_explicit = field.json_name != _default_json_name(field.name)
    return str(field.json_name if is_explicit else field.name)


@cache
def documented_fields(descriptor: Descriptor) -> Mapping[str, FieldDescriptor]:
    """Return documented name → field of a message, in the order of the page."""
    return {documented_name(field): field for field in descriptor.fields}


@cache
def lower_camel_names(descriptor: Descriptor) -> Mapping[str, str]:
    """Return protobuf's JSON name → documented name where they differ, as `bookId` of `book_id`:
    parsers accept both. Source: protobuf.dev/programming-guides/json.
    """
    documented = documented_fields(descriptor)
    names = {field.json_name: name for name, field in documented.items()}
    return {name: names[name] for name in names if name not in documented}


def _default_json_name(name: str) -> str:
    head, *parts = name.split("_")
    return head + "".join(part[:1].upper() + part[1:] for part in parts)


def is_map(field: FieldDescriptor) -> bool:
    """Return whether a field is a map: in descriptors, a list of its entries."""
    kind = field.message_type
    return kind is not None and bool(kind.GetOptions().map_entry)


def key_text(key: str | int | bool) -> str:
    """Return the key of a map in JSON, which has only strings."""
    return str(key).lower() if isinstance(key, bool) else str(key)


def is_required(field: FieldDescriptor) -> bool:
    """Return whether a field has the REQUIRED behavior. Source: google.aip.dev/203."""
    return REQUIRED in field.GetOptions().Extensions[field_behavior]


@cache
def always_given(descriptor: Descriptor) -> Mapping[str, Any]:
    """Return documented name → zero of the required numbers and bools without presence."""
    return {
        name: field.default_value
        for name, field in documented_fields(descriptor).items()
        if has_required_zero(field)
    }


def has_required_zero(field: FieldDescriptor) -> bool:
    """Return whether a field is a required number or bool without presence, so that its zero is a
    value. An empty string counts as missing, as in AIP-203.
    """
    is_number = field.cpp_type not in _NOT_NUMBERS and not field.is_repeated
    return is_number and not field.has_presence and is_required(field)


def is_zero(field: FieldDescriptor, value: Any) -> bool:
    """Return whether a JSON value is the zero of a single field without presence."""
    if field.has_presence or field.is_repeated:
        return False
    if field.enum_type is not None:
        zero = field.enum_type.values_by_number.get(0)
        return zero is not None and bool(value == zero.name)
    if field.cpp_type == _Kinds.CPPTYPE_STRING:
        return bool(value == "")
    # A 64-bit integer may be text; False, too, is equal to 0.
    return value in ("0", 0)


def accepts_null(field: FieldDescriptor) -> bool:
    """Return whether null is a value of the field, and does not mean unset."""
    kind = field.message_type
    return kind is not None and kind.full_name == "google.protobuf.Value"


def is_well_known(descriptor: Descriptor) -> bool:
    """Return whether a message is one of protobuf's own."""
    return bool(descriptor.full_name.startswith("google.protobuf."))
