"""Read an OpenAPI document into the model: operations become methods, schemas messages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from apiscribe.model.api import File, Message, Method, Route, Service
from apiscribe.model.facts import ApiFacts
from apiscribe.model.names import camel, snake, unique
from apiscribe.model.openapi_document import Document, Json
from apiscribe.model.types import WELL_KNOWN, MessageRef
from apiscribe.model.version import Fact
from apiscribe.sources.openapi_answers import answers_of
from apiscribe.sources.openapi_built import (
    body_of,
    dissolved_messages,
    request_name,
    response_body_of,
    response_name,
)
from apiscribe.sources.openapi_files import files_of
from apiscribe.sources.openapi_names import name_schemas, reachable
from apiscribe.sources.openapi_operations import (
    Operation,
    operations,
    request_media_type,
    request_schema,
    response_schema,
    success_status,
)
from apiscribe.sources.openapi_parameters import headers_of, located, schema_of_parameters
from apiscribe.sources.openapi_schemas import Schemas, is_enum
from apiscribe.sources.openapi_security import read_facts, security_of

_EMPTY = "google.protobuf.Empty"


@dataclass(frozen=True)
class ReadOpenapi:
    """The API of a document; `stated` are the stated facts that not all documents state."""

    name: str
    facts: ApiFacts
    files: tuple[File, ...]
    stated: frozenset[Fact]


def read_openapi(document: Document) -> ReadOpenapi:
    """Read the API of a document. Raise DocumentError."""
    return _Reader(document).read()


class _Reader:
    """Reads one document; `ours` states that apiscribe wrote it."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.operations = operations(document)
        self.ours = bool(self.operations) and all(o.is_ours for o in self.operations)
        self.built = self.ours and all(o.is_built for o in self.operations)
        self.names = name_schemas(document, self.operations, self.ours)
        self.schemas = Schemas(document, self.names.full)
        self.facts = read_facts(document)
        # Messages that were made for a body that is no object → their only field.
        self.wrapped: dict[str, str] = {}
        self.bodies: dict[str, str] = {}  # message of a request → the field that is its body

    def read(self) -> ReadOpenapi:
        self.schemas.declare()
        if self.built:
            self.declare_dissolved()
        grouped: defaultdict[tuple[str, str], list[Operation]] = defaultdict(list)
        # First routes come first, so that methods keep the order of the document.
        for operation in self.operations:
            grouped[operation.service, operation.method].append(operation)
        methods: defaultdict[str, list[Method]] = defaultdict(list)
        for (service, _), routes in grouped.items():
            methods[service].append(self.method(routes))
        self.schemas.mark_incomplete_enums()
        services = [self.service(name, tuple(listed)) for name, listed in methods.items()]
        messages = [self.message(message) for message in self.schemas.messages.values()]
        title = self.facts.title.text if self.facts.title else "api"
        files = files_of(self.document, services, messages, list(self.schemas.enums.values()))
        return ReadOpenapi(snake(title), self.facts, files, self.stated_facts(messages))

    def declare_dissolved(self) -> None:
        """Declare the messages that only operations show, if `apiscribe build` wrote them."""
        for name, schema in dissolved_messages(self.document, self.operations, self.keys).items():
            if name not in WELL_KNOWN:
                self.schemas.message(name, schema, self.schemas.properties(schema), ("paths",))

    def service(self, full_name: str, methods: tuple[Method, ...]) -> Service:
        tags = self.document.get_objects(self.document.content, "tags")
        names = ("name", "x-apiscribe-name")
        text = next((t.get("description") for t in tags if full_name in map(t.get, names)), "")
        return Service(
            name=full_name.rpartition(".")[2],
            full_name=full_name,
            methods=methods,
            description=str(text or ""),
            span=methods[0].span,
        )

    def method(self, routes: list[Operation]) -> Method:
        """Return the method of some routes. The route with a body states the request's type."""
        first = routes[0]
        with_body = next((r for r in routes if request_schema(self.document, r)), None)
        spans = [self.document.span("paths", r.path, r.http_method.lower()) for r in routes]
        response = self.response(first)
        request = self.request(with_body or first)
        whole = "" if self.built else self.wrapped.get(response, "")
        return Method(
            name=first.method,
            request=request,
            response=response,
            routes=tuple(
                Route(
                    verb=route.http_method,
                    path=route.template,
                    body=self.bodies.get(request, "") or body_of(self.document, route),
                    response_body=response_body_of(route) or whole,
                    span=span,
                )
                for route, span in zip(routes, spans, strict=True)
            ),
            media_type=request_media_type(self.document, with_body or first),
            status=0 if self.built else success_status(self.document, first),
            answers=() if self.built else answers_of(self.document, first),
            headers=() if self.built else headers_of(self.document, self.schemas, first),
            security=security_of(first.content, self.facts, self.built),
            deprecated=all(route.content.get("deprecated") is True for route in routes),
            description=str(first.content.get("description") or first.content.get("summary") or ""),
            span=spans[0],
        )

    def response(self, operation: Operation) -> str:
        """Return the full name of the response message."""
        stated = response_name(operation) if self.built else ""
        schema = response_schema(self.document, operation)
        return stated or self.type(schema, operation, "Response")

    def request(self, operation: Operation) -> str:
        """Return the full name of the request message: the body's, or one of the parameters."""
        if self.built:
            return request_name(self.document, operation) or _EMPTY
        listed = [p for p in operation.parameters if p.get("in") in ("path", "query")]
        parameters = {str(parameter.get("name")): parameter for parameter in listed}
        if schema := request_schema(self.document, operation):
            # `x-message` names the message if the path holds some of its fields, the body the rest.
            if self.ours and (stated := schema.get("x-message")) in self.schemas.messages:
                return str(stated)
            whole = self.schemas.properties(self.document.resolve(schema))
            if self.ours or not parameters:
                return self.type(schema, operation, "Request")
            field = "" if whole.is_object else unique("body", parameters)
            together = schema_of_parameters(self.document, parameters)
            together["properties"] |= {field: schema} if field else whole.properties
            together["required"] += [field] if field else sorted(whole.required)
            name = self.type(together, operation, "Request")
            self.bodies[name] = field
            return self.located(name, operation, parameters, schema)
        fields = {name.partition(".")[0] for name in parameters}
        if self.ours and (full_name := self.unreferenced_message(fields, operation.package)):
            return full_name
        if not parameters:
            return self.type(None, operation, "Request")
        name = self.type(schema_of_parameters(self.document, parameters), operation, "Request")
        return name if self.ours else self.located(name, operation, parameters, None)

    def located(
        self, name: str, operation: Operation, parameters: Collection[str], body: Json | None
    ) -> str:
        """Locate the fields of a request that was made of parameters and a body."""
        message = self.schemas.messages[name]
        self.schemas.messages[name] = located(self.document, message, operation, parameters, body)
        return name

    def unreferenced_message(self, parameters: set[str], package: str) -> str:
        """Return the only unreferenced message with these fields, or an empty text.

        Its other fields must be messages, which are never parameters. A message of the package has
        precedence.
        """
        candidates = []
        for key in self.components:
            full_name = self.names.full.get(key, "")
            message = self.schemas.messages.get(full_name)
            if message is None or key in self.referenced:
                continue
            fields = {field.json_name: field for field in message.fields}
            others = [field for name, field in fields.items() if name not in parameters]
            if parameters <= fields.keys() and all(isinstance(f.type, MessageRef) for f in others):
                candidates.append(full_name)
        in_package = [name for name in candidates if name.rpartition(".")[0] == package]
        candidates = in_package or candidates
        return candidates[0] if len(candidates) == 1 else ""

    def type(self, schema: Json | None, operation: Operation, suffix: str) -> str:
        """Return the full name of a schema's message.

        An unnamed schema is named after the method, and a schema of another type becomes the only
        field of a message.
        """
        if schema is None:
            return _EMPTY
        span_keys = ("paths", operation.path, operation.http_method.lower())
        name = f"{camel(operation.method)}{suffix}"
        scope = f"{operation.package}." if operation.package else ""
        if f"{scope}{name}" in self.schemas.messages:
            name = f"{camel(operation.service.rpartition('.')[2])}{name}"
        before = dict(self.schemas.messages), dict(self.schemas.enums)
        field_type = self.schemas.field_type(schema, operation.package, name, span_keys)
        if isinstance(field_type.type, MessageRef) and not field_type.repeated:
            return field_type.type.name
        self.schemas.messages, self.schemas.enums = before
        field = "items" if field_type.repeated else "value"
        wrapped = self.schemas.properties({"properties": {field: schema}, "required": [field]})
        full_name = self.schemas.message(f"{scope}{name}", {}, wrapped, span_keys).name
        self.wrapped[full_name] = field
        return full_name

    def message(self, message: Message) -> Message:
        """Return the message without unreliable `required` marks."""
        if self.ours and not self.states_required(message):
            fields = tuple(replace(field, required=None) for field in message.fields)
            message = replace(message, fields=fields)
        return message if self.built else replace(message, enforces_required=True)

    def states_required(self, message: Message) -> bool:
        """Return whether a document of apiscribe states which fields of a message are required.

        It does for messages that occur in requests only; for nested ones only if a field is marked.
        """
        key = self.keys.get(message.full_name)
        if self.built:
            is_stated = any(field.required for field in message.fields)
            return is_stated or (key not in self.in_responses and key not in self.nested)
        if key is None or key in self.in_responses:
            return False
        return key not in self.nested or any(field.required for field in message.fields)

    @cached_property
    def keys(self) -> Mapping[str, str]:
        """Schemas by full name."""
        return {full_name: key for key, full_name in self.names.full.items()}

    @cached_property
    def components(self) -> Mapping[str, Json]:
        content = self.document.get_object(self.document.content, "components")
        return self.document.get_object(content, "schemas")

    @cached_property
    def references(self) -> Mapping[str, frozenset[str]]:
        """The references of each schema to others."""
        schemas = self.components.items()
        return {key: frozenset(self.document.schema_references(schema)) for key, schema in schemas}

    @cached_property
    def in_responses(self) -> frozenset[str]:
        """The schemas in successful responses."""
        responses = [response_schema(self.document, operation) for operation in self.operations]
        return frozenset(reachable(self.document.schema_references(responses), self.references))

    @cached_property
    def referenced(self) -> frozenset[str]:
        """The schemas with a reference from an operation or another schema."""
        paths = self.document.get_object(self.document.content, "paths")
        return frozenset(self.document.schema_references(paths)) | self.nested

    @cached_property
    def nested(self) -> frozenset[str]:
        """The schemas with a reference from another schema."""
        return frozenset[str]().union(*self.references.values())

    def stated_facts(self, messages: Iterable[Message]) -> frozenset[Fact]:
        """Return the facts that this document states and not all documents state."""
        facts: set[Fact] = set()
        stated = self.names.stated
        if self.ours and stated >= {key for key in self.names.full if self.is_declared(key)}:
            facts.add("packages")
        enums = {key for key, schema in self.components.items() if is_enum(schema)}
        if self.ours and not self.schemas.has_inline_enums and stated >= enums:
            facts.add("enum names")
        if any(field.required for message in messages for field in message.fields):
            facts.add("required")
        return frozenset(facts | ({"authentication"} if self.facts.schemes else set()))

    def is_declared(self, key: str) -> bool:
        return self.names.full[key] in self.schemas.messages.keys() | self.schemas.enums.keys()
