"""The services of a page in a client: their operations and methods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from apiscribe.emit.encoders import Encoded, docstring, name, python_call, python_literal
from apiscribe.emit.http_client.answers import answer_of, rows_of
from apiscribe.emit.http_client.arguments import ArgumentsView, ArgumentView, ArgumentWriter
from apiscribe.emit.http_client.method_names import method_names
from apiscribe.emit.http_client.operations import OperationWriter, is_open
from apiscribe.emit.http_client.routes import ClientRoute, client_route
from apiscribe.emit.python_annotations import Annotations, attributes_of
from apiscribe.model.api import Message, Method, Service
from apiscribe.model.names import camel, screaming, unique
from apiscribe.model.types import MessageRef


@dataclass(frozen=True)
class MethodView:
    """A method. `given` is the expression of its arguments; `rows` is the annotation of a row if it
    returns pages, and `streams` whether it returns messages one by one.
    """

    name: Encoded
    constant: Encoded
    operation: list[Encoded]
    parameters: list[Encoded]
    given: Encoded
    type_: Encoded
    rows: Encoded | None
    streams: bool
    is_empty: bool
    docstring: Encoded
    deprecated: bool


@dataclass(frozen=True)
class ArgumentsClass:
    """The TypedDict of the keyword arguments of a method."""

    name: Encoded
    docstring: Encoded
    arguments: list[ArgumentView]


@dataclass(frozen=True)
class _Kind:
    """One of the two classes of a service, and the words in which they differ."""

    name: Encoded
    base: Encoded
    pages: Encoded
    iterator: Encoded
    define: Encoded
    call: Encoded


@dataclass(frozen=True)
class ServiceView:
    """A service."""

    kinds: list[_Kind]
    docstring: Encoded
    habits: Encoded | None
    habits_name: Encoded
    arguments: list[ArgumentsClass]
    methods: list[MethodView]


class ServiceWriter:
    """Writes the services of a module; `runtime` collects the names that it imports."""

    def __init__(
        self,
        messages: Mapping[str, Message],
        annotations: Annotations,
        arguments: ArgumentWriter,
        taken: set[str],
    ) -> None:
        self.messages, self.annotations, self.arguments = messages, annotations, arguments
        self.taken = taken
        self.operations = OperationWriter(messages, annotations)
        self.runtime = self.operations.runtime
        self.runtime |= {"AsyncService", "Operation", "SyncService"}
        self.uses_builtins = False

    def write(self, service: Service, classes: tuple[str, str], base_url: str) -> ServiceView:
        """Return the view of a service."""
        names = method_names(service)
        lists: list[ArgumentsClass] = []
        methods = [
            self._method(service, method, names[method.name], lists)
            for method in service.methods
            if method.routes and not method.request_streams
        ]
        sync, asynchronous = classes
        return ServiceView(
            kinds=[
                _Kind(name(sync), *map(Encoded, ("SyncService", "Pages", "Iterator", "", ""))),
                _Kind(
                    name(asynchronous),
                    *map(
                        Encoded, ("AsyncService", "AsyncPages", "AsyncIterator", "async ", "await ")
                    ),
                ),
            ],
            docstring=docstring(_about(service), 4),
            habits=self._habits(service, base_url),
            habits_name=self._free(f"_{screaming(service.name)}"),
            arguments=lists,
            methods=methods,
        )

    def _habits(self, service: Service, base_url: str) -> Encoded | None:
        values: dict[str, Encoded] = {}
        if service.plain_numbers:
            values["plain_numbers"] = python_literal(True)
        if service.errors:
            self.runtime.add("ErrorFields")
            paths = python_literal(dict(service.errors.fields))
            values["errors"] = python_call("ErrorFields", paths=paths)
        if base_url:
            values["base_url"] = python_literal(base_url)
        if not values:
            return None
        self.runtime.add("Habits")
        return python_call("Habits", **values)

    def _method(
        self, service: Service, method: Method, short: str, lists: list[ArgumentsClass]
    ) -> MethodView:
        request = self.messages.get(method.request)
        route = client_route(method, request)
        wrapper, row = self._wrapper(method, request, route)
        arguments = self.arguments.write(method, request, row, route)
        answer = answer_of(method, route.route, self.messages, self.annotations)
        rows = rows_of(method, answer, service, self.messages, self.annotations)
        self.uses_builtins |= "builtins." in answer.type_
        if rows:
            self.runtime |= {"AsyncPages", "Pages", "Paging"}
        if method.response_streams:
            self.arguments.collections |= {"AsyncIterator", "Iterator"}
        own = camel(f"{service.name}_{short}")
        keywords = None
        if arguments.keywords:
            class_ = self._free(own)
            keywords = Encoded(f"Unpack[{class_}]")
            words = docstring(f"The arguments of `{short}`.", 4)
            lists.append(ArgumentsClass(class_, words, arguments.keywords))
        elif is_open(method, request):
            keywords = Encoded("Any")
        if "Any" in (answer.type_, keywords) or "Any]" in answer.type_:
            self.arguments.typing.add("Any")
        write = self.operations.write
        operation = list(write(method, route, request, wrapper, arguments, answer, rows))
        catch_all = unique("fields", {str(parameter) for parameter, _ in arguments.positional})
        return MethodView(
            name=name(short),
            constant=self._free(f"_{screaming(own)}"),
            operation=operation,
            parameters=list(_parameters(arguments, catch_all, keywords)),
            given=_given(arguments, catch_all if keywords else ""),
            type_=Encoded(answer.type_),
            rows=Encoded(rows.type_) if rows else None,
            streams=method.response_streams,
            is_empty=answer.is_empty,
            docstring=_docstring(method, route),
            deprecated=method.deprecated,
        )

    def _free(self, wanted: str) -> Encoded:
        chosen = unique(wanted, self.taken)
        self.taken.add(chosen)
        return name(chosen)

    def _wrapper(
        self, method: Method, request: Message | None, route: ClientRoute
    ) -> tuple[str, Message | None]:
        """Return the attribute of the only field outside of the path, and the message of that, if
        the field has the row.
        """
        wrapper = method.standard.row if method.standard else ""
        if not wrapper or request is None:
            return "", None
        in_path = {one.field.json_name for one in route.in_path if one.field}
        others = [field for field in request.fields if field.json_name not in in_path]
        row = self.messages.get(others[0].type.name) if len(others) == 1 else None
        if row is None or others[0].repeated or others[0].json_name != wrapper or not row.fields:
            return "", None
        if not isinstance(others[0].type, MessageRef):
            return "", None
        return attributes_of(request)[wrapper], row


def _parameters(
    arguments: ArgumentsView, catch_all: str, keywords: Encoded | None
) -> Iterator[Encoded]:
    """Yield the parameters of a method."""
    yield Encoded("self")
    if any(keyword.name == "self" for keyword in arguments.keywords):
        yield Encoded("/")
    for parameter, annotation in arguments.positional:
        yield Encoded(f"{parameter}: {annotation}")
    if keywords:
        yield Encoded(f"**{name(catch_all)}: {keywords}")


def _given(arguments: ArgumentsView, catch_all: str) -> Encoded:
    """Return the expression of a method's arguments."""
    items = [f"{python_literal(str(one))}: {one}" for one, _ in arguments.positional]
    if catch_all and not items:
        return name(catch_all)
    items += [f"**{name(catch_all)}"] if catch_all else []
    return Encoded(f"{{{', '.join(items)}}}")


def _docstring(method: Method, route: ClientRoute) -> Encoded:
    summary = " ".join(method.summary.split())
    if summary and summary[-1].isalnum():
        summary += "."
    call = f"Call `{route.route.verb} {route.route.path}`."
    parts = [part for part in (summary, method.description) if part] or [call]
    return docstring("\n\n".join(parts), 8)


def _about(service: Service) -> str:
    """Return the description of a service, and what the client lacks of it."""
    text = service.description or f"Operations of {service.name}."
    streams = [m.name for m in service.methods if m.routes and m.request_streams]
    if not streams:
        return text
    return f"{text}\n\nIt has no method for streams of requests: {', '.join(streams)}."
