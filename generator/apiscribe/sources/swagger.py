"""Convert Swagger 2 documents, which many servers still have, to OpenAPI 3."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from apiscribe.model.openapi_document import Json

_VERBS = frozenset("get put post delete options head patch".split())
_JSON = "application/json"
# Where references lead. Source: OpenAPI 3.0, "Components Object".
_REFERENCES = {
    "#/definitions/": "#/components/schemas/",
    "#/parameters/": "#/components/parameters/",
    "#/responses/": "#/components/responses/",
}
# Keywords of a parameter that are keywords of its schema in OpenAPI 3.
_OF_SCHEMA = frozenset(
    "type format items default enum pattern maximum exclusiveMaximum minimum exclusiveMinimum"
    " maxLength minLength maxItems minItems uniqueItems multipleOf".split()
)
# collectionFormat → style and explode. Source: OpenAPI 3.0, "Style Values".
_STYLES: Mapping[str, Json] = {
    "multi": {"style": "form", "explode": True},
    "ssv": {"style": "spaceDelimited", "explode": False},
    "pipes": {"style": "pipeDelimited", "explode": False},
}
_FLOWS = {"application": "clientCredentials", "accessCode": "authorizationCode"}


def openapi_of(swagger: Json) -> Json:
    """Return the OpenAPI 3 document of a Swagger 2 document."""
    shared = _object(swagger.get("parameters"))
    produces = _media_types(swagger.get("produces"))
    components = {
        "schemas": swagger.get("definitions"),
        "parameters": {
            name: _parameter(each) for name, each in shared.items() if not _is_body(each)
        },
        "responses": {
            name: _response(each, produces)
            for name, each in _object(swagger.get("responses")).items()
        },
        "securitySchemes": {
            name: _scheme(each)
            for name, each in _object(swagger.get("securityDefinitions")).items()
        },
    }
    document: Json = {"openapi": "3.0.3", "info": swagger.get("info") or {}}
    document |= {key: swagger[key] for key in ("tags", "security") if key in swagger}
    document["servers"] = _servers(swagger)
    document["paths"] = {
        path: _path_item(item, swagger, shared)
        for path, item in _object(swagger.get("paths")).items()
    }
    document["components"] = {name: part for name, part in components.items() if part}
    result: Json = _converted(document)
    return result


def _servers(swagger: Json) -> list[Json]:
    path, host = str(swagger.get("basePath") or ""), swagger.get("host")
    schemes = swagger.get("schemes") or ["https"]
    if host:
        return [{"url": f"{scheme}://{host}{path}".rstrip("/")} for scheme in schemes]
    return [{"url": path}] if path else []


def _path_item(item: Any, swagger: Json, shared: Json) -> Any:
    if not isinstance(item, dict):
        return item
    result = dict(item)
    common = [_shared(each, shared) for each in _list(item.get("parameters"))]
    result["parameters"] = [_parameter(each) for each in common if not _is_body(each)]
    for verb in _VERBS & item.keys():
        bodies = [each for each in common if _is_body(each)]
        result[verb] = _operation(item[verb], swagger, shared, bodies)
    return result


def _operation(operation: Any, swagger: Json, shared: Json, bodies: Sequence[Json]) -> Any:
    if not isinstance(operation, dict):
        return operation
    own = [_shared(each, shared) for each in _list(operation.get("parameters"))]
    result = {k: v for k, v in operation.items() if k not in ("consumes", "produces", "schemes")}
    result["parameters"] = [_parameter(each) for each in own if not _is_body(each)]
    consumes = operation.get("consumes", swagger.get("consumes"))
    if parts := [*(each for each in own if _is_body(each)), *bodies]:
        result["requestBody"] = _body(parts, consumes)
    produces = _media_types(operation.get("produces", swagger.get("produces")))
    result["responses"] = {
        status: _response(each, produces)
        for status, each in _object(operation.get("responses")).items()
    }
    return result


def _shared(parameter: Any, shared: Json) -> Json:
    """Return a parameter. Follow a reference to a body: OpenAPI 3 has bodies in another place."""
    if not isinstance(parameter, dict):
        return {}
    target = shared.get(str(parameter.get("$ref", "")).removeprefix("#/parameters/"))
    return target if isinstance(target, dict) and _is_body(target) else parameter


def _is_body(parameter: Any) -> bool:
    return isinstance(parameter, dict) and parameter.get("in") in ("body", "formData")


def _body(parts: Sequence[Json], consumes: Any) -> Json:
    whole = next((each for each in parts if each.get("in") == "body"), None)
    if whole:
        schema = whole.get("schema") or {}
        required = whole.get("required") is True
        media_types = _media_types(consumes)
    else:
        fields = {str(each.get("name")): _parameter(each).get("schema", {}) for each in parts}
        names = [str(each.get("name")) for each in parts if each.get("required") is True]
        schema = {"type": "object", "properties": fields}
        schema |= {"required": names} if names else {}
        required = bool(names)
        has_file = any(each.get("type") == "file" for each in parts)
        kind = "multipart/form-data" if has_file else "application/x-www-form-urlencoded"
        media_types = _media_types(consumes) if consumes else [kind]
    body: Json = {"content": {name: {"schema": schema} for name in media_types}}
    return {**body, "required": True} if required else body


def _parameter(parameter: Any) -> Any:
    """Return a parameter or a header with its schema."""
    if not isinstance(parameter, dict) or "$ref" in parameter:
        return parameter
    own = _OF_SCHEMA | {"collectionFormat"}
    result = {key: value for key, value in parameter.items() if key not in own}
    schema = {key: parameter[key] for key in parameter.keys() & _OF_SCHEMA}
    if schema:
        result["schema"] = dict(sorted(schema.items()))
    if parameter.get("type") == "array" and parameter.get("in") == "query":
        format_ = str(parameter.get("collectionFormat"))
        result |= _STYLES.get(format_, {"style": "form", "explode": False})
    return result


def _response(response: Any, produces: Sequence[str]) -> Any:
    if not isinstance(response, dict) or "$ref" in response:
        return response
    result = {k: v for k, v in response.items() if k not in ("schema", "examples", "headers")}
    if "schema" in response:
        result["content"] = {name: {"schema": response["schema"]} for name in produces}
    if headers := _object(response.get("headers")):
        result["headers"] = {name: _parameter(each) for name, each in headers.items()}
    return result


def _scheme(scheme: Any) -> Any:
    if not isinstance(scheme, dict):
        return scheme
    if scheme.get("type") == "basic":
        return {**scheme, "type": "http", "scheme": "basic"}
    if scheme.get("type") != "oauth2":
        return scheme
    flow = str(scheme.get("flow"))
    keys = ("authorizationUrl", "tokenUrl", "scopes")
    parts = {key: scheme[key] for key in keys if key in scheme}
    return {"type": "oauth2", "flows": {_FLOWS.get(flow, flow): parts}}


def _converted(part: Any) -> Any:
    """Return a part with the references and keywords of OpenAPI 3."""
    if isinstance(part, list):
        return [_converted(each) for each in part]
    if not isinstance(part, dict):
        return part
    result = {key: _converted(value) for key, value in part.items()}
    reference = part.get("$ref")
    for old, new in _REFERENCES.items():
        if isinstance(reference, str) and reference.startswith(old):
            result["$ref"] = new + reference.removeprefix(old)
    if result.pop("x-nullable", None) is True:
        result["nullable"] = True
    if part.get("type") == "file":
        result |= {"type": "string", "format": "binary"}
    if isinstance(part.get("discriminator"), str):
        result["discriminator"] = {"propertyName": part["discriminator"]}
    return result


def _object(value: Any) -> Json:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _media_types(value: Any) -> list[str]:
    return [str(each) for each in _list(value)] or [_JSON]
