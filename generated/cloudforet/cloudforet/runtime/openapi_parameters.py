"""The parameters of routes in OpenAPI, and the schemas of the fields that they stand for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from .codec import Descriptor, documented_name
from .transcoding import UNTYPED

Schema = dict[str, Any]
_DEPTH = 4  # of messages in messages: one may hold itself


class Schemas:
    """The schemas of a document by their names."""

    def __init__(self, named: Mapping[str, Schema]) -> None:
        self._named = named

    def as_read(self, answers: Iterable[Schema]) -> Mapping[str, Schema]:
        """All schemas, with what counts as not given: null for a list too, and of what is required
        the zero of its type (protobuf does not tell it from nothing). `answers` may hold that.
        """
        given = self._inside(answers)
        return {name: self._read(schema, name not in given) for name, schema in self._named.items()}

    def _inside(self, schemas: Iterable[Schema]) -> set[str]:
        """The names of schemas that are referred to, and of those that they refer to."""
        found: set[str] = set()
        ahead: list[Any] = list(schemas)
        while ahead:
            part = ahead.pop()
            if isinstance(part, dict):
                ahead += part.values()
                name = str(part.get("$ref", "")).rpartition("/")[2]
                if name in self._named and name not in found:
                    found.add(name)
                    ahead.append(self._named[name])
            elif isinstance(part, list):
                ahead += part
        return found

    def properties(self, schema: Schema) -> Mapping[str, Schema]:
        """The fields of a message."""
        found: Mapping[str, Schema] = self.followed(schema).get("properties", {})
        return found

    def required(self, schema: Schema) -> Sequence[str]:
        """The names of the fields that must be given."""
        found: Sequence[str] = self.followed(schema).get("required", ())
        return found

    def followed(self, schema: Schema) -> Schema:
        """What a schema refers to, if it does; beside null it may be only that."""
        beside_null = [each for each in schema.get("anyOf", ()) if each != {"type": "null"}]
        if len(beside_null) == 1:
            schema = beside_null[0]
        reference = schema.get("$ref")
        return schema if reference is None else self._named[reference.rpartition("/")[2]]

    def without(self, schema: Schema, names: Sequence[str], message: str) -> Schema:
        """The schema of a body, where the path has some of the fields; `x-message` tells then
        of which message it is.
        """
        if not names:
            return schema
        followed = self._read(self.followed(schema), True)
        kept = {
            name: field
            for name, field in followed.get("properties", {}).items()
            if name not in names
        }
        required = [name for name in followed.get("required", ()) if name not in names]
        return {**followed, "properties": kept, "required": required, "x-message": message}

    def _read(self, schema: Schema, refuses_zeros: bool) -> Schema:
        if "properties" not in schema:
            return schema
        required = schema.get("required", ())
        properties = {}
        for name, field in schema["properties"].items():
            if name in required and not refuses_zeros:
                properties[name] = field
            elif name in required:
                zeros = self._zeros(field)
                properties[name] = {**field, "not": {"enum": zeros}} if zeros else field
            elif field.get("type") == "array":
                properties[name] = {**field, "type": ["array", "null"]}
            else:
                properties[name] = field
        return {**schema, "properties": properties}

    def _zeros(self, field: Schema) -> list[Any]:
        # An open enum is its values, or any text.
        followed = self.followed(field.get("anyOf", [field])[0])
        if len(listed := followed.get("enum", [])) > 1:
            return list(listed[:1])
        match followed.get("type"):
            case "string" if "format" not in followed and "pattern" not in followed:
                return [""]
            case "boolean":
                return [False]
            # A list of any values is a ListValue: a message, which may be empty.
            case "array" if followed["items"] != {"$ref": "#/components/schemas/JsonValue"}:
                return [[]]
            case ["integer" | "number", "string"]:
                return [0, "0"]
        return []


def in_path(name: str, message: Schema, schemas: Schemas) -> Schema:
    """A parameter of the path; a dotted name leads into messages."""
    *parents, last = name.split(".")
    for parent in parents:
        message = schemas.properties(message).get(parent, {})
    field = schemas.properties(message).get(last, {"type": "string"})
    # A segment is one value, also where the field is a list.
    schema = _text(field.get("items", field))
    if schema.get("type") == "string":
        schema["minLength"] = 1
    return {"name": name, "in": "path", "required": True, "schema": schema, **_described(field)}


def in_query(message: Schema, descriptor: Descriptor, schemas: Schemas) -> list[Schema]:
    """The parameters that make a message: dots go into those in it, lists are repeated."""
    return list(_in_query(message, descriptor, schemas, "", True, _DEPTH))


def _in_query(
    message: Schema, descriptor: Descriptor, schemas: Schemas, prefix: str, must: bool, depth: int
) -> Iterator[Schema]:
    required = schemas.required(message)
    for field in descriptor.fields:
        name, kind = documented_name(field), field.message_type
        schema = schemas.properties(message).get(name)
        if schema is None or (kind is not None and kind.full_name in UNTYPED):
            continue
        needed = must and name in required
        is_message = kind is not None and not kind.full_name.startswith("google.protobuf.")
        if is_message and not field.is_repeated:
            if depth:
                yield from _in_query(schema, kind, schemas, f"{prefix}{name}.", needed, depth - 1)
            continue
        shown = _in_text(schema) if is_message else _text(schema)
        if needed and shown.get("type") == "string":
            shown["minLength"] = 1
        parameter = {"name": prefix + name, "in": "query", "required": needed, "schema": shown}
        exploded = {"style": "form", "explode": True} if field.is_repeated else {}
        yield {**parameter, **exploded, **_described(schema)}


def _text(schema: Schema) -> Schema:
    """The schema of one value, alone: nothing that can be sent is null."""
    beside_null = [each for each in schema.get("anyOf", ()) if each != {"type": "null"}]
    found = beside_null[0] if len(beside_null) == 1 else schema
    return {
        key: value
        for key, value in found.items()
        if key not in ("default", "description", "title", "examples")
    }


def _in_text(schema: Schema) -> Schema:
    """Messages in a list are given as JSON, one for each time that the parameter stands there."""
    item = {"type": "string", "contentMediaType": "application/json"}
    return {"type": "array", "items": {**item, "contentSchema": schema["items"]}}


def _described(schema: Schema) -> Schema:
    return {"description": schema["description"]} if "description" in schema else {}
