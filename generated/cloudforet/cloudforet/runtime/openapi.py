"""The API as an OpenAPI 3.1 document: routes from the catalog, schemas from the models."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pydantic.json_schema import models_json_schema

from .catalog import Api, Method, Route, Service
from .messages import Message
from .samples import sample_request
from .wire import documented_name

_ERRORS = {400: "Invalid request", 404: "Not found", 501: "Not implemented"}
_ERROR_SCHEMA = {
    "type": "object",
    "required": ["detail"],
    "properties": {
        "detail": {
            "type": "object",
            "required": ["code", "message"],
            "properties": {"code": {"type": "string"}, "message": {"type": "string"}},
        }
    },
}


def describe(api: Api) -> dict[str, Any]:
    """The document."""
    models = list(dict.fromkeys(_models(api)))
    modes: list[tuple[type[Message], Any]] = [(model, "validation") for model in models]
    references, schemas = models_json_schema(modes, ref_template="#/components/schemas/{model}")
    names = {model: references[model, mode]["$ref"] for model, mode in modes}
    paths: dict[str, dict[str, Any]] = {}
    for service in api.services:
        for method in service.methods:
            for index, route in enumerate(method.routes):
                operation = _operation(api, service, method, route, index, names)
                # Of two methods on one route the first one answers.
                paths.setdefault(route.path, {}).setdefault(route.verb.lower(), operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": api.name, "version": "0"},
        "paths": paths,
        "components": {"schemas": {**schemas.get("$defs", {}), "Error": _ERROR_SCHEMA}},
    }


def _models(api: Api) -> Iterator[type[Message]]:
    for service in api.services:
        for method in service.methods:
            yield method.request
            if method.response:
                yield method.response


def _operation(
    api: Api,
    service: Service,
    method: Method,
    route: Route,
    index: int,
    names: dict[type[Message], str],
) -> dict[str, Any]:
    suffix = f".{index + 1}" if index else ""
    in_path = re.findall(r"\{(\w+)\}", route.path)
    answer = {"$ref": names[method.response]} if method.response else {"type": "object"}
    operation: dict[str, Any] = {
        "operationId": f"{service.full_name}.{method.name}{suffix}",
        "tags": [service.full_name],
        "description": method.description,
        "parameters": [_parameter(name, "path") for name in in_path],
        "responses": {
            "200": {"description": "Success", "content": _json(answer, method.response_examples)},
            **{str(status): _error(text) for status, text in _ERRORS.items()},
        },
    }
    if route.verb in ("POST", "PUT", "PATCH"):
        request = {"$ref": names[method.request]}
        shown = method.request_examples or tuple(
            filter(None, [sample_request(method, api.value_names)])
        )
        operation["requestBody"] = {"content": _json(request, shown)}
    else:
        scalars = [
            field
            for field in method.request_proto.DESCRIPTOR.fields
            if field.message_type is None and documented_name(field) not in in_path
        ]
        operation["parameters"] += [
            _parameter(documented_name(field), "query") for field in scalars
        ]
    return operation


def _json(schema: dict[str, Any], examples: tuple[Any, ...]) -> dict[str, Any]:
    """JSON of a schema, with what the pages show of it."""
    media: dict[str, Any] = {"schema": schema}
    if examples:
        media["examples"] = {str(n): {"value": value} for n, value in enumerate(examples, 1)}
    return {"application/json": media}


def _parameter(name: str, where: str) -> dict[str, Any]:
    return {"name": name, "in": where, "required": where == "path", "schema": {"type": "string"}}


def _error(text: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Error"}
    return {"description": text, "content": {"application/json": {"schema": schema}}}
