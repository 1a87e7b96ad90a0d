"""The implementation of each method of a server: standard, an example, or a handler."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from apiscribe.diagnostics.report import Report
from apiscribe.emit import OutputError, emit
from apiscribe.emit.handlers.generated import imported
from apiscribe.model.api import Api


class Answers(StrEnum):
    """The implementation of a method."""

    ITSELF = "implemented by the server"
    EXAMPLE = "returns the example in the page, until a handler implements it"
    HANDLER = "needs a handler"


class AnswersError(Exception):
    """The implementations cannot be determined, for a reason in the message."""


def who_answers(api: Api) -> dict[str, Answers]:
    """Return full name of a method → its implementation without a handler, in the Api's order.

    The runtime of the generated package decides, so the package is imported. Raises AnswersError.
    """
    try:
        with imported(api.name, emit(api, Report())) as module:
            standard_method_of = module("runtime.standard_methods").standard_method_of
            return {
                f"{service.full_name}.{method.name}": _answers_of(
                    method, standard_method_of(service, method)
                )
                for service in module("registry").API.services
                for method in service.methods
            }
    except ImportError as error:
        raise AnswersError(f"{error}; run pip install 'apiscribe[serve]'") from error
    except OutputError as error:
        raise AnswersError(str(error)) from error


def _answers_of(method: Any, implementation: Any) -> Answers:
    if method.request_streams:
        return Answers.HANDLER
    if implementation is not None:
        return Answers.ITSELF
    return Answers.EXAMPLE if method.response_examples else Answers.HANDLER
