"""Read the attributes of a field from its OpenAPI schema: default, null, constraints."""

from __future__ import annotations

import json
from typing import Any

from apiscribe.model.types import Map, MessageRef, Type

# Keywords of JSON Schema that limit values. `format` and `pattern` may also say the type.
_LIMITS = frozenset(
    "minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength minItems"
    " maxItems uniqueItems minProperties maxProperties readOnly writeOnly".split()
)
_NULL = {"type": "null"}
_OF_TEXTS = frozenset({"format", "pattern"})


def attributes(schema: Any, type_: Type) -> dict[str, Any]:
    """Return the attributes of a `model.api.Field` that its schema states, by name."""
    if not isinstance(schema, dict):
        return {}
    result: dict[str, Any] = {}
    if "default" in schema and schema["default"] is not None:
        result["default"] = json.dumps(schema["default"], ensure_ascii=False)
    if stated := schema.get("x-apiscribe-default"):  # of another type than the schema
        result["default"] = str(stated)
    if _takes_null(schema):
        result["nullable"] = True
    if schema.get("deprecated") is True:
        result["deprecated"] = True
    is_text = not isinstance(type_, MessageRef | Map) and type_.name == "string"
    keywords = _LIMITS | (_OF_TEXTS if is_text else frozenset())
    items = schema.get("items") if schema.get("type") == "array" else None
    limited = {**(items if isinstance(items, dict) else {}), **without_null(schema), **schema}
    constraints = {key: limited[key] for key in sorted(limited.keys() & keywords) if limited[key]}
    constraints |= {key: 0 for key in limited.keys() & keywords if limited[key] == 0}
    if constraints:
        result["constraints"] = constraints
    return result


def without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema beside null in `anyOf` or `oneOf`; any other schema itself."""
    variants = schema.get("anyOf") or schema.get("oneOf")
    if not isinstance(variants, list) or _NULL not in variants:
        return schema
    others = [variant for variant in variants if isinstance(variant, dict) and variant != _NULL]
    return others[0] if len(others) == 1 else schema


def _takes_null(schema: dict[str, Any]) -> bool:
    stated = schema.get("type")
    variants = schema.get("anyOf") or schema.get("oneOf") or ()
    return (
        schema.get("nullable") is True
        or (isinstance(stated, list) and "null" in stated)
        or (isinstance(variants, list) and _NULL in variants)
    )
