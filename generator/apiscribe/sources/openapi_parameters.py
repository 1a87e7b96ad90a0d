"""Read the parameters of OpenAPI operations: as fields of a request, and headers apart."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from apiscribe.model.api import Message
from apiscribe.model.http import Location, Parameter
from apiscribe.model.openapi_document import SCHEMAS, Document, Json, schema_name
from apiscribe.sources.openapi_operations import Operation
from apiscribe.sources.openapi_schemas import Schemas

_PLACES: Mapping[str, Location] = {"header": "header", "cookie": "cookie"}


def schema_of_parameters(document: Document, parameters: Mapping[str, Json]) -> Json:
    """Return the schema of an object with parameters as its properties."""
    properties = {
        name: {"description": p.get("description"), **document.get_object(p, "schema")}
        for name, p in parameters.items()
    }
    required = [name for name, p in parameters.items() if p.get("required") is True]
    return {"type": "object", "properties": properties, "required": required}


def located(
    document: Document,
    message: Message,
    operation: Operation,
    parameters: Collection[str],
    body: Json | None,
) -> Message:
    """Return a request; its fields have the lines of parameters and of the body's properties."""
    reference = str(body.get("$ref", "")) if body else ""
    path: tuple[str, ...] = ("paths", operation.path)
    in_body = (*path, operation.http_method.lower(), "requestBody", "properties")
    if reference.startswith(SCHEMAS):
        in_body = ("components", "schemas", schema_name(reference), "properties")
    fields = tuple(
        replace(
            field,
            span=(
                document.span_of(path, "name", field.json_name)
                if field.json_name in parameters
                else document.span(*in_body, field.json_name)
            ),
        )
        for field in message.fields
    )
    return replace(message, fields=fields)


def headers_of(document: Document, schemas: Schemas, operation: Operation) -> tuple[Parameter, ...]:
    """Return the headers and cookies of an operation."""
    keys = ("paths", operation.path, operation.http_method.lower())
    found = []
    for content in operation.parameters:
        if place := _PLACES.get(str(content.get("in"))):
            name = str(content.get("name"))
            type_ = schemas.field_type(content.get("schema", True), "", name, keys)
            parameter = Parameter(
                name=name,
                type=type_.type,
                repeated=type_.repeated,
                location=place,
                required=content.get("required") is True,
                deprecated=content.get("deprecated") is True,
                description=str(content.get("description") or ""),
                span=document.span_of(keys, "name", name),
            )
            found.append(parameter)
    return tuple(found)
