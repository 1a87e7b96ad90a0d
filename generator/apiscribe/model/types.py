"""The types of fields: a closed union. Lists are not types: `Field.repeated` is a label.

`name` is the type as a `.proto` writes it, by its full name. Take a type apart with `match` and
`assert_never`, and only where a map differs from other types.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Literal

import msgspec

TypeKind = Literal["scalar", "message", "enum"]

# Scalar types of proto3. Source: protobuf language guide (proto3), "Scalar Value Types".
SCALARS = frozenset(
    "double float int32 int64 uint32 uint64 sint32 sint64 fixed32 fixed64 sfixed32 sfixed64"
    " bool string bytes".split()
)
# The types of a map's keys. Source: language guide (proto3), "Maps".
MAP_KEYS = SCALARS - {"double", "float", "bytes"}


_WRAPPED = ("Bool", "Bytes", "Double", "Float", "Int32", "Int64", "String", "UInt32", "UInt64")

# Messages that protobuf defines → the name of their file in google/protobuf/.
WELL_KNOWN: Mapping[str, str] = {
    "google.protobuf.Any": "any",
    "google.protobuf.Duration": "duration",
    "google.protobuf.Empty": "empty",
    "google.protobuf.FieldMask": "field_mask",
    "google.protobuf.ListValue": "struct",
    "google.protobuf.Struct": "struct",
    "google.protobuf.Timestamp": "timestamp",
    "google.protobuf.Value": "struct",
    **{f"google.protobuf.{scalar}Value": "wrappers" for scalar in _WRAPPED},
}

# Every type of protobuf's own files → the name of its file. Pages may mean another type by a short
# name such as `Type`, so only `WELL_KNOWN` has short names.
LIBRARY_TYPES: Mapping[str, str] = {
    **WELL_KNOWN,
    "google.protobuf.NullValue": "struct",
    "google.protobuf.SourceContext": "source_context",
    **{f"google.protobuf.{name}": "api" for name in ("Api", "Method", "Mixin")},
    **{
        f"google.protobuf.{name}": "type"
        for name in ("Enum", "EnumValue", "Field", "Option", "Syntax", "Type")
    },
}


# Structs, because msgspec reads a union of structs by their tags: the kind in api.json.
class Scalar(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="scalar"):
    """A scalar type of protobuf."""

    name: str


class MessageRef(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="message"):
    """A message by its full name; also one of protobuf's own, as `google.protobuf.Struct`."""

    name: str


class EnumRef(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="enum"):
    """An enum by its full name."""

    name: str


class Map(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="map"):
    """A map from scalar keys (`MAP_KEYS`) to values."""

    key: str
    value: Scalar | MessageRef | EnumRef

    @property
    def name(self) -> str:
        """The type as in a `.proto`: `map<string, shop.v1.Book>`."""
        return f"map<{self.key}, {self.value.name}>"


Type = Scalar | MessageRef | EnumRef | Map


@lru_cache(maxsize=1_000)
def type_of_kind(kind: TypeKind, name: str) -> Scalar | MessageRef | EnumRef:
    """Return the type of a kind and name, shared by all fields of the type."""
    if kind == "scalar":
        return Scalar(name=name)
    return MessageRef(name=name) if kind == "message" else EnumRef(name=name)


def values_type(type_: Type) -> Scalar | MessageRef | EnumRef:
    """Return the type of a map's values; any other type itself."""
    return type_.value if isinstance(type_, Map) else type_
