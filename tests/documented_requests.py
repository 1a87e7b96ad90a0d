"""Requests for the operations of an OpenAPI document: their examples, or what their schemas require."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx

_FORMATS = {
    "byte": "YQ==",
    "date": "2024-01-01",
    "date-time": "2024-01-01T00:00:00Z",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "email": "a@example.com",
    "uri": "https://example.com/a",
}
_DEEPEST = 6


@dataclass(frozen=True, kw_only=True)
class Request:
    """A request for one operation, with the operation as the document describes it."""

    verb: str
    template: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    body: bytes | None
    operation: Mapping[str, Any]

    def send(self, client: httpx.Client) -> httpx.Response:
        """Send the request."""
        return client.request(
            self.verb, self.path, params=self.query, headers=self.headers, content=self.body
        )


def documented_requests(document: Mapping[str, Any]) -> Iterator[Request]:
    """Yield a request for each operation."""
    for template, item in document["paths"].items():
        for verb, operation in item.items():
            yield _request(document, template, verb, operation)


def _request(
    document: Mapping[str, Any], template: str, verb: str, operation: Mapping[str, Any]
) -> Request:
    path, query, headers = template, list[tuple[str, str]](), dict[str, str]()
    for parameter in operation.get("parameters", ()):
        value = sample(parameter["schema"], document)
        texts = [_text(entry) for entry in (value if isinstance(value, list) else [value])]
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", quote(texts[0], safe=""))
        elif parameter.get("required") and parameter["in"] == "query":
            query += [(parameter["name"], text) for text in texts]
        elif parameter.get("required") and parameter["in"] == "header":
            headers[parameter["name"]] = texts[0]
    for place, name, value in _credentials(document, operation):
        if place == "query":
            query.append((name, value))
        else:
            headers[name] = value
    body = None
    for media_type, media in operation.get("requestBody", {}).get("content", {}).items():
        if media_type.partition(";")[0].endswith("json"):
            shown = [example["value"] for example in media.get("examples", {}).values()]
            value = shown[0] if shown else sample(media["schema"], document)
            body, headers["content-type"] = json.dumps(value).encode(), media_type
    return Request(
        verb=verb.upper(),
        template=template,
        path=path,
        query=tuple(query),
        headers=headers,
        body=body,
        operation=operation,
    )


def _credentials(
    document: Mapping[str, Any], operation: Mapping[str, Any]
) -> Iterator[tuple[str, str, str]]:
    """Yield the place, name and value of each credential of the first way to authenticate."""
    ways = operation.get("security", document.get("security", []))
    for name in ways[0] if ways else ():
        scheme = document["components"]["securitySchemes"][name]
        if scheme["type"] == "apiKey":
            yield scheme["in"], scheme["name"], "key"
        else:
            is_basic = scheme.get("scheme") == "basic"
            yield "header", "Authorization", "Basic YTpi" if is_basic else "Bearer key"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def sample(schema: Mapping[str, Any], document: Mapping[str, Any], depth: int = 0) -> Any:
    """Return a value of a schema that an emitted document has."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        schema = document["components"]["schemas"][name]
    if "anyOf" in schema and "type" not in schema:
        return sample(schema["anyOf"][0], document, depth)
    for key in ("examples", "enum"):
        if schema.get(key):
            return schema[key][0]
    if "default" in schema:
        return schema["default"]
    kind = schema.get("type", "null")
    match kind if isinstance(kind, str) else kind[0]:
        case "object":
            names = schema.get("required", ()) if depth < _DEEPEST else ()
            return {name: sample(schema["properties"][name], document, depth + 1) for name in names}
        case "array":
            return [sample(schema.get("items", {}), document, depth + 1)]
        case "integer" | "number":
            return schema.get("minimum", min(1, schema.get("maximum", 1)))
        case "boolean":
            return True
        case "string":
            text = _FORMATS.get(schema.get("format", ""), "a")
            return text.ljust(schema.get("minLength", 1), "a")[: schema.get("maxLength")]
        case _:
            return None
