"""The services of a file, as the reference shows them: each method over HTTP and over gRPC."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from apiscribe.emit.encoders import Encoded, html_text
from apiscribe.emit.examples import AcceptedExamples
from apiscribe.emit.handlers.answers import Answers, answers_of
from apiscribe.emit.html_prose import html_prose
from apiscribe.emit.http_client.routes import ClientRoute, client_route
from apiscribe.emit.reference.command_lines import CommandView, credential_headers, curl, grpcurl
from apiscribe.emit.reference.origins import OriginView, origin
from apiscribe.emit.reference.sample_requests import SampleRequests
from apiscribe.emit.reference.type_links import TypeLinks, TypeView
from apiscribe.emit.reference.types_shown import ExampleView, example_view, field_facts, field_marks
from apiscribe.model.api import Api, File, Method, Route, Service
from apiscribe.model.api_text import conventions_text
from apiscribe.model.facts import Requirement, SecurityScheme
from apiscribe.model.http import Answer, Parameter


@dataclass(frozen=True)
class RouteView:
    """A route; `body` is the field that is the body of requests, if it is one."""

    verb: Encoded
    path: Encoded
    body: Encoded | None
    response_body: Encoded | None
    origin: OriginView


@dataclass(frozen=True)
class PlaceView:
    """A place in HTTP requests, and the fields there."""

    place: Encoded
    fields: list[Encoded]


@dataclass(frozen=True)
class ParameterView:
    """A header or cookie that is no field of the request."""

    name: Encoded
    place: Encoded
    type: TypeView
    marks: list[Encoded]
    about: list[Encoded]
    facts: list[Encoded]


@dataclass(frozen=True)
class AnswerView:
    """A documented answer over HTTP; `type` is None without a body."""

    status: Encoded
    type: TypeView | None
    about: list[Encoded]
    examples: list[ExampleView]


@dataclass(frozen=True)
class MethodView:
    """A method. `curl` is None without a route; `kind` is empty for a custom method."""

    name: Encoded
    summary: Encoded
    kind: Encoded
    marks: list[Encoded]
    about: list[Encoded]
    routes: list[RouteView]
    places: list[PlaceView]
    headers: list[ParameterView]
    status: int
    curl: CommandView | None
    grpcurl: CommandView
    request: TypeView
    response: TypeView
    request_streams: bool
    response_streams: bool
    answers: list[AnswerView]
    examples: list[ExampleView]
    answered_by: Encoded
    answered: Encoded
    conventions: list[Encoded]
    security: Encoded
    origin: OriginView


@dataclass(frozen=True)
class ServiceView:
    """A service; `stores` is the message of its rows, None if it stores none."""

    full_name: Encoded
    name: Encoded
    package: Encoded
    about: list[Encoded]
    stores: TypeView | None
    parts: list[tuple[Encoded, Encoded]]
    stores_origin: OriginView
    methods: list[MethodView]
    origin: OriginView


_PARTS = ("key", "tenant", "state", "created", "updated")
# The implementation of a method → a word for its style.
_WORDS = {Answers.ITSELF: "itself", Answers.EXAMPLE: "example", Answers.HANDLER: "nothing"}
_TEXTS = {
    Answers.ITSELF: "The server implements it.",
    Answers.EXAMPLE: "The server returns the example in the page, until a handler implements it.",
    Answers.HANDLER: "Needs a handler: without one the server returns UNIMPLEMENTED/501.",
}


class ServiceViews:
    """Builds the views of services."""

    def __init__(self, api: Api, links: TypeLinks) -> None:
        self._examples, self._links = AcceptedExamples(api), links
        self._samples = SampleRequests(api, self._examples)
        self._security = api.facts.security
        self._schemes: Mapping[str, SecurityScheme] = {s.name: s for s in api.facts.schemes}

    def view(self, service: Service, file: File) -> ServiceView:
        """Return the view of a service of a file."""
        resource = service.resource
        about = service.description or (file.description if len(file.services) == 1 else "")
        named = {part: getattr(resource, part) for part in _PARTS} if resource else {}
        return ServiceView(
            full_name=html_text(service.full_name),
            name=html_text(service.name),
            package=html_text(file.package),
            about=html_prose(about),
            stores=self._links.named(resource.message) if resource else None,
            parts=[(html_text(part), html_text(name)) for part, name in named.items() if name],
            stores_origin=origin(None, resource.provenance if resource else {}),
            methods=[self._method(service, method) for method in service.methods],
            origin=origin(service.span, service.provenance),
        )

    def _method(self, service: Service, method: Method) -> MethodView:
        message = self._samples.messages.get(method.request)
        route = client_route(method, message) if method.routes else None
        request = self._samples.of_method(service, method, route.route if route else None)
        security = self._security if method.security is None else method.security
        credentials = credential_headers(security, self._schemes)
        answers = answers_of(method, self._examples)
        return MethodView(
            name=html_text(method.name),
            summary=html_text(method.summary),
            kind=html_text(method.standard.kind.replace("_", " ") if method.standard else ""),
            marks=[html_text(mark) for mark in _marks(method)],
            about=html_prose(method.description),
            routes=[_route(one) for one in method.routes],
            places=list(_places(route)) if route else [],
            headers=[self._parameter(header) for header in method.headers],
            status=method.status or 200,
            curl=curl(method, route, request, credentials) if route else None,
            grpcurl=grpcurl(service, method, self._samples.in_protobuf(request, method.request)),
            request=self._links.named(method.request),
            response=self._links.named(method.response),
            request_streams=method.request_streams,
            response_streams=method.response_streams,
            answers=[self._answer(answer) for answer in method.answers],
            examples=list(_other_examples(method)),
            answered_by=Encoded(_WORDS[answers]),
            answered=html_text(_TEXTS[answers]),
            conventions=[
                html_text(text)
                for text in (conventions_text(method.standard) if method.standard else ())
            ],
            security=html_text(_requirements(security)),
            origin=origin(method.span, method.provenance),
        )

    def _parameter(self, header: Parameter) -> ParameterView:
        return ParameterView(
            name=html_text(header.name),
            place=html_text(header.location),
            type=self._links.of(header),
            marks=[html_text(mark) for mark in field_marks(header)],
            about=html_prose(header.description),
            facts=[html_text(fact) for fact in field_facts(header)],
        )

    def _answer(self, answer: Answer) -> AnswerView:
        return AnswerView(
            status=html_text(answer.status),
            type=self._links.of(answer) if answer.type else None,
            about=html_prose(answer.description),
            examples=[example_view("Example", example.text) for example in answer.examples],
        )


def _other_examples(method: Method) -> Iterator[ExampleView]:
    """Yield the examples of a method that no answer shows."""
    shown = {example.text for answer in method.answers for example in answer.examples}
    for example in method.examples:
        if example.text not in shown:
            yield example_view(example.role.capitalize(), example.text)


def _marks(method: Method) -> Iterator[str]:
    if method.request_streams or method.response_streams:
        sides = (("request", method.request_streams), ("response", method.response_streams))
        yield f"streams {' and '.join(side for side, holds in sides if holds)}"
    if method.deprecated:
        yield "deprecated"
    if not method.routes:
        yield "gRPC only"


def _route(route: Route) -> RouteView:
    body = route.body if route.body not in ("", "*") else ""
    return RouteView(
        verb=html_text(route.verb),
        path=html_text(route.path),
        body=html_text(body) if body else None,
        response_body=html_text(route.response_body) if route.response_body else None,
        origin=origin(route.span, route.provenance),
    )


def _places(route: ClientRoute) -> Iterator[PlaceView]:
    places = {
        "path": [argument.field for argument in route.in_path if argument.field],
        "query": route.places.query,
        "header": route.places.headers,
        "body": route.places.body,
    }
    for place, fields in places.items():
        if fields:
            yield PlaceView(html_text(place), [html_text(field.json_name) for field in fields])


def _requirements(alternatives: Sequence[Requirement] | None) -> str:
    if alternatives is None:
        return ""
    texts = [" and ".join(requirement) or "nothing" for requirement in alternatives]
    return " or ".join(texts) or "nothing"
