"""A schema of a document as the comparison sees it: `allOf` merged, one spelling of each fact."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from apiscribe.model.openapi_document import Node

# Keywords without a meaning for values. Source: JSON Schema 2020-12; OpenAPI 3.1,
# "Schema Object".
ANNOTATIONS = frozenset(
    "title description summary example examples externalDocs xml $comment $id $schema $anchor $defs"
    " definitions".split()
)
# Keywords that `SchemaView` has as attributes of their own.
_MODELLED = frozenset(
    "type nullable properties required allOf anyOf oneOf enum const items additionalProperties"
    " default deprecated discriminator format $ref".split()
)
# The members of these keywords are schemas by name; a name is not a keyword.
_BY_NAME = frozenset({"properties", "patternProperties", "dependentSchemas"})
_EXTENSIBLE_ENUM = "x-extensible-enum"
_MAX_DEPTH = 30
_MAX_PARTS = 300

JSON_TYPES = frozenset("null boolean object array number integer string".split())


@dataclass
class SchemaView:
    """A schema; `types` are empty for any type, and leave null out.

    `values` are the JSON texts of its enum, None without one, and `is_extensible` says that there
    may be others; `rest` is the schema of additional properties, or whether there may be any.
    `alternatives` are those of `combined`, its `oneOf` or `anyOf`. `constraints` are all other
    keywords with a meaning for values.
    """

    node: Node
    types: frozenset[str] = frozenset()
    format: str = ""
    nullable: bool = False
    properties: dict[str, Node] = field(default_factory=dict)
    required: set[str] = field(default_factory=set)
    values: tuple[str, ...] | None = None
    is_const: bool = False
    is_extensible: bool = False
    items: Node | None = None
    rest: Node | bool = True
    combined: str = ""
    alternatives: list[Node] = field(default_factory=list)
    constraints: dict[str, Any] = field(default_factory=dict)
    default: Any = None
    deprecated: bool = False
    discriminator: Any = None

    @property
    def is_object(self) -> bool:
        """Whether its values are objects."""
        return "object" in self.types or bool(self.properties)

    @property
    def name(self) -> str:
        """The name of the schema in the document; empty for an inline one."""
        keys = self.node.keys
        return keys[2] if len(keys) == 3 and keys[:2] == ("components", "schemas") else ""

    @property
    def type_text(self) -> str:
        """The type in a message: its name, its alternatives or its JSON types."""
        if self.name and (self.is_object or self.alternatives or self.items):
            return self.name
        if self.alternatives:
            return " | ".join(dict.fromkeys(view_of(a).type_text for a in self.alternatives))
        types = " | ".join(sorted(self.types)) or "any value"
        if self.types == {"array"}:
            return f"a list of {view_of(self.items).type_text}" if self.items else "a list"
        return f"{types} ({self.format})" if self.format else types


def view_of(node: Node, depth: int = 0) -> SchemaView:
    """Return the view of a schema; `depth` is that inside others with one alternative."""
    view = SchemaView(node=node)
    for part in _parts(node, 0, set()):
        _add(view, part)
    if len(view.alternatives) == 1 and not view.types and depth < _MAX_DEPTH:
        # One schema or null: the schema itself.
        inner = view_of(view.alternatives[0], depth + 1)
        inner.node = view.node if view.constraints or view.properties else inner.node
        inner.nullable |= view.nullable
        inner.constraints = {**inner.constraints, **view.constraints}
        inner.deprecated |= view.deprecated
        inner.default = inner.default if view.default is None else view.default
        return inner
    return view


def canonical(node: Node) -> str:
    """Return what a schema means as text: references followed, annotations left out."""
    return json.dumps(_Canonical().of(node, ()), sort_keys=True, ensure_ascii=False, default=str)


def text_of(value: Any) -> str:
    """Return a JSON value as text; the same for equal numbers."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)


def _parts(node: Node, depth: int, seen: set[tuple[str, ...]]) -> Iterator[Node]:
    """Yield the members of `allOf`, of theirs too, and then the schema itself; each once."""
    if node.keys in seen:
        return
    seen.add(node.keys)
    if isinstance(node.value, dict) and depth < _MAX_DEPTH:
        if "$ref" in node.value and (target := node.target()):  # with other keywords beside it
            yield from _parts(target, depth + 1, seen)
        for member in node.parts("allOf").values():
            yield from _parts(member, depth + 1, seen)
    yield node


def _add(view: SchemaView, node: Node) -> None:
    """Add the keywords of a schema or of a member of its `allOf`."""
    if not isinstance(node.value, dict):
        if node.value is False:
            view.constraints["not"] = "{}"
        return
    content = node.value
    _add_type(view, content)
    for name, part in node.parts("properties").items():
        known = view.properties.get(name)
        if known and known.value != part.value:
            both = {"allOf": [_reference(known), _reference(part)]}
            part = Node(part.document, part.keys, both)
        view.properties[name] = part
    required = content.get("required")
    view.required |= set(map(str, required)) if isinstance(required, list) else set()
    for keyword in ("oneOf", "anyOf"):
        if members := list(node.parts(keyword).values()):
            _add_alternatives(view, keyword, members)
    _add_values(view, content)
    view.items = node.get("items") or view.items
    if "additionalProperties" in content:
        rest = node.get("additionalProperties")
        is_flag = rest is None or not isinstance(rest.value, dict)
        view.rest = rest.value is True if is_flag and rest else rest or True
        view.rest = True if isinstance(view.rest, Node) and not view.rest.value else view.rest
    elif content.get("unevaluatedProperties") is False and view.rest is True:
        view.rest = False  # members of `allOf` and alternatives are part of the view
    view.default = content.get("default", view.default)
    view.deprecated |= content.get("deprecated") is True
    if (discriminator := node.get("discriminator")) is not None:
        view.discriminator = discriminator.value
    for keyword, value in _constraints(node):
        known = view.constraints.get(keyword, value)
        view.constraints[keyword] = value if known == value else _tighter(keyword, known, value)


def _reference(node: Node) -> Any:
    pointer = "/".join(key.replace("~", "~0").replace("/", "~1") for key in node.keys)
    return {"$ref": f"#/{pointer}"}


def _add_type(view: SchemaView, content: Mapping[str, Any]) -> None:
    stated = content.get("type")
    types = {t for t in (stated if isinstance(stated, list) else [stated]) if isinstance(t, str)}
    types &= JSON_TYPES
    view.nullable |= content.get("nullable") is True or "null" in types
    types -= {"null"}
    if not types and ("properties" in content or "additionalProperties" in content):
        types = {"object"}
    if types:
        view.types = view.types & types or frozenset(types)
    stated = str(content.get("format") or "")
    view.format = view.format if stated in _CONTENTS else stated or view.format


def _add_alternatives(view: SchemaView, keyword: str, members: list[Node]) -> None:
    nulls = [m for m in members if isinstance(m.value, dict) and m.value.get("type") == "null"]
    view.nullable |= bool(nulls)
    if view.alternatives:  # of another member of `allOf`
        view.constraints[keyword] = json.dumps([canonical(member) for member in members])
        return
    view.combined = keyword
    view.alternatives = [member for member in members if member not in nulls]


def _add_values(view: SchemaView, content: Mapping[str, Any]) -> None:
    listed = content.get("enum", content.get(_EXTENSIBLE_ENUM))
    view.is_extensible |= "enum" not in content and isinstance(listed, list)
    if "const" in content:
        listed = [content["const"]]
        view.is_const = True
    if isinstance(listed, list):
        texts = tuple(dict.fromkeys(text_of(value) for value in listed if value is not None))
        known = view.values
        view.values = texts if known is None else tuple(t for t in known if t in texts)


def _constraints(node: Node) -> Iterator[tuple[str, Any]]:
    """Yield the keywords that limit values, in one spelling of all versions of OpenAPI."""
    content = node.value
    stated = _CONTENTS.get(str(content.get("format")))
    if stated and stated[0] not in content:
        yield stated
    for keyword, value in content.items():
        if keyword in _MODELLED or keyword in ANNOTATIONS or str(keyword).startswith("x-"):
            continue
        if keyword in ("exclusiveMinimum", "exclusiveMaximum") and isinstance(value, bool):
            continue  # of OpenAPI 3.0: below
        limit = {"minimum": "exclusiveMinimum", "maximum": "exclusiveMaximum"}.get(keyword)
        if limit and content.get(limit) is True:
            yield limit, value
        elif (
            (value is False and keyword != "unevaluatedItems")
            or value is None
            or (keyword in _ZERO_BY_DEFAULT and value == 0)
            or (keyword == "pattern" and str(value) in _ANY_TEXT)
        ):
            continue
        elif isinstance(value, dict | list):
            part = node.get(keyword)
            yield keyword, canonical(part) if part else text_of(value)
        else:
            yield keyword, value


# Formats of OpenAPI 3.0 that are keywords in 3.1. Source: OpenAPI 3.1, "Considerations for File
# Uploads".
_CONTENTS = {
    "binary": ("contentMediaType", "application/octet-stream"),
    "byte": ("contentEncoding", "base64"),
}
# Patterns that match every text.
_ANY_TEXT = frozenset({"", ".*", "^.*$", "^.*", ".*$", "^"})
_ZERO_BY_DEFAULT = frozenset({"minLength", "minItems", "minProperties"})


def _tighter(keyword: str, one: Any, other: Any) -> Any:
    """Return the constraint that two members of `allOf` make together."""
    if isinstance(one, int | float) and isinstance(other, int | float):
        lower = keyword.startswith("min") or keyword == "exclusiveMinimum"
        return max(one, other) if lower else min(one, other)
    return json.dumps(sorted([str(one), str(other)]))


class _Canonical:
    """Follows references up to a number of parts; further ones remain, in the same places."""

    def __init__(self) -> None:
        self.parts = 0

    def of(self, node: Node, around: tuple[tuple[str, ...], ...], by_name: bool = False) -> Any:
        """Return what a part means; `around` are the keys of the parts around it."""
        self.parts += 1
        if isinstance(node.value, dict) and "$ref" in node.value and not by_name:
            target = node.target()
            return self._followed(target, around) if target else node.value["$ref"]
        if node.used:
            return self._followed(Node(node.document, node.keys, node.value), around)
        around = (*around, node.keys)
        if isinstance(node.value, list):
            return [self.of(part, around) for part in node.members().values()]
        if not isinstance(node.value, dict):
            return node.value
        return {
            key: self.of(part, around, key in _BY_NAME)
            for key, part in node.members().items()
            if by_name or not (key in ANNOTATIONS or key in ("default", "deprecated"))
        }

    def _followed(self, target: Node, around: tuple[tuple[str, ...], ...]) -> Any:
        if target.keys in around or len(around) > _MAX_DEPTH or self.parts > _MAX_PARTS:
            return "/".join(target.keys)
        return self.of(target, around)
