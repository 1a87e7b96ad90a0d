"""Types that a field can change between compatibly, in binary and in JSON."""

from __future__ import annotations

# Source: buf, rule FIELD_WIRE_JSON_COMPATIBLE_TYPE. int32 and int64 are compatible in binary only:
# ProtoJSON writes int64 as text and int32 as a number.
_COMPATIBLE = (
    frozenset({"int32", "uint32"}),
    frozenset({"int64", "uint64"}),
    frozenset({"fixed32", "sfixed32"}),
    frozenset({"fixed64", "sfixed64"}),
)


def scalars_are_alike(one: str, other: str) -> bool:
    """Return whether two scalar types are compatible in binary and in ProtoJSON."""
    return one == other or any({one, other} <= group for group in _COMPATIBLE)
