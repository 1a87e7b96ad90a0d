"""The examples in the outputs: only those that conform to their messages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from apiscribe.lower.json_conformance import Conformance
from apiscribe.model.api import Api, Message, Method
from apiscribe.model.http import Answer, Example, ExampleRole

# More examples add little, and make every import slower.
_MAX_EXAMPLES = 3
_EMPTY = "google.protobuf.Empty"
JsonObject = dict[str, Any]


class AcceptedExamples:
    """The values of an Api's examples, without those that do not conform to their messages."""

    def __init__(self, api: Api) -> None:
        self._conformance = Conformance(api, strict=True)
        self._requests = {m.request for _, service in api.services() for m in service.methods}
        self._by_message: dict[str, list[Example]] = {}
        for _, service in api.services():
            for method in service.methods:
                for example in method.examples:
                    message = method.request if example.role == "request" else method.response
                    self._by_message.setdefault(message, []).append(example)

    def of_message(self, message: Message) -> tuple[Any, ...]:
        """Return the message's own examples, and those of the methods with it as request or
        response.
        """
        examples = [*message.examples, *self._by_message.get(message.full_name, ())]
        return self._accepted([example.value for example in examples], message.full_name)

    def of_method(self, method: Method, role: ExampleRole) -> tuple[Any, ...]:
        """Return the examples of a method's request or response. An answer that the pages state
        without a body is one, too, if the method is not a standard one: its status says all.
        """
        message = method.request if role == "request" else method.response
        shown = [e.value for e in method.examples if e.role == role]
        if role == "response" and method.standard is None:
            success = [answer for answer in method.answers if answer.status.startswith("2")]
            if message == _EMPTY and success:
                return ({},)
            shown += _shown_in_field(method, success)
        return self._accepted(shown, message)

    def _accepted(self, shown: Iterable[Any], message: str) -> tuple[Any, ...]:
        accepted: list[Any] = []
        for example in shown:
            value = self._conformance.without_null_lists(example, message)
            is_new = isinstance(value, dict) and value not in accepted
            # Some pages show the changed resource although the response is Empty.
            is_new = is_new and not (message == _EMPTY and value)
            in_request = message in self._requests
            check = self._conformance
            violations = check.request_violations if in_request else check.message_violations
            if is_new and not violations(value, message):
                accepted.append(value)
        return tuple(accepted[:_MAX_EXAMPLES])


def _shown_in_field(method: Method, answers: Iterable[Answer]) -> Iterator[JsonObject]:
    """Yield the examples of bodies that are a field of the response: a list, for example."""
    names = {route.response_body for route in method.routes}
    field = names.pop() if len(names) == 1 else ""
    for answer in answers if field else ():
        yield from ({field: example.value} for example in answer.examples)
