"""The examples that outputs show: those that their own messages accept."""

from __future__ import annotations

from typing import Any

from apiscribe.lower.example_check import Conformance
from apiscribe.model.api import Api, Example, ExampleRole, Message, Method

# More of them teach nobody anything, and make every import slower.
_MOST_EXAMPLES = 3


class AcceptedExamples:
    """The values of an Api's examples, without those that their messages refuse."""

    def __init__(self, api: Api) -> None:
        self._conformance = Conformance(api, strict=True)
        self._requests = {m.request for _, service in api.services() for m in service.methods}
        self._of_methods: dict[str, list[Example]] = {}
        for _, service in api.services():
            for method in service.methods:
                for example in method.examples:
                    message = method.request if example.role == "request" else method.response
                    self._of_methods.setdefault(message, []).append(example)

    def of_message(self, message: Message) -> tuple[Any, ...]:
        """The message's own examples, and those of the methods that take or give it."""
        examples = [*message.examples, *self._of_methods.get(message.full_name, ())]
        return self._accepted(examples, message.full_name)

    def of_method(self, method: Method, role: ExampleRole) -> tuple[Any, ...]:
        """The examples of a method's request or response."""
        message = method.request if role == "request" else method.response
        return self._accepted([e for e in method.examples if e.role == role], message)

    def _accepted(self, examples: list[Example], message: str) -> tuple[Any, ...]:
        found: list[Any] = []
        for example in examples:
            value = example.value
            new = isinstance(value, dict) and value not in found
            # Pages show what a method has changed, and say that it gives nothing.
            new = new and not (message == "google.protobuf.Empty" and value)
            taken = message in self._requests
            violations = (
                self._conformance.request_violations
                if taken
                else self._conformance.message_violations
            )
            if new and not violations(value, message):
                found.append(value)
        return tuple(found[:_MOST_EXAMPLES])
