"""The types of OpenAPI's schemas that are neither objects nor enums."""

from __future__ import annotations

from collections.abc import Mapping

from apiscribe.model.api import TypeRef
from apiscribe.sources.openapi_document import Json

STRUCT = TypeRef(kind="message", name="google.protobuf.Struct")
VALUE = TypeRef(kind="message", name="google.protobuf.Value")
LIST = TypeRef(kind="message", name="google.protobuf.ListValue")

_TIMESTAMP = "google.protobuf.Timestamp"
_DURATION = "google.protobuf.Duration"

# Type and format → type. Source: the OpenAPI Format Registry; protobuf's ProtoJSON writes 64-bit
# integers as strings, pydantic bytes as base64url.
_FORMATS: Mapping[tuple[str, str], str] = {
    **{("integer", name): name for name in ("int32", "int64", "uint32", "uint64")},
    **{("string", name): name for name in ("int64", "uint64")},
    **{("string", name): "bytes" for name in ("byte", "binary", "base64", "base64url")},
    ("number", "float"): "float",
    ("number", "double"): "double",
    ("string", "date-time"): _TIMESTAMP,
    ("string", "duration"): _DURATION,
}
_DEFAULTS: Mapping[str, str] = {
    "integer": "int64",
    "number": "double",
    "string": "string",
    "boolean": "bool",
}
# The least number and the first that is too large, of integers without a format.
_RANGES = (
    (-(2**31), 2**31, "int32"),
    (0, 2**32, "uint32"),
    (-(2**63), 2**63, "int64"),
    (0, 2**64, "uint64"),
)
# ProtoJSON's form of google.protobuf.Duration, as our models state it.
_DURATION_PATTERN = r"^-?\d+(\.\d{1,9})?s$"


def plain_type(schema: Json) -> TypeRef:
    """The type of a schema by its type and format; any value where it states none."""
    type_, format_ = str(schema.get("type")), str(schema.get("format"))
    if schema.get("pattern") == _DURATION_PATTERN:
        return _named(_DURATION)
    if found := _FORMATS.get((type_, format_)):
        return _named(found)
    if type_ == "integer":
        # Of a number with a check of its own pydantic states `ge` and `lt`, as Python has them.
        least, end = schema.get("minimum"), schema.get("exclusiveMaximum")
        limits = schema.get("ge", least), schema.get("lt", end)
        fitting = (name for *range_, name in _RANGES if limits == tuple(range_))
        return _named(next(fitting, _DEFAULTS[type_]))
    return _named(_DEFAULTS[type_]) if type_ in _DEFAULTS else VALUE


def _named(name: str) -> TypeRef:
    return TypeRef(kind="message" if "." in name else "scalar", name=name)
