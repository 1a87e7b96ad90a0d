"""The parameters of OpenAPI operations, and the schemas of their fields."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from .descriptors import (
    Descriptor,
    documented_name,
    is_map,
)
from .pages import DIRECTION, LARGEST
from .registry import Method
from .transcoding import UNTYPED

Schema = dict[str, Any]
_MAX_DEPTH = 4  # of nested messages: a message may contain itself


class Schemas:
    """The schemas of a document, by name. `without_zero` are the full names of the enums that
    document no zero.
    """

    def __init__(self, named: Mapping[str, Schema], without_zero: Collection[str]) -> None:
        self._named, self._without_zero = named, without_zero

    def of_requests(self, responses: Iterable[Schema]) -> Mapping[str, Schema]:
        """Return all schemas as requests are read: a list may be null, and a required field must
        not be the zero of its type (protobuf does not distinguish it from unset). In the schemas of
        `responses`, zeros are valid.
        """
        names = self._reachable(responses)
        return {
            name: self._of_request(schema, name not in names)
            for name, schema in self._named.items()
        }

    def _reachable(self, schemas: Iterable[Schema]) -> set[str]:
        """Return the names of referenced schemas, direct and indirect ones."""
        names: set[str] = set()
        pending: list[Any] = list(schemas)
        while pending:
            part = pending.pop()
            if isinstance(part, dict):
                pending += part.values()
                name = str(part.get("$ref", "")).rpartition("/")[2]
                if name in self._named and name not in names:
                    names.add(name)
                    pending.append(self._named[name])
            elif isinstance(part, list):
                pending += part
        return names

    def properties(self, schema: Schema) -> Mapping[str, Schema]:
        """Return the fields of a message."""
        properties: Mapping[str, Schema] = self.resolve(schema).get("properties", {})
        return properties

    def required(self, schema: Schema) -> Sequence[str]:
        """Return the names of the required fields of a message."""
        names: Sequence[str] = self.resolve(schema).get("required", ())
        return names

    def resolve(self, schema: Schema) -> Schema:
        """Return the schema without a reference, and without null."""
        schema = _without_null(schema)
        reference = schema.get("$ref")
        return schema if reference is None else self._named[reference.rpartition("/")[2]]

    def without(self, schema: Schema, names: Sequence[str], message: str) -> Schema:
        """Return the schema of a body without the fields in the path; `x-message` is then the name
        of the message.
        """
        if not names:
            return schema
        whole = self._of_request(self.resolve(schema), True)
        properties = {
            name: field for name, field in whole.get("properties", {}).items() if name not in names
        }
        required = [name for name in whole.get("required", ()) if name not in names]
        return {**whole, "properties": properties, "required": required, "x-message": message}

    def with_files(self, schema: Schema, names: Collection[str]) -> Schema:
        """Return the schema of a multipart body, in which the fields with these names are files."""
        if not names:
            return schema
        whole = self._of_request(self.resolve(schema), True)
        properties = {
            name: self._file(field) if name in names else field
            for name, field in whole.get("properties", {}).items()
        }
        return {**whole, "properties": properties}

    def _file(self, field: Schema) -> Schema:
        items = field.get("items")
        if items is not None:
            return {"type": "array", "items": self._file(items), **_description_of(field)}
        return {"type": "string", "format": "binary", **_description_of(field)}

    def _of_request(self, schema: Schema, rejects_zeros: bool) -> Schema:
        if "properties" not in schema:
            return schema
        required = schema.get("required", ())
        properties = {}
        for name, field in schema["properties"].items():
            if name in required and not rejects_zeros:
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
        # An incomplete enum is anyOf its values and any string.
        resolved = self.resolve(field.get("anyOf", [field])[0])
        if len(values := resolved.get("enum", [])) > 1:
            has_zero = resolved.get("x-apiscribe-name") not in self._without_zero
            return list(values[:1]) if has_zero else []
        match resolved.get("type"):
            case "string" if "format" not in resolved and "pattern" not in resolved:
                return [""]
            # A list of JSON values is a ListValue: a message, which may be empty.
            case "array" if resolved["items"] != {"$ref": "#/components/schemas/JsonValue"}:
                return [[]]
        return []


def in_path(name: str, message: Schema, schemas: Schemas) -> Schema:
    """Return a parameter of the path. The name may be a field path."""
    *parents, last = name.split(".")
    for parent in parents:
        message = schemas.properties(message).get(parent, {})
    field = schemas.properties(message).get(last, {"type": "string"})
    # A segment is one value, even if the field is a list.
    schema = _value_schema(field.get("items", field))
    if schema.get("type") == "string":
        schema["minLength"] = 1
    return {
        "name": name,
        "in": "path",
        "required": True,
        "schema": schema,
        **_description_of(field),
    }


def in_query(message: Schema, descriptor: Descriptor, schemas: Schemas) -> list[Schema]:
    """Return the parameters of a message, with field paths for the fields of nested messages."""
    return list(_in_query(message, descriptor, schemas, "", True, _MAX_DEPTH))


def with_bounds(parameter: Schema, method: Method) -> Schema:
    """Return a parameter with the bounds of its values, if it chooses a page or an order."""
    standard = method.standard
    if standard and standard.sorting and parameter["name"] == standard.sorting.order:
        return {**parameter, "schema": {"type": "string", "pattern": DIRECTION}}
    paging = standard.paging if standard else None
    if paging is None:
        return parameter
    least = {paging.size: 1}
    if paging.style in ("offset", "page"):
        least[paging.position] = paging.first if paging.style == "page" else 0
    if parameter["name"] not in least:
        return parameter
    bounds = {"minimum": least[parameter["name"]], "maximum": LARGEST}
    return {**parameter, "schema": {"type": "integer", "format": "int64", **bounds}}


def _in_query(
    message: Schema,
    descriptor: Descriptor,
    schemas: Schemas,
    prefix: str,
    is_required: bool,
    depth: int,
) -> Iterator[Schema]:
    required_names = schemas.required(message)
    for field in descriptor.fields:
        name, kind = documented_name(field), field.message_type
        schema = schemas.properties(message).get(name)
        untyped = kind is not None and (is_map(field) or kind.full_name in UNTYPED)
        if schema is None or untyped:
            continue
        required = is_required and name in required_names
        is_message = kind is not None and not kind.full_name.startswith("google.protobuf.")
        if is_message and not field.is_repeated:
            if depth:
                yield from _in_query(schema, kind, schemas, f"{prefix}{name}.", required, depth - 1)
            continue
        value = _json_texts(schema) if is_message else _value_schema(schema)
        if required and value.get("type") == "string":
            value["minLength"] = 1
        parameter = {"name": prefix + name, "in": "query", "required": required, "schema": value}
        exploded = {"style": "form", "explode": True} if field.is_repeated else {}
        yield {**parameter, **exploded, **_description_of(schema)}


def _without_null(schema: Schema) -> Schema:
    """Return the other schema of an `anyOf` of null and one schema."""
    others = [other for other in schema.get("anyOf", ()) if other != {"type": "null"}]
    return others[0] if len(others) == 1 else schema


def _value_schema(schema: Schema) -> Schema:
    """Return the schema of a parameter's value, which is never null."""
    return {
        key: value
        for key, value in _without_null(schema).items()
        if key not in ("default", "description", "title", "examples")
    }


def _json_texts(schema: Schema) -> Schema:
    """Return the schema of repeated messages: each parameter is a JSON text."""
    item = {"type": "string", "contentMediaType": "application/json"}
    return {"type": "array", "items": {**item, "contentSchema": schema["items"]}}


def _description_of(schema: Schema) -> Schema:
    return {"description": schema["description"]} if "description" in schema else {}
