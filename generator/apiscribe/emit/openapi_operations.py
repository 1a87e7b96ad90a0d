"""The operations of the OpenAPI document: one for each route of each method."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from apiscribe.emit.encoders import markdown
from apiscribe.emit.openapi_parameters import (
    header,
    in_header,
    in_path,
    in_query,
)
from apiscribe.emit.openapi_paths import Path, openapi_path
from apiscribe.emit.openapi_responses import MEDIA_TYPE, media, responses
from apiscribe.emit.openapi_schemas import Schemas, with_files
from apiscribe.emit.openapi_security import requirements
from apiscribe.emit.openapi_values import Schema
from apiscribe.emit.request_places import WITH_BODY, request_places
from apiscribe.model.api import Field, Message, Method, Route, Service
from apiscribe.model.http import FILES
from apiscribe.model.types import MessageRef, Scalar

_MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+*-]+(?:; ?[\w-]+=[\w-]+)*", re.ASCII)
_EMPTY = "google.protobuf.Empty"


@dataclass(frozen=True)
class Operation:
    """An operation at its path and verb."""

    path: str
    verb: str
    content: Schema


def operations(service: Service, schemas: Schemas) -> Iterator[Operation]:
    """Yield the operations of a service."""
    for method in service.methods:
        for index, route in enumerate(method.routes):
            yield _Writer(service, method, route, schemas).operation(index)


class _Writer:
    """Writes the operation of one route."""

    def __init__(self, service: Service, method: Method, route: Route, schemas: Schemas) -> None:
        self.service, self.method, self.route, self.schemas = service, method, route, schemas
        self.request: Message | None = schemas.messages.get(method.request)
        self.path: Path = openapi_path(route.path)
        self.in_path = {parameter.field for parameter in self.path.parameters}
        self.places = request_places(route, self.request, self.in_path)

    def operation(self, index: int) -> Operation:
        """Return the operation; `index` is that of the route."""
        method = self.method
        content: Schema = {"tags": [self.schemas.names.tags[self.service.full_name]]}
        if summary := " ".join(method.summary.split()):
            content["summary"] = summary
        if method.description:
            content["description"] = markdown(method.description)
        names = self.schemas.names
        content["operationId"] = names.operation_id(self.service, method.name, index)
        if method.deprecated:
            content["deprecated"] = True
        if parameters := _distinct(self.parameters()):
            content["parameters"] = parameters
        if body := self.body():
            content["requestBody"] = body
        content["responses"] = responses(method, self.route, self.schemas)
        if method.security is not None:
            content["security"] = requirements(method.security)
        content |= self.extensions()
        return Operation(self.path.text, self.route.verb.lower(), content)

    def parameters(self) -> Iterator[Schema]:
        """Yield the parameters: of the path, the query, headers and cookies."""
        for parameter in self.path.parameters:
            field, messages = self.field_at(parameter.field)
            yield in_path(parameter, field, messages, self.schemas)
        yield from in_query(self.places.query, self.schemas)
        for field in self.places.headers:
            yield in_header(field, self.schemas)
        for one in self.method.headers:
            if one.name.lower() != "authorization":
                yield header(one, self.schemas)

    def field_at(self, field_path: str) -> tuple[Field | None, list[str]]:
        """Return the field of a field path, and the messages on the path below the request.

        The name of a field may have dots, too. The field is None if the request has no such one.
        """
        message, inside = self.request, list[str]()
        if message is None:
            return None, []
        if field := _named(message, field_path):
            return field, []
        for name in field_path.split("."):
            field = _named(message, name) if message else None
            if field is None:
                return None, []
            message = self.schemas.messages.get(field.type.name)
            inside.append(field.type.name)
        return field, inside[:-1]

    def body(self) -> Schema | None:
        """Return the body of the request, or None without one."""
        named, required = self.named_body(), any(field.required for field in self.places.body)
        schema = self.schemas.field(named) if named else self.whole_body()
        if schema is None:
            return None
        description = schema.pop("description", "") if named else ""
        result: Schema = {"description": description} if description else {}
        examples = self.schemas.conforming(self.shown_bodies(named), schema)
        media_type = self.method.media_type or MEDIA_TYPE
        if not _MEDIA_TYPE.fullmatch(media_type):
            media_type = MEDIA_TYPE
        if self.method.request_streams:
            media_type = "application/x-ndjson"
        result["content"] = {media_type: media(schema, examples)}
        if required:
            result["required"] = True
        return result

    def named_body(self) -> Field | None:
        """Return the field that is the whole body."""
        body = self.route.body
        return next((f for f in self.places.body if body in (f.name, f.json_name)), None)

    def whole_body(self) -> Schema | None:
        """Return the schema of a body that has the rest of the fields, or None without one."""
        request, route = self.request, self.route
        has_body = bool(route.verb in WITH_BODY or route.body or self.places.body)
        reference = MessageRef(name=self.method.request)
        if request is None:
            is_empty = self.method.request == _EMPTY
            return self.schemas.type(reference) if has_body and not is_empty else None
        has_content = self.places.body or request.incomplete
        if not has_body or not has_content:
            return None
        if self.is_whole():
            return self.schemas.type(reference)
        return with_files(self.schemas.object(request, self.places.body, ""), self.files())

    def is_whole(self) -> bool:
        """Return whether the body is the request as other bodies have it: with all its fields, and
        without files.
        """
        is_all = self.request is not None and len(self.places.body) == len(self.request.fields)
        return is_all and not self.files()

    def files(self) -> set[str]:
        """Return the names of the body's fields that are files."""
        if self.method.media_type != FILES:
            return set()
        return {f.json_name for f in self.places.body if f.type == Scalar(name="bytes")}

    def shown_bodies(self, named: Field | None) -> Iterator[Any]:
        """Yield the bodies in the examples, which may show the whole request."""
        elsewhere = {f.json_name for f in self.request.fields} if self.request else set()
        elsewhere -= {f.json_name for f in self.places.body}
        for example in self.method.examples:
            if example.role != "request":
                continue
            value = example.value
            if isinstance(value, dict) and elsewhere & value.keys():
                value = {key: entry for key, entry in value.items() if key not in elsewhere}
            if named is not None and isinstance(value, dict) and value.keys() == {named.json_name}:
                value = value[named.json_name]
            yield value

    def extensions(self) -> Schema:
        """Return what OpenAPI has no place for: the page, and names of messages and fields."""
        result: Schema = {"x-apiscribe-source": self.method.span.path}
        if self.path.text != self.route.path:
            result["x-apiscribe-path"] = self.route.path
        is_whole = self.is_whole() and self.request and self.request.fields
        if not is_whole and self.method.request != _EMPTY:
            result["x-apiscribe-request"] = self.method.request
        if named := self.named_body():
            result["x-apiscribe-body"] = named.json_name
        if self.route.response_body:
            result["x-apiscribe-response"] = self.method.response
            result["x-apiscribe-response-body"] = self.route.response_body
        return result


def _named(message: Message, name: str) -> Field | None:
    return next((f for f in message.fields if name in (f.json_name, f.name)), None)


def _distinct(parameters: Iterator[Schema]) -> Sequence[Schema]:
    """Return the parameters without repeated ones: the first of a name and place counts."""
    return list({(p["in"], p["name"]): p for p in reversed(list(parameters))}.values())[::-1]
