"""Read the operations of an OpenAPI document as routes of services' methods."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from apiscribe.model.names import identifier
from apiscribe.model.openapi_document import Document, Json
from apiscribe.sources.openapi_attributes import without_null

_HTTP_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
# In documents of apiscribe the operationId of a method's first route is `pkg.Service.method`, of
# its second `pkg.Service.method.2`.
_NUMBERED_ID = re.compile(r"(?P<name>.*)\.(?P<index>[0-9]{1,3})")


@dataclass(frozen=True)
class Operation:
    """An operation: one route of a method.

    `parameters` include those of the path item, `service` is a full name, and `index` is 1 for the
    first route of a method.
    """

    http_method: str
    path: str
    content: Json
    parameters: tuple[Json, ...]
    service: str
    method: str
    index: int

    @property
    def package(self) -> str:
        """The package of the service; empty if its name has none."""
        return self.service.rpartition(".")[0]

    @property
    def is_built(self) -> bool:
        """Whether `apiscribe build` wrote the operation; others are of generated servers."""
        return "x-apiscribe-source" in self.content

    @property
    def template(self) -> str:
        """The path as google.api.http writes it, if the document states that."""
        return str(self.content.get("x-apiscribe-path") or self.path)

    @property
    def is_ours(self) -> bool:
        """Whether apiscribe wrote the operation: its only tag is the service's full name, and its
        operationId begins with that name.
        """
        if self.is_built:
            return True
        is_named = str(self.content.get("operationId")).startswith(f"{self.service}.{self.method}")
        return is_named and bool(self.package) and self.content.get("tags") == [self.service]


def operations(document: Document) -> list[Operation]:
    """Return all operations: first by the index of the route, then in the document's order."""
    unsorted = [
        _operation(document, http_method, path, item)
        for path, item in _path_items(document)
        for http_method in _HTTP_METHODS
        if http_method in item
    ]
    return sorted(unsorted, key=lambda operation: operation.index)


def request_schema(document: Document, operation: Operation) -> Json | None:
    """Return the schema of the request body, or None without a body."""
    content = document.resolve(operation.content.get("requestBody") or {})
    schema = _schema(document, content)
    # Documents of FastAPI have null beside the schema of a body that callers may leave out.
    return without_null(schema) if schema and content.get("required") is not True else schema


def request_media_type(document: Document, operation: Operation) -> str:
    """Return the media type of the request body that `request_schema` describes; "" for JSON."""
    content = document.resolve(operation.content.get("requestBody") or {})
    name, _ = next(_schemas(document, content), ("", {}))
    return "" if "json" in name else name


def response_schema(document: Document, operation: Operation) -> Json | None:
    """Return the schema of the successful response, or None without a body."""
    responses = document.get_object(operation.content, "responses")
    success = sorted((key for key in responses if str(key).startswith("2")), key=str)
    keys = success or [key for key in responses if key == "default"]
    schemas = (_schema(document, document.resolve(responses[key])) for key in keys)
    return next((schema for schema in schemas if schema is not None), None)


def success_status(document: Document, operation: Operation) -> int:
    """Return the only status of success that an operation states; 0 for several or a range."""
    responses = document.get_object(operation.content, "responses")
    success = [str(key) for key in responses if str(key).startswith("2")]
    return int(success[0]) if len(success) == 1 and success[0].isdigit() else 0


def error_responses(document: Document, operation: Operation) -> list[Json]:
    """Return the responses to failed requests."""
    responses = document.get_object(operation.content, "responses")
    return [
        document.resolve(response)
        for key, response in responses.items()
        if not str(key).startswith("2") and (key != "default" or len(responses) > 1)
    ]


def _path_items(document: Document) -> Iterator[tuple[str, Json]]:
    for path, item in document.get_object(document.content, "paths").items():
        yield str(path), document.resolve(item)


def _operation(document: Document, http_method: str, path: str, item: Json) -> Operation:
    content = document.get_object(item, http_method)
    # An operation's parameter overrides that of the path item. Source: OpenAPI, "Operation".
    parameters = {
        (str(entry.get("in")), str(entry.get("name"))): entry
        for part in (item, content)
        for entry in document.get_objects(part, "parameters")
    }
    service, method, index = _names(document, content, f"{http_method}{path}")
    return Operation(
        http_method.upper(), path, content, tuple(parameters.values()), service, method, index
    )


def _names(document: Document, content: Json, default: str) -> tuple[str, str, int]:
    """Return the service's full name, the method's name and the index of the route."""
    name, index = str(content.get("operationId") or default), 1
    if content.get("operationId") and (match := _NUMBERED_ID.fullmatch(name)):
        name, index = match["name"], int(match["index"])
    scope, _, method = name.rpartition(".") if content.get("operationId") else ("", "", name)
    tags = content.get("tags")
    tag = _service_of_tag(document, str(tags[0]) if isinstance(tags, list) and tags else "")
    title = str(document.get_object(document.content, "info").get("title") or "Api")
    service = tag if not scope or tag.endswith(f".{scope}") else scope
    parts = [identifier(part) for part in (service or title).split(".") if part]
    return ".".join(parts) or "Api", identifier(method), index


def _service_of_tag(document: Document, tag: str) -> str:
    """Return the full name of a service that the document states for a tag, else the tag."""
    described = document.get_objects(document.content, "tags")
    stated = (entry.get("x-apiscribe-name") for entry in described if entry.get("name") == tag)
    return str(next(stated, None) or tag)


def _schema(document: Document, content: Json) -> Json | None:
    """Return the schema of a body: of its JSON media type, else of the first other one."""
    return next((schema or None for _, schema in _schemas(document, content)), None)


def _schemas(document: Document, content: Json) -> Iterator[tuple[str, Json]]:
    """Yield the media types of a body with their schemas, JSON before others."""
    media_types = document.get_object(content, "content")
    for name in sorted(media_types, key=lambda name: "json" not in name):
        media_type = document.resolve(media_types[name])
        if "schema" in media_type:
            yield name, document.get_object(media_type, "schema")
