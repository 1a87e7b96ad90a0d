"""An OpenAPI document → files of the model: an operation is a method, a schema a message."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from apiscribe.model.api import Enum, File, Message, Method, Route, Service
from apiscribe.model.names import camel, snake
from apiscribe.model.version import Fact
from apiscribe.sources.openapi_document import Document, Json
from apiscribe.sources.openapi_names import TOLD, name_schemas, reachable
from apiscribe.sources.openapi_operations import Operation, answer, body, operations
from apiscribe.sources.openapi_schemas import Schemas, is_enum

_EMPTY = "google.protobuf.Empty"


@dataclass(frozen=True)
class ReadOpenapi:
    """The API of a document; `stated` are the facts that only some documents state."""

    name: str
    files: tuple[File, ...]
    stated: frozenset[Fact]


def read_openapi(document: Document) -> ReadOpenapi:
    """The API of the document. Raises DocumentError."""
    return _Reader(document).read()


class _Reader:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.operations = operations(document)
        self.ours = bool(self.operations) and all(each.is_ours for each in self.operations)
        self.names = name_schemas(document, self.operations, self.ours)
        self.schemas = Schemas(document, self.names.full)

    def read(self) -> ReadOpenapi:
        self.schemas.declare()
        grouped: defaultdict[tuple[str, str], list[Operation]] = defaultdict(list)
        # In the order of the document, whatever that of the routes of a method.
        for operation in self.operations:
            grouped[operation.service, operation.method].append(operation)
        methods: defaultdict[str, list[Method]] = defaultdict(list)
        for (service, _), routes in grouped.items():
            methods[service].append(self.method(routes))
        self.schemas.open_enums()
        services = [self.service(name, tuple(found)) for name, found in methods.items()]
        messages = [self.message(message) for message in self.schemas.messages.values()]
        title = str(self.document.table(self.document.content, "info").get("title") or "api")
        files = self.files(services, messages, list(self.schemas.enums.values()))
        return ReadOpenapi(snake(title), files, self.stated_facts(messages))

    def service(self, full_name: str, methods: tuple[Method, ...]) -> Service:
        tags = self.document.objects(self.document.content, "tags")
        about = next((tag.get("description") for tag in tags if tag.get("name") == full_name), "")
        return Service(
            name=full_name.rpartition(".")[2],
            full_name=full_name,
            methods=methods,
            description=str(about or ""),
            span=methods[0].span,
        )

    def method(self, routes: list[Operation]) -> Method:
        """The method of its routes: what it takes is stated by the one with a body."""
        first = routes[0]
        with_body = next((each for each in routes if body(self.document, each)), None)
        spans = [self.document.span("paths", each.path, each.verb.lower()) for each in routes]
        return Method(
            name=first.method,
            request=self.request(with_body or first),
            response=self.type(answer(self.document, first), first, "Response"),
            routes=tuple(
                Route(
                    verb=each.verb,
                    path=each.path,
                    body="*" if body(self.document, each) else "",
                    span=span,
                )
                for each, span in zip(routes, spans, strict=True)
            ),
            description=str(first.content.get("description") or first.content.get("summary") or ""),
            span=spans[0],
        )

    def request(self, operation: Operation) -> str:
        """The full name of what a method takes: its body, or the parameters of its routes."""
        if schema := body(self.document, operation):
            # Ours tell the message where the path has some of its fields, and the body the rest.
            if self.ours and (told := schema.get("x-message")) in self.schemas.messages:
                return str(told)
            return self.type(schema, operation, "Request")
        listed = [p for p in operation.parameters if p.get("in") in ("path", "query")]
        parameters = {str(each.get("name")): each for each in listed}
        if self.ours and (
            found := self.unused({name.partition(".")[0] for name in parameters}, operation.package)
        ):
            return found
        properties = {
            name: {"description": each.get("description"), **self.document.table(each, "schema")}
            for name, each in parameters.items()
        }
        required = [name for name, each in parameters.items() if each.get("required") is True]
        schema = {"type": "object", "properties": properties, "required": required}
        return self.type(schema if parameters else None, operation, "Request")

    def unused(self, parameters: set[str], package: str) -> str:
        """The one message that no other part of our document refers to and that has those fields;
        beside them it may have messages, which are no parameters.
        """
        fitting = []
        for key in self.components:
            full_name = self.names.full.get(key, "")
            message = self.schemas.messages.get(full_name)
            if message is None or key in self.used:
                continue
            fields = {field.json_name: field for field in message.fields}
            rest = [field for name, field in fields.items() if name not in parameters]
            if parameters <= fields.keys() and all(f.type.kind == "message" for f in rest):
                fitting.append(full_name)
        inside = [name for name in fitting if name.rpartition(".")[0] == package]
        return (inside or fitting)[0] if len(inside or fitting) == 1 else ""

    def type(self, schema: Json | None, operation: Operation, suffix: str) -> str:
        """The full name of the message of a schema; what has no name is named for the method, and
        what is no message is the one field of a message.
        """
        if schema is None:
            return _EMPTY
        span_keys = ("paths", operation.path, operation.verb.lower())
        name = f"{camel(operation.method)}{suffix}"
        scope = f"{operation.package}." if operation.package else ""
        if f"{scope}{name}" in self.schemas.messages:
            name = f"{camel(operation.service.rpartition('.')[2])}{name}"
        before = dict(self.schemas.messages), dict(self.schemas.enums)
        use = self.schemas.use(schema, operation.package, name, span_keys)
        if use.type.kind == "message" and not use.repeated:
            return use.type.name
        self.schemas.messages, self.schemas.enums = before
        field = "items" if use.repeated else "value"
        wrapped = self.schemas.properties({"properties": {field: schema}, "required": [field]})
        return self.schemas.message(f"{scope}{name}", {}, wrapped, span_keys).name

    def message(self, message: Message) -> Message:
        """The message without what only our own documents say, or leave out."""
        described = TOLD.fullmatch(message.description) if self.ours else None
        if described:
            message = replace(message, description="")
        if self.ours and not self.says_required(message):
            fields = tuple(replace(field, required=None) for field in message.fields)
            message = replace(message, fields=fields)
        return message

    def says_required(self, message: Message) -> bool:
        """Whether one of our documents tells which fields are required: of what requests hold and
        answers do not; of messages inside a request only where it tells one field from another.
        """
        key = self.keys.get(message.full_name)
        if key is None or key in self.answered:
            return False
        return key not in self.held or any(field.required for field in message.fields)

    @cached_property
    def keys(self) -> Mapping[str, str]:
        """Full name → schema."""
        return {full_name: key for key, full_name in self.names.full.items()}

    @cached_property
    def components(self) -> Mapping[str, Json]:
        content = self.document.table(self.document.content, "components")
        return self.document.table(content, "schemas")

    @cached_property
    def inside(self) -> Mapping[str, frozenset[str]]:
        """Schema → those that it refers to."""
        schemas = self.components.items()
        return {key: frozenset(self.document.references(schema)) for key, schema in schemas}

    @cached_property
    def answered(self) -> frozenset[str]:
        """The schemas that answers hold."""
        answers = [answer(self.document, operation) for operation in self.operations]
        return frozenset(reachable(self.document.references(answers), self.inside))

    @cached_property
    def used(self) -> frozenset[str]:
        """The schemas that anything refers to."""
        paths = self.document.references(self.document.table(self.document.content, "paths"))
        return frozenset(paths) | self.held

    @cached_property
    def held(self) -> frozenset[str]:
        """The schemas that other schemas refer to."""
        return frozenset[str]().union(*self.inside.values())

    def stated_facts(self, messages: Iterable[Message]) -> frozenset[Fact]:
        """What this document tells, and others do not."""
        told: set[Fact] = set()
        sure = self.names.sure
        if self.ours and sure >= {key for key in self.names.full if self.is_declared(key)}:
            told.add("packages")
        enums = {key for key, schema in self.components.items() if is_enum(schema)}
        if self.ours and not self.schemas.has_inline_enums and sure >= enums:
            told.add("enum names")
        if any(field.required for message in messages for field in message.fields):
            told.add("required")
        return frozenset(told)

    def is_declared(self, key: str) -> bool:
        return self.names.full[key] in self.schemas.messages.keys() | self.schemas.enums.keys()

    def files(
        self, services: list[Service], messages: list[Message], enums: list[Enum]
    ) -> tuple[File, ...]:
        """A file for each package; enums that are named for a message stand in it."""
        within = defaultdict(list)
        declared = {message.full_name for message in messages}
        for enum in enums:
            within[enum.full_name.rpartition(".")[0]].append(enum)
        messages = [replace(m, enums=tuple(within[m.full_name])) for m in messages]
        alone = [enum for enum in enums if enum.full_name.rpartition(".")[0] not in declared]
        names = [service.full_name for service in services] + [*declared]
        names += [enum.full_name for enum in alone]
        packages = {self.package(name, declared) for name in names}
        page = self.document.source.path
        return tuple(
            File(
                path=f"{package.replace('.', '/') or snake(page)}.proto",
                package=package,
                page=page,
                services=tuple(
                    s for s in services if self.package(s.full_name, declared) == package
                ),
                messages=tuple(
                    m for m in messages if self.package(m.full_name, declared) == package
                ),
                enums=tuple(e for e in alone if self.package(e.full_name, declared) == package),
            )
            for package in sorted(packages)
        )

    def package(self, full_name: str, messages: set[str]) -> str:
        """The package of a name: what stands before it and is no message."""
        scope = full_name.rpartition(".")[0]
        while scope in messages:
            scope = scope.rpartition(".")[0]
        return scope
