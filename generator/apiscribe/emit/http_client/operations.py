"""The operations of a client: the arguments of `Operation` in the runtime."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from apiscribe.emit.encoders import Encoded, name, python_call, python_literal
from apiscribe.emit.http_client.answers import Answer, Rows, error_models
from apiscribe.emit.http_client.arguments import ArgumentsView
from apiscribe.emit.http_client.routes import ClientRoute
from apiscribe.emit.python_annotations import Annotations
from apiscribe.emit.request_places import WITH_BODY
from apiscribe.lower.shapes import EMPTY
from apiscribe.model.api import Message, Method
from apiscribe.model.http import FORMS

_READS = ("analyze", "get", "list", "stat")


class OperationWriter:
    """Writes the operations of a module; `runtime` collects the names that it imports."""

    def __init__(self, messages: Mapping[str, Message], annotations: Annotations) -> None:
        self.messages, self.annotations = messages, annotations
        self.runtime: set[str] = set()

    def write(
        self,
        method: Method,
        route: ClientRoute,
        request: Message | None,
        wrapper: str,
        arguments: ArgumentsView,
        answer: Answer,
        rows: Rows | None,
    ) -> Iterator[Encoded]:
        """Yield the arguments of an operation."""
        yield python_literal(route.route.verb)
        yield python_literal(route.template)
        if method.request != EMPTY:
            yield _named("request", self._model(method.request))
        if wrapper:
            yield _named("wrapper", python_literal(wrapper))
        if place := self._place(method, route, request, arguments):
            self.runtime.add("Place")
            yield _named("place", python_call("Place", **place))
        if not answer.is_empty:
            is_json = not answer.model
            yield _named("answer", python_literal("json") if is_json else self._model(answer.model))
        for key, value in (("bare", answer.bare), ("value", answer.value)):
            if value:
                yield _named(key, python_literal(value))
        if rows:
            yield _named("paging", python_call("Paging", **_paging(method, rows)))
        if errors := dict(error_models(method, self.messages)):
            models = (f"{python_literal(s)}: {self._model(m)}" for s, m in errors.items())
            yield _named("errors", Encoded(f"{{{', '.join(models)}}}"))
        if method.security is not None:
            alternatives = tuple(tuple(one) for one in method.security)
            yield _named("security", python_literal(alternatives))
        if method.standard and method.standard.kind in _READS and route.route.verb != "GET":
            yield _named("is_read", python_literal(True))

    def _model(self, full_name: str) -> Encoded:
        if full_name in self.annotations.names.classes:
            return self.annotations.class_of(full_name)
        self.annotations.runtime.add("OpaqueMessage")
        return Encoded("OpaqueMessage")

    def _place(
        self, method: Method, route: ClientRoute, request: Message | None, arguments: ArgumentsView
    ) -> dict[str, Encoded]:
        places, verb = route.places, route.route.verb
        has_body = verb in WITH_BODY
        content = [f.json_name for f in places.body if route.route.body in (f.json_name, f.name)]
        values: dict[str, object] = {}
        if content:
            values["content"] = content[0]
        elif has_body:
            values["query"] = tuple(field.json_name for field in places.query)
        else:
            values["body"] = tuple(field.json_name for field in places.body)
        values |= {"headers": arguments.headers, "cookies": arguments.cookies}
        if method.media_type in FORMS:
            values["media_type"] = method.media_type
        has_fields = bool(places.body) or is_open(method, request)
        if has_body and method.request != EMPTY and not has_fields:
            values["without_body"] = True
        return {key: python_literal(value) for key, value in values.items() if value}


def is_open(method: Method, request: Message | None) -> bool:
    """Return whether a request has fields that no page lists."""
    return method.request != EMPTY and (request is None or request.incomplete)


def _paging(method: Method, rows: Rows) -> dict[str, Encoded]:
    standard = method.standard
    assert standard is not None
    values: dict[str, object] = {}
    if paging := standard.paging:
        values |= {"style": paging.style, "size": paging.size, "position": paging.position}
    elif standard.query:
        values |= {"style": "query", "position": standard.query}
    values |= {"rows": rows.attribute, "key": rows.key, "facts": rows.facts}
    if values.get("style") != "after":
        del values["key"]
    result = {key: python_literal(value) for key, value in values.items() if value}
    if paging and paging.first != 1:
        result["first"] = python_literal(paging.first)
    return result


def _named(key: str, value: Encoded) -> Encoded:
    return Encoded(f"{name(key)}={value}")
