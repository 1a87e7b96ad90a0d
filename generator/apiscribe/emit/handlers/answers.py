"""The implementation of each method of a server: standard, an example, or a handler."""

from __future__ import annotations

from enum import StrEnum

from apiscribe.emit.examples import AcceptedExamples
from apiscribe.model.api import Api, Method


class Answers(StrEnum):
    """The implementation of a method."""

    ITSELF = "implemented by the server"
    EXAMPLE = "returns the example in the page, until a handler implements it"
    HANDLER = "needs a handler"


def who_answers(api: Api) -> dict[str, Answers]:
    """Return full name of a method → its implementation without a handler, in the Api's order."""
    examples = AcceptedExamples(api)
    return {
        f"{service.full_name}.{method.name}": answers_of(method, examples)
        for _, service in api.services()
        for method in service.methods
    }


def answers_of(method: Method, examples: AcceptedExamples) -> Answers:
    """Return the implementation of a method without a handler."""
    if method.request_streams:
        return Answers.HANDLER
    if method.standard is not None:
        return Answers.ITSELF
    return Answers.EXAMPLE if examples.of_method(method, "response") else Answers.HANDLER
