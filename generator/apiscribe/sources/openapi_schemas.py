"""Read the schemas of an OpenAPI document as messages, enums and types of fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from apiscribe.diagnostics.source import Span
from apiscribe.model.api import Enum, EnumValue, Field, Message
from apiscribe.model.names import camel, identifier, unique
from apiscribe.model.openapi_document import SCHEMAS, Document, DocumentError, Json, schema_name
from apiscribe.model.types import WELL_KNOWN, EnumRef, Map, MessageRef, Type
from apiscribe.sources.openapi_attributes import attributes
from apiscribe.sources.openapi_built import stated_name
from apiscribe.sources.openapi_types import LIST, STRUCT, VALUE, plain_type


@dataclass(frozen=True)
class FieldType:
    """The type of a field and its label."""

    type: Type
    repeated: bool = False


@dataclass
class _Properties:
    """The properties of an object, including those of the schemas in its `allOf`."""

    properties: dict[str, Json] = field(default_factory=dict)
    required: set[str] = field(default_factory=set)
    is_object: bool = False
    incomplete: bool = False


class Schemas:
    """The declarations of a document's schemas.

    `names` maps the document's named schemas to full names. `messages` and `enums`, by full name,
    also hold the inline schemas that were read so far.
    """

    def __init__(self, document: Document, names: Mapping[str, str]) -> None:
        self.document, self.names = document, names
        self.messages: dict[str, Message] = {}
        self.enums: dict[str, Enum] = {}
        self.has_inline_enums = False
        self._incomplete_enums: set[str] = set()
        # By the identity of the schema, which is kept so that no other schema has it.
        self._properties: dict[int, tuple[Any, _Properties]] = {}
        self._referenced: dict[str, FieldType] = {}

    def declare(self) -> None:
        """Declare the named schemas."""
        components = self.document.get_object(self.document.content, "components")
        named = self.document.get_object(components, "schemas")
        for key, full_name in self.names.items():
            schema = named[key]
            if full_name in WELL_KNOWN:
                continue
            keys = ("components", "schemas", key)
            if is_named_enum(schema):
                self.enums[full_name] = _enum(full_name, schema, self.document.span(*keys))
            elif (parts := self.properties(schema)).is_object:
                self.message(full_name, schema, parts, keys)

    def mark_incomplete_enums(self) -> None:
        """Mark the enums with a use that also allows any other string."""
        for name in self._incomplete_enums & self.enums.keys():
            enum = self.enums[name]
            self.enums[name] = Enum(
                name=enum.name, full_name=name, values=enum.values, incomplete=True, span=enum.span
            )

    def message(
        self, full_name: str, schema: Json, parts: _Properties, keys: Sequence[str]
    ) -> Type:
        """Declare a message, and return its type."""
        names = _identifiers(parts.properties)
        # Insert the message before its fields, so that it precedes nested messages.
        self.messages[full_name] = Message(
            name=full_name.rpartition(".")[2],
            full_name=full_name,
            fields=(),
            description=str(schema.get("description") or ""),
            incomplete=parts.incomplete,
            deprecated=schema.get("deprecated") is True,
            span=self.document.span(*keys),
        )
        fields = tuple(
            self._field(full_name, name, json_name, number, parts, keys)
            for number, (name, json_name) in enumerate(zip(names, parts.properties, strict=True), 1)
        )
        self.messages[full_name] = replace(self.messages[full_name], fields=fields)
        return MessageRef(name=full_name)

    def field_type(self, schema: Any, owner: str, name: str, keys: Sequence[str] = ()) -> FieldType:
        """Return the type of a field's schema.

        An inline message or enum is declared in `owner`, under the name of the field.
        """
        self.document.step()
        if not isinstance(schema, dict):  # `true`: any value
            return FieldType(VALUE)
        if "$ref" in schema:
            return self._referenced_type(schema["$ref"], owner, name, keys)
        if variants := _variants(schema):
            if self._is_incomplete_enum(variants):
                enum = self.field_type(variants[0], owner, name, keys)
                self._incomplete_enums.add(enum.type.name)
                return enum
            if len(variants) > 1:
                return FieldType(VALUE)
            return self.field_type(variants[0], owner, name, keys)
        parts_of_all = self.document.get_objects(schema, "allOf") and schema["allOf"]
        if parts_of_all and len(parts_of_all) == 1 and "properties" not in schema:
            return self.field_type(parts_of_all[0], owner, name, keys)
        full_name = f"{owner}.{camel(name)}" if owner else camel(name)
        full_name = stated_name(schema) or full_name
        if is_enum(schema):
            self.has_inline_enums = True
            self.enums[full_name] = _enum(full_name, schema, self.document.span(*keys))
            return FieldType(EnumRef(name=full_name))
        type_ = _type(schema)
        if type_ == "array" and schema.get("x-apiscribe-type") == LIST.name:
            return FieldType(LIST)
        if type_ == "array":
            item = self.field_type(schema.get("items", True), owner, name, keys)
            return FieldType(LIST if item.repeated else item.type, repeated=True)
        parts = self.properties(schema)
        if parts.is_object:
            return FieldType(self.message(full_name, schema, parts, keys))
        if type_ != "object":
            return FieldType(plain_type({**schema, "type": type_}))
        return FieldType(self._map(schema, owner, name, keys) or STRUCT)

    def _map(self, schema: Json, owner: str, name: str, keys: Sequence[str]) -> Map | None:
        """Return the map of an object if its properties have one schema; None if that allows any
        value, or values that protobuf's maps cannot hold: lists and maps.
        """
        values = schema.get("additionalProperties")
        if not isinstance(values, dict) or not values:
            return None
        item = self.field_type(values, owner, f"{name}_value", (*keys, "additionalProperties"))
        if item.repeated or isinstance(item.type, Map) or item.type == VALUE:
            return None
        return Map(key="string", value=item.type)

    def properties(self, schema: Any) -> _Properties:
        """Return the properties of a schema, including those in its `allOf`. Each is read once."""
        if (known := self._properties.get(id(schema))) is not None:
            return known[1]
        result = self._read_properties(schema)
        self._properties[id(schema)] = schema, result
        return result

    def _read_properties(self, schema: Any) -> _Properties:
        self.document.step()
        if not isinstance(schema, dict):
            if isinstance(schema, bool):  # any value, or none
                return _Properties()
            raise DocumentError(f"found {str(schema)[:40]!r}, expected a schema")
        result = _Properties(incomplete=schema.get("additionalProperties") is True)
        for part in self.document.get_objects(schema, "allOf"):
            inherited = self.properties(part)
            result.properties |= inherited.properties
            result.required |= inherited.required
            result.is_object |= inherited.is_object
        result.properties |= self.document.get_object(schema, "properties")
        required = schema.get("required")
        result.required |= set(map(str, required if isinstance(required, list) else ()))
        result.is_object |= "properties" in schema
        result.is_object |= (
            _type(schema) == "object" and schema.get("additionalProperties") is False
        )
        return result

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
        field_keys = (*keys, "properties", json_name)
        field_type = self.field_type(schema, owner, name, field_keys)
        description = schema.get("description") if isinstance(schema, dict) else ""
        return Field(
            name=name,
            json_name=json_name,
            number=number,
            type=field_type.type,
            repeated=field_type.repeated,
            required=json_name in parts.required,
            description=str(description or ""),
            span=self.document.span(*field_keys),
            **attributes(schema, field_type.type),
        )

    def _referenced_type(
        self, reference: Any, owner: str, name: str, keys: Sequence[str]
    ) -> FieldType:
        schema = self.document.resolve_once(reference)
        if not isinstance(schema, dict) or "$ref" in schema:  # an alias of a schema
            return self.field_type(schema, owner, name, keys)
        full_name = (
            self.names.get(schema_name(reference)) if reference.startswith(SCHEMAS) else None
        )
        if full_name and is_named_enum(schema):
            return FieldType(EnumRef(name=full_name))
        if full_name and (full_name in WELL_KNOWN or self.properties(schema).is_object):
            return FieldType(MessageRef(name=full_name))
        if reference not in self._referenced:
            self._referenced[reference] = self.field_type(schema, owner, name, keys)
        return self._referenced[reference]

    def _is_incomplete_enum(self, variants: Sequence[Json]) -> bool:
        """Return whether the variants are an enum and any string."""
        if len(variants) != 2 or variants[1] != {"type": "string"}:
            return False
        return is_enum(self.document.resolve(variants[0]))


def is_enum(schema: Any) -> bool:
    """Return whether a schema lists its values."""
    return isinstance(schema, dict) and (isinstance(schema.get("enum"), list) or "const" in schema)


def is_named_enum(schema: Any) -> bool:
    """Return whether a named schema is an enum; one of `apiscribe build` may list no values, or
    allow other strings, too.
    """
    return is_enum(schema) or (bool(stated_name(schema)) and bool(_listing(schema)))


def _listing(schema: Json) -> Json:
    """Return the schema that lists the values of an incomplete enum; empty for no enum."""
    variants = schema.get("anyOf")
    if isinstance(variants, list) and len(variants) == 2 and is_enum(variants[0]):
        return dict(variants[0])
    return schema if schema.get("type") == "string" else {}


def _enum(full_name: str, schema: Json, span: Span) -> Enum:
    incomplete = not is_enum(schema)
    listing = _listing(schema) if incomplete else schema
    listed = listing.get("enum", [listing["const"]] if "const" in listing else [])
    json_names = [str(value) for value in listed if value is not None]
    deprecated = schema.get("x-apiscribe-deprecated")
    deprecated_values = deprecated if isinstance(deprecated, list) else []
    return Enum(
        name=full_name.rpartition(".")[2],
        full_name=full_name,
        values=tuple(
            EnumValue(
                name=name,
                json_name=json_name,
                number=number,
                deprecated=json_name in deprecated_values,
                span=span,
            )
            for number, (name, json_name) in enumerate(
                zip(_identifiers(json_names), json_names, strict=True)
            )
        ),
        incomplete=incomplete,
        deprecated=schema.get("deprecated") is True,
        provenance={"numbers": "openapi"},
        span=span,
    )


def _identifiers(json_names: Iterable[str]) -> list[str]:
    """Return a unique identifier for each name."""
    identifiers: dict[str, None] = {}
    for name in json_names:
        identifiers[unique(identifier(name), identifiers)] = None
    return list(identifiers)


def _variants(schema: Json) -> list[Json]:
    """Return the schemas in `anyOf` or `oneOf`, without null."""
    listed = schema.get("anyOf") or schema.get("oneOf") or []
    variants = listed if isinstance(listed, list) else []
    return [v for v in variants if isinstance(v, dict) and v.get("type") != "null"]


def _type(schema: Json) -> str:
    """Return the type that a schema states, without null."""
    stated = schema.get("type")
    if isinstance(stated, list):
        types = [type_ for type_ in stated if type_ != "null"]
        # ProtoJSON also accepts a number as text; the format determines the type.
        is_number = types in (["integer", "string"], ["number", "string"]) and "format" in schema
        return str(types[0]) if len(types) == 1 or is_number else ""
    return str(stated or "")
