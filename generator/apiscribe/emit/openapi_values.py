"""Check JSON values against the schemas of the OpenAPI document.

Examples and defaults of pages are in the document only if they do. The keywords are those that
`openapi_schemas` writes. A `pattern` of a page is not run: it may take exponential time.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from math import isclose, isfinite
from typing import Any

Schema = dict[str, Any]

# The strings of google.protobuf.Duration in ProtoJSON.
DURATION_PATTERN = r"^-?\d+(\.\d{1,9})?s$"

_RANGES = {
    "int32": (-(2**31), 2**31 - 1),
    "int64": (-(2**63), 2**63 - 1),
    "uint32": (0, 2**32 - 1),
    "uint64": (0, 2**64 - 1),
}


class Values:
    """Compares JSON values with schemas; `resolve` returns the schema of a reference."""

    def __init__(self, resolve: Callable[[str], Schema]) -> None:
        self._resolve = resolve

    def conform(self, value: Any, schema: Schema) -> bool:
        """Return whether a value conforms to a schema; none does that is nested too deeply."""
        try:
            return self._conform(value, schema)
        except (RecursionError, ArithmeticError):
            return False

    def _conform(self, value: Any, schema: Schema) -> bool:
        if "$ref" in schema and not self._conform(value, self._resolve(schema["$ref"])):
            return False
        if "anyOf" in schema and not self._any(value, schema["anyOf"]):
            return False
        if "oneOf" in schema and sum(self._conform(value, s) for s in schema["oneOf"]) != 1:
            return False
        if "not" in schema and self._conform(value, schema["not"]):
            return False
        if "enum" in schema and value not in schema["enum"]:
            return False
        if "const" in schema and value != schema["const"]:
            return False
        types = schema.get("type", ())
        types = [types] if isinstance(types, str) else types
        if types and not any(_TYPES[type_](value) for type_ in types):
            return False
        if isinstance(value, dict):
            return self._object(value, schema)
        if isinstance(value, list):
            return self._list(value, schema)
        return _string(value, schema) if isinstance(value, str) else _number(value, schema)

    def _any(self, value: Any, schemas: Iterable[Schema]) -> bool:
        return any(self._conform(value, schema) for schema in schemas)

    def _object(self, value: dict[str, Any], schema: Schema) -> bool:
        properties: Mapping[str, Schema] = schema.get("properties", {})
        if any(name not in value for name in schema.get("required", ())):
            return False
        if not _within(len(value), schema, "minProperties", "maxProperties"):
            return False
        # Without the keyword other names are allowed; but then an example is of another message.
        is_complete = "properties" in schema and "additionalProperties" not in schema
        others = schema.get("additionalProperties", True)
        for name, entry in value.items():
            if is_complete and name not in properties:
                return False
            expected = properties.get(name, others)
            if isinstance(expected, dict) and not self._conform(entry, expected):
                return False
        return True

    def _list(self, value: list[Any], schema: Schema) -> bool:
        items = schema.get("items", {})
        if schema.get("uniqueItems") and any(v in value[:i] for i, v in enumerate(value)):
            return False
        return _within(len(value), schema, "minItems", "maxItems") and all(
            self._conform(item, items) for item in value
        )


def _within(size: float, schema: Schema, least: str, most: str) -> bool:
    return bool(schema.get(least, size) <= size <= schema.get(most, size))


def _number(value: Any, schema: Schema) -> bool:
    """Return whether a number has the size that the schema states; true for other values."""
    if isinstance(value, bool) or value is None:
        return True
    if not isfinite(value):
        return False
    if not _within(value, schema, "minimum", "maximum"):
        return False
    low, high = _RANGES.get(schema.get("format", ""), (value, value))
    if not low <= value <= high:
        return False
    if value <= schema.get("exclusiveMinimum", value - 1):
        return False
    if value >= schema.get("exclusiveMaximum", value + 1):
        return False
    parts = value / schema["multipleOf"] if "multipleOf" in schema else 1
    return isclose(parts, round(parts))


def _string(value: str, schema: Schema) -> bool:
    if not _within(len(value), schema, "minLength", "maxLength"):
        return False
    if schema.get("pattern") == DURATION_PATTERN and not re.search(DURATION_PATTERN, value):
        return False
    check = _FORMATS.get(schema.get("format", ""))
    return check is None or check(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_integer(value: Any) -> bool:
    return _is_number(value) and (isinstance(value, int) or value.is_integer())


_TYPES: Mapping[str, Callable[[Any], bool]] = {
    "null": lambda value: value is None,
    "boolean": lambda value: isinstance(value, bool),
    "integer": _is_integer,
    "number": _is_number,
    "string": lambda value: isinstance(value, str),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
}


def _matching(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern, re.ASCII)
    return lambda value: compiled.fullmatch(value) is not None


def _parsed(parse: Callable[[str], object]) -> Callable[[str], bool]:
    def check(value: str) -> bool:
        try:
            parse(value)
        except ValueError:
            return False
        return True

    return check


_is_time = _parsed(datetime.fromisoformat)
_has_zone = _matching(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")

_is_uri = _matching(r"[A-Za-z][A-Za-z0-9+.-]*:[!-;=?-\[\]_a-z~]+")

# The formats that validators assert. Source: JSON Schema 2020-12, Validation, section 7.3.
_FORMATS: Mapping[str, Callable[[str], bool]] = {
    "byte": _parsed(lambda value: base64.b64decode(value, validate=True)),
    "date": _parsed(date.fromisoformat),
    "date-time": lambda value: _has_zone(value) and _is_time(value),
    "duration": _matching(r"P(\d+W|(\d+Y)?(\d+M)?(\d+D)?(T(\d+H)?(\d+M)?(\d+S)?)?)"),
    "email": _matching(r"[^@\s]+@[^@\s]+"),
    "hostname": _matching(r"[A-Za-z0-9.-]{1,253}"),
    "ipv4": _matching(r"\d{1,3}(\.\d{1,3}){3}"),
    "ipv6": _matching(r"[0-9A-Fa-f:.]{2,45}"),
    "time": _matching(r"\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)"),
    "uri": _is_uri,
    "url": _is_uri,
    "uuid": _matching(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"),
}
