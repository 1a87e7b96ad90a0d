"""The schemas of the OpenAPI document: JSON Schema 2020-12 for the messages, enums and fields.

They describe the JSON that the pages show. A 64-bit integer is therefore a number, although
ProtoJSON writes it as a string: readers of ProtoJSON take both, examples on pages show numbers, and
the document that a generated server serves describes what that server writes. Keywords that follow
from a format (limits of an int32, patterns of numbers) are left out.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, assert_never

from apiscribe.emit.encoders import markdown
from apiscribe.emit.openapi_constraints import split_constraints
from apiscribe.emit.openapi_names import DocumentNames
from apiscribe.emit.openapi_values import DURATION_PATTERN, Schema, Values
from apiscribe.lower.presence import reachable
from apiscribe.model.api import Api, Enum, EnumValue, Field, Message
from apiscribe.model.http import Example, Parameter
from apiscribe.model.types import EnumRef, Map, MessageRef, Scalar, Type

SCHEMAS = "#/components/schemas/"

_OBJECT: Schema = {"type": "object", "additionalProperties": True}
_FILE: Schema = {"type": "string", "format": "binary"}
_BYTES: Schema = {"type": "string", "format": "byte", "contentEncoding": "base64"}
_INT32: Schema = {"type": "integer", "format": "int32"}
_INT64: Schema = {"type": "integer", "format": "int64"}
_UINT32: Schema = {"type": "integer", "format": "uint32"}
_UINT64: Schema = {"type": "integer", "format": "uint64"}
_FLOAT: Schema = {"type": "number", "format": "float"}
# Numbers of JSON are doubles: a format would say nothing.
_DOUBLE: Schema = {"type": "number"}

# Types of protobuf → their schemas. Source: protobuf.dev/programming-guides/json.
_SCALARS: Mapping[str, Schema] = {
    "string": {"type": "string"},
    "bool": {"type": "boolean"},
    "bytes": _BYTES,
    "double": _DOUBLE,
    "float": _FLOAT,
    **dict.fromkeys(("int32", "sint32", "sfixed32"), _INT32),
    **dict.fromkeys(("uint32", "fixed32"), _UINT32),
    **dict.fromkeys(("int64", "sint64", "sfixed64"), _INT64),
    **dict.fromkeys(("uint64", "fixed64"), _UINT64),
}
_WELL_KNOWN: Mapping[str, Schema] = {
    "google.protobuf.Any": _OBJECT,
    "google.protobuf.BoolValue": {"type": "boolean"},
    "google.protobuf.BytesValue": _BYTES,
    "google.protobuf.DoubleValue": _DOUBLE,
    "google.protobuf.Duration": {"type": "string", "pattern": DURATION_PATTERN},
    "google.protobuf.Empty": {"type": "object", "properties": {}},
    "google.protobuf.FieldMask": {"type": "string"},
    "google.protobuf.FloatValue": _FLOAT,
    "google.protobuf.Int32Value": _INT32,
    "google.protobuf.Int64Value": _INT64,
    "google.protobuf.ListValue": {
        "type": "array",
        "items": {},
        "x-apiscribe-type": "google.protobuf.ListValue",  # not a list of google.protobuf.Value
    },
    "google.protobuf.StringValue": {"type": "string"},
    "google.protobuf.Struct": _OBJECT,
    "google.protobuf.Timestamp": {"type": "string", "format": "date-time"},
    "google.protobuf.UInt32Value": _UINT32,
    "google.protobuf.UInt64Value": _UINT64,
    "google.protobuf.Value": {},
}


class Schemas:
    """The schemas of an API's types."""

    def __init__(self, api: Api, names: DocumentNames) -> None:
        self.names = names
        self.messages = {message.full_name: message for _, message in api.messages()}
        self.enums = {e.full_name: e for file in api.files for e in file.all_enums()}
        self.in_answers = _in_listed_answers(api, self.messages)
        self._full_names = {short: full_name for full_name, short in names.schemas.items()}
        self.values = Values(self._resolve)
        self._declared = cache(self._declare)

    def declared(self, full_name: str) -> Schema:
        """Return the schema of a message or enum."""
        return self._declared(full_name)

    def type(self, type_: Type, repeated: bool = False) -> Schema:
        """Return the schema of a type, or of a list of it."""
        if repeated:
            return {"type": "array", "items": self.type(type_)}
        match type_:
            case Scalar():
                return {**_SCALARS[type_.name]}
            case MessageRef() if type_.name in _WELL_KNOWN:
                return {**_WELL_KNOWN[type_.name]}
            case MessageRef() | EnumRef():
                return {"$ref": f"{SCHEMAS}{self.names.schemas[type_.name]}"}
            case Map():
                return {"type": "object", "additionalProperties": self.type(type_.value)}
            case _:
                assert_never(type_)

    def field(self, field: Field) -> Schema:
        """Return the schema of a field as a property, with its description."""
        schema, description = self.value(field)
        if field.nullable:
            schema = _or_null(schema)
        if description:
            schema["description"] = description
        if field.deprecated:
            schema["deprecated"] = True
        return schema

    def query(self, field: Field) -> tuple[Schema, str]:
        """Return the schema of a field in the query string, and its description."""
        schema, description = self.value(field)
        return _or_null(schema) if field.nullable else schema, description

    def value(self, field: Field | Parameter, repeated: bool | None = None) -> tuple[Schema, str]:
        """Return the schema of a value of a field or parameter, and its description, with the facts
        that the schema cannot hold. `repeated` overrides that of the field.
        """
        repeated = field.repeated if repeated is None else repeated
        whole, items, unusable = split_constraints(field.constraints, repeated)
        schema = {**self.type(field.type), **items}
        if repeated:
            schema = {"type": "array", "items": schema, **whole}
        texts = [markdown(field.description), *(f"`{k}`: {markdown(v)}." for k, v in unusable)]
        if field.default:
            default = _parsed(field.default)
            if default is not None and self.values.conform(default, schema):
                schema["default"] = default
            else:
                texts.append(f"Default: {markdown(field.default)}.")
                schema["x-apiscribe-default"] = field.default
        return schema, "\n\n".join(filter(None, texts))

    def object(
        self, message: Message, fields: Sequence[Field], description: str | None = None
    ) -> Schema:
        """Return the schema of a message with only some of its fields."""
        schema: Schema = {"type": "object"}
        if text := markdown(message.description if description is None else description):
            schema["description"] = text
        schema["properties"] = {field.json_name: self.field(field) for field in fields}
        is_stated = message.enforces_required or message.full_name in self.in_answers
        if required := [field.json_name for field in fields if field.required and is_stated]:
            schema["required"] = required
        schema |= _at_most_one(fields)
        if message.incomplete:
            schema["additionalProperties"] = True
        if message.deprecated:
            schema["deprecated"] = True
        return schema

    def examples(self, examples: Iterable[Example], schema: Schema) -> list[Any]:
        """Return the values of the examples that conform to a schema, each once."""
        return self.conforming((example.value for example in examples), schema)

    def conforming(self, values: Iterable[Any], schema: Schema) -> list[Any]:
        """Return the values that conform to a schema, each once."""
        result: list[Any] = []
        for value in values:
            if value is not None and value not in result and self.values.conform(value, schema):
                result.append(value)
        return result

    def _declare(self, full_name: str) -> Schema:
        declaration: Message | Enum
        if enum := self.enums.get(full_name):
            declaration, schema = enum, _enum(enum)
        else:
            declaration = self.messages[full_name]
            schema = self.object(declaration, declaration.fields)
        return {
            **schema,
            "x-apiscribe-name": full_name,
            "x-apiscribe-source": declaration.span.path,
        }

    def with_examples(self, full_name: str) -> Schema:
        """Return the schema of a message or enum with the message's own examples."""
        schema, message = self.declared(full_name), self.messages.get(full_name)
        examples = self.examples(message.examples, schema) if message else []
        return {**schema, "examples": examples} if examples else schema

    def _resolve(self, reference: str) -> Schema:
        return self.declared(self._full_names[reference.removeprefix(SCHEMAS)])


def _in_listed_answers(api: Api, messages: Mapping[str, Message]) -> frozenset[str]:
    """Return the messages in the answers that pages list. Other responses are ProtoJSON, which
    omits zeros: their JSON lacks fields that the pages mark as required.
    """
    methods = [method for _, service in api.services() for method in service.methods]
    listed = [method for method in methods if method.answers]
    types = {answer.type.name for method in listed for answer in method.answers if answer.type}
    return reachable({*types, *(method.response for method in listed)}, messages)


def is_declared(type_: Type) -> bool:
    """Return whether a type is a message with fields of its own."""
    return isinstance(type_, MessageRef) and type_.name not in _WELL_KNOWN


def _parsed(text: str) -> Any:
    """Return the value of a JSON text; None if it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _or_null(schema: Schema) -> Schema:
    if "$ref" in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    if "type" not in schema:  # any value
        return schema
    nullable = {**schema, "type": [schema["type"], "null"]}
    if "enum" in schema:
        nullable["enum"] = [*schema["enum"], None]
    return nullable


def _at_most_one(fields: Sequence[Field]) -> Schema:
    """Return the keywords for the oneofs of a message, each with at most one field.

    They are in a `not`, because generators of clients take a `oneOf` of an object for its variants.
    """
    groups: dict[str, list[Schema]] = {}
    for field in fields:
        if field.oneof:
            groups.setdefault(field.oneof, []).append({"required": [field.json_name]})
    violations: list[Schema] = [
        {"anyOf": given, "not": {"oneOf": given}} for given in groups.values() if len(given) > 1
    ]
    if not violations:
        return {}
    return {"not": violations[0] if len(violations) == 1 else {"anyOf": violations}}


def _enum(enum: Enum) -> Schema:
    values = enum.documented_values
    schema: Schema = {"type": "string"}
    if values:
        schema["enum"] = list(dict.fromkeys(value.json_name for value in values))
    if enum.incomplete and values:
        schema = {"anyOf": [schema, {"type": "string"}]}
    lines = [_value_line(value) for value in values if value.description or value.deprecated]
    if text := "\n\n".join(filter(None, (markdown(enum.description), "\n".join(lines)))):
        schema["description"] = text
    if enum.deprecated:
        schema["deprecated"] = True
    if deprecated := [value.json_name for value in values if value.deprecated]:
        schema["x-apiscribe-deprecated"] = deprecated
    return schema


def _value_line(value: EnumValue) -> str:
    """Return the description of a value as a bullet: OpenAPI has no place for it."""
    deprecated = " (deprecated)" if value.deprecated else ""
    text = f": {value.description}" if value.description else ""
    return "- " + markdown(" ".join(f"`{value.json_name}`{deprecated}{text}".split()))


def with_files(schema: Schema, names: Collection[str]) -> Schema:
    """Return the schema of an object with files in place of bytes in base64. Source: OpenAPI 3.1,
    "Considerations for multipart content".
    """
    properties = {
        name: _as_file(value) if name in names else value
        for name, value in schema["properties"].items()
    }
    return {**schema, "properties": properties}


def _as_file(schema: Schema) -> Schema:
    if "items" in schema:
        return {**schema, "items": _as_file(schema["items"])}
    return {key: value for key, value in schema.items() if key not in _BYTES} | _FILE
