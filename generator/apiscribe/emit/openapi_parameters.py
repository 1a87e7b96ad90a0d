"""The parameters of OpenAPI operations: in the path, the query, headers and cookies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from apiscribe.emit.encoders import markdown
from apiscribe.emit.openapi_paths import PathParameter
from apiscribe.emit.openapi_schemas import Schemas, is_declared
from apiscribe.emit.openapi_values import Schema
from apiscribe.model.api import Field
from apiscribe.model.http import Parameter
from apiscribe.model.types import Map, Type

_MAX_DEPTH = 4  # of nested messages in a query string, as in generated servers
_OBJECTS = ("google.protobuf.Any", "google.protobuf.Struct")


def in_path(
    parameter: PathParameter, field: Field | None, messages: Sequence[str], schemas: Schemas
) -> Schema:
    """Return a parameter of the path; `field` is None if the request has no such field, and
    `messages` are those around the field, below the request.
    """
    schema: Schema = {"type": "string"}
    description = ""
    if field is not None:
        # A segment is one value, even if the field is a list; and it is always there.
        schema, description = schemas.value(field, repeated=False)
        schema.pop("default", None)
    if parameter.pattern:
        part = f"The last part of `{{{parameter.field}={parameter.pattern}}}`"
        if parameter.pattern == "**":
            part = "It may contain slashes"
        elif parameter.name != parameter.field:
            part = f"A part of `{{{parameter.field}={parameter.pattern}}}`"
        schema, description = {"type": "string"}, f"{description}\n\n{markdown(part)}.".strip()
    result = _parameter(parameter.name, "path", True, description, schema, field)
    field_path = parameter.field if messages else field.json_name if field else ""
    if parameter.name != field_path:
        result["x-apiscribe-field"] = field_path
    if messages:
        result["x-apiscribe-messages"] = list(messages)
    if field is not None and field.required is False:
        result["x-apiscribe-required"] = False  # where OpenAPI has no choice
    return result


def in_query(fields: Sequence[Field], schemas: Schemas) -> Iterator[Schema]:
    """Yield the parameters of fields in the query string."""
    for field in fields:
        yield from _in_query(field, "", bool(field.required), schemas, _MAX_DEPTH)


def in_header(field: Field, schemas: Schemas) -> Schema:
    """Return the parameter of a field that is a header or cookie."""
    schema, description = schemas.value(field)
    required = bool(field.required)
    result = _parameter(field.json_name, field.location, required, description, schema, field)
    return {**result, "x-apiscribe-field": field.json_name}


def header(parameter: Parameter, schemas: Schemas) -> Schema:
    """Return the parameter of a header or cookie that is no field."""
    schema, description = schemas.value(parameter)
    place = parameter.location or "header"
    return _parameter(
        parameter.name, place, bool(parameter.required), description, schema, parameter
    )


def _in_query(
    field: Field, prefix: str, required: bool, schemas: Schemas, depth: int
) -> Iterator[Schema]:
    name = prefix + field.json_name
    is_nested = is_declared(field.type) and not field.repeated
    # A page that lists an object in the query string shows its brackets; else dots are field paths.
    if is_nested and depth and field.location != "query":
        message = schemas.messages[field.type.name]
        for inner in message.fields:
            inner_required = required and bool(inner.required)
            for one in _in_query(inner, f"{name}.", inner_required, schemas, depth - 1):
                yield _with_message(one, message.full_name)
        if message.fields:
            return
    schema, description = schemas.query(field)
    style: dict[str, Any] = {}
    if is_declared(field.type) and field.repeated:
        item = {"type": "string", "contentMediaType": "application/json"}
        schema["items"] = {**item, "contentSchema": schema["items"]}
    elif _is_object(field.type) and not field.repeated:
        style = {"style": "deepObject", "explode": True}
    yield _parameter(name, "query", required, description, schema, field, **style)


def _with_message(parameter: Schema, message: str) -> Schema:
    """Return the parameter with the messages on its field path, the outermost first."""
    inside = parameter.get("x-apiscribe-messages", [])
    return {**parameter, "x-apiscribe-messages": [message, *inside]}


def _is_object(type_: Type) -> bool:
    return isinstance(type_, Map) or is_declared(type_) or type_.name in _OBJECTS


def _parameter(
    name: str,
    place: str,
    required: bool,
    description: str,
    schema: Schema,
    source: Field | Parameter | None,
    **style: Any,
) -> Schema:
    result: Schema = {"name": name, "in": place}
    if description:
        result["description"] = description
    if required:
        result["required"] = True
    if source is not None and source.deprecated:
        result["deprecated"] = True
    return {**result, **style, "schema": schema}
