"""JSON Schema in code → members: the page declares a body by its schema, in place of a list."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from apiscribe.diagnostics.source import Span
from apiscribe.dialects.http.members import Member
from apiscribe.dialects.http.type_texts import TypeText
from apiscribe.model.draft import TypeDraft, ValueDraft

_TYPES = frozenset({"object", "array", "string", "integer", "number", "boolean", "null"})
_CONSTRAINTS = (
    "format minimum maximum minLength maxLength minItems maxItems pattern multipleOf".split()
)
_DEEPEST = 12
_MOST_SCHEMAS = 20_000  # definitions of definitions grow without end


def schema_of(text: str) -> Mapping[str, Any] | None:
    """Return the JSON Schema that code is; None for other JSON."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) and _is_schema(value) else None


def _is_schema(value: Mapping[str, Any]) -> bool:
    """Return whether an object is a schema of an object or of a list, and no example with a key
    named `type`.
    """
    properties, items = value.get("properties"), value.get("items")
    of_object = isinstance(properties, dict) and all(
        isinstance(each, dict) for each in properties.values()
    )
    stated = value.get("type") == "object" or isinstance(value.get("$schema"), str)
    if "$schema" in value and not {"$ref", "allOf"}.isdisjoint(value):
        return True
    if isinstance(items, dict) and value.get("type") == "array":
        return not {"type", "properties", "$ref"}.isdisjoint(items)
    return of_object and stated and bool(properties)


def read_schema(schema: Mapping[str, Any], span: Span) -> Member:
    """Return the value that a schema describes, as a member `body` with members."""
    return _Reader(schema, span).member("body", schema, None, 0)


@dataclass(frozen=True)
class _Reader:
    root: Mapping[str, Any]
    span: Span
    left: list[int] = field(default_factory=lambda: [_MOST_SCHEMAS])

    def member(self, name: str, schema: Any, required: bool | None, depth: int) -> Member:
        schema = self.resolved(schema)
        types = [t for t in _listed(schema.get("type")) if t in _TYPES]
        word = next((t for t in types if t != "null"), "")
        repeated = word == "array"
        inner = self.resolved(schema.get("items")) if repeated else schema
        if repeated:
            word = next((t for t in _listed(inner.get("type")) if t in _TYPES), "")
        goes_on = depth < _DEEPEST and self.left[0] > 0
        members = tuple(self.members(inner, depth + 1)) if goes_on else ()
        values = [v for v in _listed(inner.get("enum")) if isinstance(v, str)]
        drafts = tuple(ValueDraft(name=value, span=self.span) for value in values)
        type_ = TypeDraft(
            name="" if drafts or members else _reference(inner) or word,
            values=drafts,
            repeated=repeated or None,
            span=self.span,
        )
        constraints = {key: schema[key] for key in _CONSTRAINTS if _is_plain(schema.get(key))}
        default = schema.get("default")
        return Member(
            name=name,
            type=TypeText(type_),
            required=required,
            nullable="null" in types or schema.get("nullable") is True,
            default="" if default is None else json.dumps(default, ensure_ascii=False),
            description=str(schema.get("description") or schema.get("title") or ""),
            deprecated=schema.get("deprecated") is True,
            constraints=constraints,
            members=members,
            span=self.span,
        )

    def members(self, schema: Mapping[str, Any], depth: int) -> Iterator[Member]:
        required = [name for name in _listed(schema.get("required")) if isinstance(name, str)]
        properties = schema.get("properties")
        for name, inner in properties.items() if isinstance(properties, dict) else ():
            stated = name in required if required else None
            yield self.member(name, inner, stated, depth)

    def resolved(self, schema: Any, depth: int = 0) -> Mapping[str, Any]:
        """Return a schema without references to definitions beside it, and with `allOf` joined."""
        self.left[0] -= 1
        if not isinstance(schema, dict) or depth > _DEEPEST or self.left[0] < 0:
            return {}
        reference = schema.get("$ref")
        if isinstance(reference, str) and reference.startswith("#/"):
            target: Any = self.root
            for step in reference[2:].split("/"):
                target = target.get(step) if isinstance(target, dict) else None
            return self.resolved(target, depth + 1) if isinstance(target, dict) else schema
        parts = schema.get("allOf")
        if not isinstance(parts, list):
            return schema
        properties: dict[str, Any] = {}
        required: list[Any] = []
        for part in (*(self.resolved(each, depth + 1) for each in parts), schema):
            own = part.get("properties")
            properties |= own if isinstance(own, dict) else {}
            required += _listed(part.get("required"))
        return {"type": "object", **schema, "properties": properties, "required": required}


def _reference(schema: Mapping[str, Any]) -> str:
    """Return the name of a schema on another page that a reference leads to, or ""."""
    reference = schema.get("$ref")
    if not isinstance(reference, str):
        return ""
    name = reference.rpartition("/")[2].rpartition("#")[2].partition(".")[0]
    return name if name.isidentifier() else ""


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _is_plain(value: Any) -> bool:
    return isinstance(value, (str, int, float)) and not isinstance(value, bool)
