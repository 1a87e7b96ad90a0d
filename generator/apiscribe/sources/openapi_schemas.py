"""The schemas of an OpenAPI document: messages, enums, and the types of fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from apiscribe.diagnostics.source import Span
from apiscribe.model.api import WELL_KNOWN, Enum, EnumValue, Field, Message, TypeRef
from apiscribe.model.names import camel, identifier, unique
from apiscribe.sources.openapi_document import SCHEMAS, Document, DocumentError, Json, schema_name
from apiscribe.sources.openapi_types import LIST, STRUCT, VALUE, plain_type


@dataclass(frozen=True)
class Use:
    """A type where it is used."""

    type: TypeRef
    repeated: bool = False


@dataclass
class _Properties:
    """The properties of an object, with those of the schemas that it is made of."""

    properties: dict[str, Json] = field(default_factory=dict)
    required: set[str] = field(default_factory=set)
    is_object: bool = False
    incomplete: bool = False


class Schemas:
    """What the schemas declare. `names` are the full names of those that the document names;
    `messages` and `enums`, by full name, grow with what stands in the place where it is used.
    """

    def __init__(self, document: Document, names: Mapping[str, str]) -> None:
        self.document, self.names = document, names
        self.messages: dict[str, Message] = {}
        self.enums: dict[str, Enum] = {}
        self.has_inline_enums = False
        self._open: set[str] = set()

    def declare(self) -> None:
        """Declare the schemas that have a name."""
        named = self.document.table(
            self.document.table(self.document.content, "components"), "schemas"
        )
        for key, full_name in self.names.items():
            schema = named[key]
            if full_name in WELL_KNOWN:
                continue
            keys = ("components", "schemas", key)
            if is_enum(schema):
                self.enums[full_name] = _enum(full_name, schema, self.document.span(*keys))
            elif (parts := self.properties(schema)).is_object:
                self.message(full_name, schema, parts, keys)

    def open_enums(self) -> None:
        """Mark the enums that are used beside any other string."""
        for name in self._open & self.enums.keys():
            enum = self.enums[name]
            self.enums[name] = Enum(
                name=enum.name, full_name=name, values=enum.values, incomplete=True, span=enum.span
            )

    def message(
        self, full_name: str, schema: Json, parts: _Properties, keys: Sequence[str]
    ) -> TypeRef:
        """Declare a message; its type."""
        names = _identifiers(parts.properties)
        # The message first, and then those inside it.
        self.messages[full_name] = Message(
            name=full_name.rpartition(".")[2],
            full_name=full_name,
            fields=(),
            description=str(schema.get("description") or ""),
            incomplete=parts.incomplete,
            span=self.document.span(*keys),
        )
        fields = tuple(
            self._field(full_name, name, json_name, number, parts, keys)
            for number, (name, json_name) in enumerate(zip(names, parts.properties, strict=True), 1)
        )
        kept = self.messages[full_name]
        self.messages[full_name] = Message(
            **{
                key: getattr(kept, key)
                for key in ("name", "full_name", "description", "incomplete")
            },
            fields=fields,
            span=kept.span,
        )
        return TypeRef(kind="message", name=full_name)

    def use(self, schema: Any, owner: str, name: str, keys: Sequence[str] = ()) -> Use:
        """The type of a schema. One without a name is declared in `owner` and named for `name`."""
        if not isinstance(schema, dict):  # `true`: any value
            return Use(VALUE)
        if "$ref" in schema:
            return self._referred(schema["$ref"], owner, name, keys)
        if variants := _variants(schema):
            if self._is_open(variants):
                found = self.use(variants[0], owner, name, keys)
                self._open.add(found.type.name)
                return found
            return self.use(variants[0], owner, name, keys) if len(variants) == 1 else Use(VALUE)
        whole = self.document.objects(schema, "allOf") and schema["allOf"]
        if whole and len(whole) == 1 and "properties" not in schema:
            return self.use(whole[0], owner, name, keys)
        full_name = f"{owner}.{camel(name)}" if owner else camel(name)
        if is_enum(schema):
            self.has_inline_enums = True
            self.enums[full_name] = _enum(full_name, schema, self.document.span(*keys))
            return Use(TypeRef(kind="enum", name=full_name))
        type_ = _type(schema)
        if type_ == "array":
            inside = self.use(schema.get("items", True), owner, name, keys)
            return Use(LIST if inside.repeated else inside.type, repeated=True)
        parts = self.properties(schema)
        if parts.is_object:
            return Use(self.message(full_name, schema, parts, keys))
        return Use(STRUCT if type_ == "object" else plain_type({**schema, "type": type_}))

    def properties(self, schema: Any) -> _Properties:
        """The properties of a schema and of those in its `allOf`."""
        if not isinstance(schema, dict):
            if isinstance(schema, bool):  # any value, or none
                return _Properties()
            raise DocumentError(f"a schema should stand where {str(schema)[:40]!r} does")
        found = _Properties(incomplete=schema.get("additionalProperties") is True)
        for part in self.document.objects(schema, "allOf"):
            inside = self.properties(part)
            found.properties |= inside.properties
            found.required |= inside.required
            found.is_object |= inside.is_object
        found.properties |= self.document.table(schema, "properties")
        required = schema.get("required")
        found.required |= set(map(str, required if isinstance(required, list) else ()))
        found.is_object |= "properties" in schema
        found.is_object |= _type(schema) == "object" and schema.get("additionalProperties") is False
        return found

    def _field(
        self,
        owner: str,
        name: str,
        json_name: str,
        number: int,
        parts: _Properties,
        keys: Sequence[str],
    ) -> Field:
        schema = parts.properties[json_name]
        at = (*keys, "properties", json_name)
        use = self.use(schema, owner, name, at)
        described = schema.get("description") if isinstance(schema, dict) else ""
        return Field(
            name=name,
            json_name=json_name,
            number=number,
            type=use.type,
            repeated=use.repeated,
            required=json_name in parts.required,
            description=str(described or ""),
            span=self.document.span(*at),
        )

    def _referred(self, reference: Any, owner: str, name: str, keys: Sequence[str]) -> Use:
        schema = self.document.target(reference)
        if not isinstance(schema, dict) or "$ref" in schema:  # another name for a schema
            return self.use(schema, owner, name, keys)
        full_name = (
            self.names.get(schema_name(reference)) if reference.startswith(SCHEMAS) else None
        )
        if full_name and is_enum(schema):
            return Use(TypeRef(kind="enum", name=full_name))
        if full_name and (full_name in WELL_KNOWN or self.properties(schema).is_object):
            return Use(TypeRef(kind="message", name=full_name))
        return self.use(schema, owner, name, keys)

    def _is_open(self, variants: Sequence[Json]) -> bool:
        """Whether the variants are an enum, and then any string."""
        if len(variants) != 2 or variants[1] != {"type": "string"}:
            return False
        return is_enum(self.document.followed(variants[0]))


def is_enum(schema: Any) -> bool:
    """Whether a schema lists its values."""
    return isinstance(schema, dict) and (isinstance(schema.get("enum"), list) or "const" in schema)


def _enum(full_name: str, schema: Json, span: Span) -> Enum:
    listed = schema["enum"] if isinstance(schema.get("enum"), list) else [schema["const"]]
    documented = [str(value) for value in listed if value is not None]
    return Enum(
        name=full_name.rpartition(".")[2],
        full_name=full_name,
        values=tuple(
            EnumValue(name=name, json_name=value, number=number, span=span)
            for number, (name, value) in enumerate(
                zip(_identifiers(documented), documented, strict=True)
            )
        ),
        span=span,
    )


def _identifiers(documented: Iterable[str]) -> list[str]:
    """The identifier of each name; no two are alike."""
    found: dict[str, None] = {}
    for name in documented:
        found[unique(identifier(name), found)] = None
    return list(found)


def _variants(schema: Json) -> list[Json]:
    """What `anyOf` or `oneOf` allows beside null."""
    listed = schema.get("anyOf") or schema.get("oneOf") or []
    variants = listed if isinstance(listed, list) else []
    return [v for v in variants if isinstance(v, dict) and v.get("type") != "null"]


def _type(schema: Json) -> str:
    """The type that a schema states, beside null."""
    stated = schema.get("type")
    if isinstance(stated, list):
        types = [type_ for type_ in stated if type_ != "null"]
        # ProtoJSON takes a number as text, too; a format tells which number.
        is_number = types in (["integer", "string"], ["number", "string"]) and "format" in schema
        return str(types[0]) if len(types) == 1 or is_number else ""
    return str(stated or "")
