"""Who answers a method of a generated server, told from the Api: the server, the page, or a hook.

The server decides for itself, in runtime/behaviours.py, which the generator does not import;
tests/test_answers.py holds the two equal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import StrEnum

from apiscribe.emit.examples import AcceptedExamples
from apiscribe.ir import Api, Message, Method, Resource, Service


class Answers(StrEnum):
    """Who answers a method."""

    ITSELF = "the server answers by itself"
    EXAMPLE = "the server shows the example of the page, until a hook answers"
    HOOK = "needs a hook"
    NOBODY = "is not served: it takes a stream"


Shape = Callable[["_Shapes", Method, Resource], bool]


class _Shapes:
    """What the messages of a method must be for a verb to be plain."""

    def __init__(self, api: Api) -> None:
        self.messages = {message.full_name: message for _, message in api.messages()}

    def gives_resource(self, method: Method, resource: Resource) -> bool:
        return method.response == resource.message

    def sets_state(self, method: Method, resource: Resource) -> bool:
        return self.gives_resource(method, resource) and bool(resource.state)

    def repeats_messages(self, method: Method, _: Resource) -> bool:
        answer = self.messages.get(method.response)
        return answer is not None and any(
            field.repeated and field.type.kind == "message" for field in answer.fields
        )

    def takes_query(self, method: Method, _: Resource) -> bool:
        gives_object = method.response not in (*self.messages, "google.protobuf.Empty")
        request = self.messages.get(method.request)
        return gives_object and request is not None and any(self._queries(request))

    def _queries(self, request: Message) -> Iterator[bool]:
        for field in request.fields:
            if found := self.messages.get(field.type.name):
                yield {"filter", "page"} <= {each.name for each in found.fields}

    def anything(self, _: Method, __: Resource) -> bool:
        return True


# The verbs that a server knows.
_VERBS: dict[str, Shape] = {
    "create": _Shapes.gives_resource,
    "register": _Shapes.gives_resource,
    "update": _Shapes.gives_resource,
    "enable": _Shapes.sets_state,
    "disable": _Shapes.sets_state,
    "delete": _Shapes.anything,
    "deregister": _Shapes.anything,
    "get": _Shapes.gives_resource,
    "list": _Shapes.repeats_messages,
    "stat": _Shapes.takes_query,
    "analyze": _Shapes.takes_query,
}


def who_answers(api: Api) -> dict[str, Answers]:
    """Full name of each method → who answers it where there is no hook, in the order of the Api."""
    shapes, examples = _Shapes(api), AcceptedExamples(api)
    found = {}
    for _, service in api.services():
        for method in service.methods:
            found[f"{service.full_name}.{method.name}"] = _of(service, method, shapes, examples)
    return found


def _of(service: Service, method: Method, shapes: _Shapes, examples: AcceptedExamples) -> Answers:
    if method.request_streams:
        return Answers.NOBODY
    shape = _VERBS.get(method.name)
    resource = service.resource
    if shape and resource and not method.response_streams and shape(shapes, method, resource):
        return Answers.ITSELF
    return Answers.EXAMPLE if examples.of_method(method, "response") else Answers.HOOK
