"""Map OpenAPI's schemas of plain values to types.

OpenAPI's types, and the formats that pages also use as type words, mean what the table of type
words states.
"""

from __future__ import annotations

from collections.abc import Mapping

from apiscribe.model.openapi_document import Json
from apiscribe.model.type_words import shipped_type
from apiscribe.model.types import MessageRef, Scalar, Type

STRUCT = MessageRef(name="google.protobuf.Struct")
VALUE = MessageRef(name="google.protobuf.Value")
LIST = MessageRef(name="google.protobuf.ListValue")

_DURATION = "google.protobuf.Duration"

# (type, format) → type. Source: the OpenAPI Format Registry. ProtoJSON writes 64-bit integers as
# strings, and pydantic writes bytes as base64url.
_FORMATS: Mapping[tuple[str, str], str] = {
    **{("integer", name): name for name in ("int32", "int64", "uint32", "uint64")},
    **{("string", name): name for name in ("int64", "uint64")},
    **{("number", name): name for name in ("float", "double")},
    **{("string", name): "bytes" for name in ("byte", "base64", "base64url")},
    **{("string", name): shipped_type(name) for name in ("binary", "date-time", "duration")},
}
_DEFAULTS: Mapping[str, str] = {
    name: shipped_type(name) for name in ("integer", "number", "string", "boolean")
}
# (minimum, exclusive maximum, type) of integers without a format.
_RANGES = (
    (-(2**31), 2**31, "int32"),
    (0, 2**32, "uint32"),
    (-(2**63), 2**63, "int64"),
    (0, 2**64, "uint64"),
)
# The pattern for google.protobuf.Duration (ProtoJSON) in generated models.
_DURATION_PATTERN = r"^-?\d+(\.\d{1,9})?s$"


def plain_type(schema: Json) -> Type:
    """Return the type for a schema's type and format; google.protobuf.Value without a type."""
    type_, format_ = str(schema.get("type")), str(schema.get("format"))
    if schema.get("pattern") == _DURATION_PATTERN:
        return _type_ref(_DURATION)
    if name := _FORMATS.get((type_, format_)):
        return _type_ref(name)
    if type_ == "integer":
        # pydantic writes `ge` and `lt` for a number with a custom validator.
        minimum, end = schema.get("minimum"), schema.get("exclusiveMaximum")
        limits = schema.get("ge", minimum), schema.get("lt", end)
        matches = (name for *range_, name in _RANGES if limits == tuple(range_))
        return _type_ref(next(matches, _DEFAULTS[type_]))
    return _type_ref(_DEFAULTS[type_]) if type_ in _DEFAULTS else VALUE


def _type_ref(name: str) -> Type:
    return MessageRef(name=name) if "." in name else Scalar(name=name)
