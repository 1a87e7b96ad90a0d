"""The API as an OpenAPI 3.1 document: routes from the registry, schemas from the models."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from pydantic.json_schema import models_json_schema

from .dispatch import EXAMPLE_HEADER
from .messages import Message
from .openapi_links import FINDING, MAKING, links_of
from .openapi_parameters import Schemas, in_path, in_query
from .registry import Api, Method, Route, Service
from .routes import names_in
from .samples import sample_requests
from .standard_methods import standard_method_of

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
_ERRORS = {
    400: "The request is not one that the method takes",
    401: "Nothing tells who calls",
    403: "The request is about another tenant",
    404: "No row has the key",
    409: "A row has the key already",
    413: "The request is too large",
    415: "The body is no JSON",
    501: "Nothing tells what the method does",
    503: "The server or its database is unavailable",
    504: "The answer took too long",
}
_LOOKING = {"list", "stat", "analyze"}
_SECURITY = {
    "bearer": {"type": "http", "scheme": "bearer"},
    "token": {"type": "apiKey", "in": "header", "name": "token"},
}


def describe(api: Api, secured: bool = False) -> dict[str, Any]:
    """The document. `secured`: callers must tell who they are."""
    models = list(dict.fromkeys(_models(api)))
    modes: list[tuple[type[Message], Any]] = [(model, "validation") for model in models]
    references, made = models_json_schema(modes, ref_template="#/components/schemas/{model}")
    schemas = Schemas(made.get("$defs", {}))
    names = {model: references[model, mode]["$ref"] for model, mode in modes}
    responses = {method.response for service in api.services for method in service.methods}
    answers = [{"$ref": names[model]} for model in responses if model]
    paths: dict[str, dict[str, Any]] = {}
    for service in api.services:
        for method in service.methods:
            for index, route in enumerate(method.routes):
                operation = _operation(api, service, method, route, index, names, schemas)
                errors = _errors(service, method, "requestBody" in operation, secured)
                operation["responses"] |= {
                    str(status): {"$ref": f"#/components/responses/{status}"} for status in errors
                }
                # Of two methods on one route the first one answers.
                path = re.sub(r"\{([^{}=]+)=[^{}]+\}", r"{\1}", route.path)
                paths.setdefault(path, {}).setdefault(route.verb.lower(), operation)
    _keep_links([operation for item in paths.values() for operation in item.values()])
    document: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {"title": api.name, "version": "0"},
        "paths": paths,
        "components": {
            "schemas": schemas.as_read(answers),
            # Not among the schemas: a message may be named Error.
            "responses": {
                str(status): {"description": text, "content": _json(_ERROR_SCHEMA)}
                for status, text in _ERRORS.items()
            },
        },
    }
    if secured:
        document["components"]["securitySchemes"] = _SECURITY
        document["security"] = [{name: []} for name in _SECURITY]
    return document


def _keep_links(operations: list[dict[str, Any]]) -> None:
    """Drop links to operations that another method answers in the place of."""
    known = {operation["operationId"] for operation in operations}
    for operation in operations:
        success = operation["responses"]["200"]
        links = success.pop("links", {})
        if kept := {name: link for name, link in links.items() if link["operationId"] in known}:
            success["links"] = kept


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
    schemas: Schemas,
) -> dict[str, Any]:
    """An operation, with what it answers where all goes well."""
    suffix = f".{index + 1}" if index else ""
    request = {"$ref": names[method.request]}
    descriptor, known = method.request_proto.DESCRIPTOR, names_in(route.path)
    answer = {"$ref": names[method.response]} if method.response else {"type": "object"}
    content = _json(answer, method.response_examples)
    if method.response_streams:
        content = {"application/x-ndjson": content["application/json"]}
    success = {"description": "Success", "content": content}
    if standard_method_of(service, method) is None and method.response_examples:
        header, value = EXAMPLE_HEADER
        schema = {"type": "string", "const": value}
        text = "The answer is the pages' example, whatever is asked"
        success["headers"] = {header: {"description": text, "schema": schema}}
    if links := links_of(service, method):
        success["links"] = links
    operation: dict[str, Any] = {
        "operationId": f"{service.full_name}.{method.name}{suffix}",
        "tags": [service.full_name],
        "description": method.description,
        "parameters": [in_path(name, request, schemas) for name in known],
        "responses": {"200": success},
    }
    if route.verb in ("POST", "PUT", "PATCH"):
        shown = sample_requests(method, api.value_names)
        whole = schemas.without(request, known, descriptor.full_name)
        content = _json(whole, tuple(_outside_path(each, known) for each in shown))
        operation["requestBody"] = {"content": content, "required": bool(schemas.required(whole))}
    else:
        rest = in_query(request, descriptor, schemas)
        operation["parameters"] += [each for each in rest if each["name"] not in known]
    return operation


def _outside_path(example: Any, in_path: list[str]) -> Any:
    """What the body has of an example, where the path has the rest."""
    if not isinstance(example, dict):
        return example
    return {name: value for name, value in example.items() if name not in in_path}


def _errors(service: Service, method: Method, has_body: bool, secured: bool) -> Iterable[int]:
    """The statuses that a request may be refused with."""
    behaves = standard_method_of(service, method) is not None
    yield 400
    if secured:
        yield from (401, 403)
    if behaves and method.name not in MAKING | _LOOKING:
        yield 404
    if behaves and method.name not in FINDING | _LOOKING:
        yield 409
    if has_body:
        yield from (413, 415)
    if not behaves and not any(isinstance(shown, dict) for shown in method.response_examples):
        yield 501
    yield from (503, 504)


def _json(schema: dict[str, Any], examples: tuple[Any, ...] = ()) -> dict[str, Any]:
    """JSON of a schema, with what the pages show of it."""
    media: dict[str, Any] = {"schema": schema}
    if examples:
        media["examples"] = {str(n): {"value": value} for n, value in enumerate(examples, 1)}
    return {"application/json": media}
