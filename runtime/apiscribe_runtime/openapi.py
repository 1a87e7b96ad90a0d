"""The OpenAPI 3.1 document of an API: routes from the registry, schemas from the models."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from google.protobuf.message import Message as ProtoMessage
from pydantic.json_schema import models_json_schema

from .descriptors import documented_fields
from .dispatch import EXAMPLE_HEADER
from .form_bodies import FILES
from .http_errors import error_schema
from .messages import Message
from .openapi_links import BY_KEY, links_of
from .openapi_names import state_names
from .openapi_parameters import Schemas, in_path, in_query, with_bounds
from .registry import Api, Method, Route, Service
from .routes import parameter_names
from .samples import sample_requests

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
    400: "The request is invalid",
    401: "The caller is not authenticated",
    403: "The request concerns another tenant",
    404: "No row has the key",
    409: "A row with the key exists",
    413: "The request is too large",
    415: "The body is not JSON",
    501: "The method is not implemented",
    503: "The server or its database is unavailable",
    504: "The response took too long",
}
_QUERYING = {"list", "stat", "analyze"}
_SECURITY = {
    "bearer": {"type": "http", "scheme": "bearer"},
    "token": {"type": "apiKey", "in": "header", "name": "token"},
}


def describe(api: Api, secured: bool = False) -> dict[str, Any]:
    """Return the document. `secured`: callers must authenticate."""
    models = list(dict.fromkeys(model for model, _ in _types(api)))
    modes: list[tuple[type[Message], Any]] = [(model, "validation") for model in models]
    references, generated = models_json_schema(modes, ref_template="#/components/schemas/{model}")
    names = {model: references[model, mode]["$ref"] for model, mode in modes}
    named = ((names[model].rpartition("/")[2], proto.DESCRIPTOR) for model, proto in _types(api))
    schemas = Schemas(generated.get("$defs", {}), state_names(generated.get("$defs", {}), named))
    responses = {method.response for service in api.services for method in service.methods}
    response_schemas = [{"$ref": names[model]} for model in responses if model]
    paths: dict[str, dict[str, Any]] = {}
    for service in api.services:
        for method in service.methods:
            for index, route in enumerate(method.routes):
                operation = _operation(api, service, method, route, index, names, schemas)
                errors = _errors(method, "requestBody" in operation, secured)
                operation["responses"] |= {
                    str(_status(status, service)): _error_response(status, service)
                    for status in errors
                }
                # The first method of a route wins.
                path = re.sub(r"\{([^{}=]+)=[^{}]+\}", r"{\1}", route.path)
                paths.setdefault(path, {}).setdefault(route.verb.lower(), operation)
    _drop_broken_links([operation for item in paths.values() for operation in item.values()])
    document: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {"title": api.name, "version": "0"},
        "paths": paths,
        "components": {
            "schemas": schemas.of_requests(response_schemas),
            # Not a schema: a message may have the name Error.
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


def _status(status: int, service: Service) -> int:
    return service.errors.invalid if service.errors and status == 400 else status


def _error_response(status: int, service: Service) -> dict[str, Any]:
    """Return the response for an error; one in a form of its own is not shared."""
    if service.errors is None:
        return {"$ref": f"#/components/responses/{status}"}
    return {"description": _ERRORS[status], "content": _json(error_schema(service.errors))}


def _drop_broken_links(operations: list[dict[str, Any]]) -> None:
    """Drop links to operations without a route: another method has it."""
    known = {operation["operationId"] for operation in operations}
    for operation in operations:
        success = next(r for s, r in operation["responses"].items() if s.startswith("2"))
        links = success.pop("links", {})
        if valid := {name: link for name, link in links.items() if link["operationId"] in known}:
            success["links"] = valid


def _types(api: Api) -> Iterator[tuple[type[Message], type[ProtoMessage]]]:
    """Yield the model and the protobuf class of each request and response."""
    for service in api.services:
        for method in service.methods:
            yield method.request, method.request_proto
            if method.response:
                yield method.response, method.response_proto


def _operation(
    api: Api,
    service: Service,
    method: Method,
    route: Route,
    index: int,
    names: dict[type[Message], str],
    schemas: Schemas,
) -> dict[str, Any]:
    """Return an operation with its success response."""
    suffix = f".{index + 1}" if index else ""
    request = {"$ref": names[method.request]}
    descriptor, path_names = method.request_proto.DESCRIPTOR, parameter_names(route.path)
    response = {"$ref": names[method.response]} if method.response else {"type": "object"}
    shown = method.response_examples
    if name := route.response_body:
        response = _field_schema(response, name, schemas)
        shown = tuple(example[name] for example in shown if name in example)
    content = _json(response, shown)
    if method.response_streams:
        content = {"application/x-ndjson": content["application/json"]}
    success: dict[str, Any] = {"description": "Success"}
    if method.status not in (204, 205):
        success["content"] = content
    if headers := _headers(method, route):
        success["headers"] = headers
    if links := links_of(service, method):
        success["links"] = links
    operation: dict[str, Any] = {
        "operationId": f"{service.full_name}.{method.name}{suffix}",
        "tags": [service.full_name],
        "description": method.description,
        "parameters": [in_path(name, request, schemas) for name in path_names],
        "responses": {str(method.status): success},
    }
    if route.verb in ("POST", "PUT", "PATCH"):
        examples = sample_requests(method, api.value_names)
        body = schemas.without(request, path_names, descriptor.full_name)
        if route.body:
            body = _field_schema(request, route.body, schemas)
            parameters = in_query(request, descriptor, schemas)
            others = [one for one in parameters if one["name"].partition(".")[0] != route.body]
            operation["parameters"] += [one for one in others if one["name"] not in path_names]
            examples = [example[route.body] for example in examples if route.body in example]
        content = _json(body, tuple(_body_of(example, path_names) for example in examples))
        if method.form:
            content = {
                method.form: {"schema": _form_schema(body, method, route, schemas)},
                **content,
            }
        operation["requestBody"] = {"content": content, "required": bool(schemas.required(body))}
    else:
        parameters = in_query(request, descriptor, schemas)
        parameters = [one for one in parameters if one["name"] not in path_names]
        operation["parameters"] += [with_bounds(parameter, method) for parameter in parameters]
    return operation


def _headers(method: Method, route: Route) -> dict[str, Any]:
    """Return the headers of the successful response."""
    if method.standard is None and method.response_examples:
        header, value = EXAMPLE_HEADER
        text = "The response is the example in the pages, for any request"
        return {header: {"description": text, "schema": {"type": "string", "const": value}}}
    if route.verb == "GET" and method.standard and method.standard.link_header:
        text = "Addresses of the next and the previous page (RFC 8288)"
        return {"Link": {"description": text, "schema": {"type": "string"}}}
    return {}


def _form_schema(
    body: dict[str, Any], method: Method, route: Route, schemas: Schemas
) -> dict[str, Any]:
    """Return the schema of a body that is a form."""
    descriptor = method.request_proto.DESCRIPTOR
    if route.body:
        descriptor = documented_fields(descriptor)[route.body].message_type
    if method.form != FILES or descriptor is None:
        return body
    fields = documented_fields(descriptor).items()
    return schemas.with_files(body, [n for n, f in fields if f.type == f.TYPE_BYTES])


def _field_schema(message: dict[str, Any], name: str, schemas: Schemas) -> dict[str, Any]:
    """Return the schema of a field that is a whole body."""
    return schemas.properties(message).get(name, {})


def _body_of(example: Any, path_names: list[str]) -> Any:
    """Return an example request without the parameters of the path."""
    if not isinstance(example, dict):
        return example
    return {name: value for name, value in example.items() if name not in path_names}


def _errors(method: Method, has_body: bool, secured: bool) -> Iterable[int]:
    """Yield the error statuses of an operation."""
    kind = method.standard.kind if method.standard else ""
    yield 400
    if secured:
        yield from (401, 403)
    if kind and kind not in _QUERYING | {"create"}:
        yield 404
    if kind and kind not in _QUERYING | BY_KEY:
        yield 409
    if has_body:
        yield from (413, 415)
    shows_answer = any(isinstance(example, dict) for example in method.response_examples)
    if (not kind and not shows_answer) or (method.standard and method.standard.refused):
        yield 501
    yield from (503, 504)


def _json(schema: dict[str, Any], examples: tuple[Any, ...] = ()) -> dict[str, Any]:
    """Return the JSON media type of a schema, with examples."""
    media: dict[str, Any] = {"schema": schema}
    if examples:
        media["examples"] = {str(n): {"value": value} for n, value in enumerate(examples, 1)}
    return {"application/json": media}
