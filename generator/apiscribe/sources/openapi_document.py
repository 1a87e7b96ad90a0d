"""An OpenAPI document → Api: operations are methods, schemas messages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from apiscribe.ir import Api, Enum, EnumValue, Field, File, Message, Method, Route, Service, TypeRef
from apiscribe.names import camel
from apiscribe.source import Span
from apiscribe.sources.failure import SourceError

_VERBS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
# Source: OpenAPI 3.1, "Data Types"; ProtoJSON for the rest.
_SCALARS = {
    "boolean": "bool",
    "integer": "int64",
    "number": "double",
    "string": "string",
    "int32": "int32",
    "int64": "int64",
    "float": "float",
    "double": "double",
    "byte": "bytes",
    "binary": "bytes",
}


class OpenApiReader:
    """Reads one document: operations are methods, schemas messages."""

    def __init__(self, document: dict[str, Any], name: str) -> None:
        self._document = document
        self._span = Span(name, 1, 1)
        self._messages: dict[str, Message] = {}

    def api(self) -> Api:
        """The API of the document. Raises SourceError, and KeyError or its like where it is
        broken.
        """
        services: dict[str, dict[str, Method]] = {}
        for path, verb, operation in self._operations():
            service, method = _names(operation, path, verb)
            route = Route(verb=verb.upper(), path=path, span=self._span)
            methods = services.setdefault(service, {})
            if known := methods.get(method):
                methods[method] = _with_route(known, route)
            else:
                methods[method] = self._method(method, operation, route)
        file = File(
            path="openapi.proto",
            package="",
            page=self._span.path,
            services=tuple(
                Service(
                    name=name.rpartition(".")[2],
                    full_name=name,
                    methods=tuple(methods.values()),
                    span=self._span,
                )
                for name, methods in services.items()
            ),
            messages=tuple(self._messages.values()),
        )
        return Api(name="openapi", files=(file,))

    def _operations(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        for path, item in self._document.get("paths", {}).items():
            for verb in _VERBS:
                if verb in item:
                    operation = dict(item[verb])
                    operation["parameters"] = [
                        *item.get("parameters", ()),
                        *operation.get("parameters", ()),
                    ]
                    yield path, verb, operation

    def _method(self, name: str, operation: dict[str, Any], route: Route) -> Method:
        title = camel(name)
        body = self._json(self._resolved(operation.get("requestBody", {})))
        answers = operation.get("responses", {})
        good: dict[str, Any] = next(
            (answers[key] for key in sorted(answers) if str(key).startswith("2")), {}
        )
        request = self._message(body, f"{title}Request") if body else ""
        if not request:
            request = self._parameters(operation["parameters"], f"{title}Request")
        return Method(
            name=name,
            request=request,
            response=self._message(self._json(self._resolved(good)), f"{title}Response"),
            routes=(route,),
            description=operation.get("description", ""),
            span=self._span,
        )

    def _parameters(self, parameters: list[dict[str, Any]], name: str) -> str:
        schema = {
            "properties": {
                each["name"]: each.get("schema", {})
                for each in map(self._resolved, parameters)
                if each.get("in") in ("path", "query")
            },
            "required": [
                each["name"] for each in map(self._resolved, parameters) if each.get("required")
            ],
        }
        name = self._message(schema, name)
        # What does not fit into a query string is in none of the parameters.
        self._messages[name] = replace(self._messages[name], open=True)
        return name

    def _json(self, media: dict[str, Any]) -> dict[str, Any]:
        content = media.get("content", {})
        kind = next((k for k in content if k.split(";")[0].endswith("json")), "")
        schema: dict[str, Any] = content.get(kind, {}).get("schema", {})
        return schema

    def _message(self, schema: dict[str, Any], name: str) -> str:
        """The name of the message that a schema is, which is read with it."""
        if reference := schema.get("$ref", ""):
            name = str(reference).rpartition("/")[2]
            schema = self._resolved(schema)
        if name not in self._messages:
            # Before its fields: a message may hold itself.
            self._messages[name] = Message(name=name, full_name=name, fields=(), span=self._span)
            required = schema.get("required", ())
            enums: list[Enum] = []
            fields = [
                self._field(key, part, key in required, name, enums)
                for key, part in self._properties(schema).items()
            ]
            self._messages[name] = Message(
                name=name,
                full_name=name,
                fields=tuple(fields),
                enums=tuple(enums),
                description=schema.get("description", ""),
                span=self._span,
            )
        return name

    def _properties(self, schema: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for part in schema.get("allOf", ()):
            found |= self._properties(self._resolved(part))
        return {**found, **schema.get("properties", {})}

    def _field(
        self, key: str, schema: dict[str, Any], required: bool, owner: str, enums: list[Enum]
    ) -> Field:
        plain = self._without_null(schema)
        repeated = plain.get("type") == "array"
        item = self._without_null(plain.get("items", {})) if repeated else plain
        return Field(
            name=key,
            json_name=key,
            number=0,
            type=self._type(item, key, owner, enums),
            repeated=repeated,
            required=required,
            description=schema.get("description", ""),
            inferred={"numbers": "openapi"},
            span=self._span,
        )

    def _type(self, schema: dict[str, Any], key: str, owner: str, enums: list[Enum]) -> TypeRef:
        resolved = self._resolved(schema)
        values = resolved.get("enum")
        if values:
            full_name = f"{owner}.{camel(key)}"
            listed = tuple(
                EnumValue(name=str(value), json_name=str(value), number=n, span=self._span)
                for n, value in enumerate(values)
            )
            enum = Enum(
                name=camel(key),
                full_name=full_name,
                values=listed,
                inferred={"name": "openapi"},
                span=self._span,
            )
            enums.append(enum)
            return TypeRef(kind="enum", name=full_name)
        if resolved.get("properties") or resolved.get("allOf"):
            return TypeRef(kind="message", name=self._message(schema, owner + camel(key)))
        kind = resolved.get("type", "object")
        if resolved.get("format") == "date-time":
            return TypeRef(kind="message", name="google.protobuf.Timestamp")
        if kind in ("object", "array") or not isinstance(kind, str):
            return TypeRef(kind="message", name="google.protobuf.Struct")
        scalar = _SCALARS.get(resolved.get("format", ""), _SCALARS.get(kind, "string"))
        return TypeRef(kind="scalar", name=scalar)

    def _without_null(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The schema itself where it may be null, or one of several, the first of those."""
        schema = schema if "$ref" in schema else self._resolved(schema)
        for key in ("anyOf", "oneOf"):
            choices = [each for each in schema.get(key, ()) if each.get("type") != "null"]
            if choices:
                arrays = [each for each in choices if each.get("type") == "array"]
                first: dict[str, Any] = (arrays or choices)[0]
                return first
        kinds = schema.get("type")
        if isinstance(kinds, list):
            return {**schema, "type": next((k for k in kinds if k != "null"), "string")}
        return schema

    def _resolved(self, part: dict[str, Any]) -> dict[str, Any]:
        """What a reference leads to in the document; none leads out of it."""
        for _ in range(20):
            reference = part.get("$ref")
            if reference is None:
                return part
            if not str(reference).startswith("#/"):
                raise SourceError(f"{self._span.path} refers to another document: {reference}")
            target: Any = self._document
            for key in str(reference)[2:].split("/"):
                target = target[key.replace("~1", "/").replace("~0", "~")]
            part = target
        raise SourceError(f"{self._span.path}: a reference leads back to itself")


def _names(operation: dict[str, Any], path: str, verb: str) -> tuple[str, str]:
    """The service and the method of an operation: `shop.v1.Book.get`, whose further routes are
    `shop.v1.Book.get.2`; without a name, of its tag and its route.
    """
    name = re.sub(r"\.\d+$", "", operation.get("operationId", ""))
    service, _, method = name.rpartition(".")
    tags = operation.get("tags") or ["Api"]
    return service or str(tags[0]), method or f"{verb}_{path}"


def _with_route(method: Method, route: Route) -> Method:
    return replace(method, routes=(*method.routes, route))
