"""Which types a field can change between without a client noticing, in binary and in JSON."""

from __future__ import annotations

# Source: buf, rule FIELD_WIRE_JSON_COMPATIBLE_TYPE; ProtoJSON writes int64 as text and int32 as a
# number, so that these two are not alike, though they are in binary.
_ALIKE = (
    frozenset({"int32", "uint32"}),
    frozenset({"int64", "uint64"}),
    frozenset({"fixed32", "sfixed32"}),
    frozenset({"fixed64", "sfixed64"}),
)


def scalars_are_alike(one: str, other: str) -> bool:
    """Whether two scalar types are read and written alike, in binary and in ProtoJSON."""
    return one == other or any({one, other} <= alike for alike in _ALIKE)
