"""Who answers a method of a generated server: the server, the page, or a handler."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from apiscribe.diagnostics.report import Report
from apiscribe.emit import OutputError, emit
from apiscribe.emit.handlers.generated import imported
from apiscribe.model.api import Api


class Answers(StrEnum):
    """Who answers a method."""

    ITSELF = "the server answers by itself"
    EXAMPLE = "the server shows the example of the page, until a handler answers"
    HANDLER = "needs a handler"


class AnswersError(Exception):
    """It cannot be told who answers; the text says why."""


def who_answers(api: Api) -> dict[str, Answers]:
    """Full name of each method → who answers it where there is no handler, in the order of the Api.

    The generated package is asked, for its runtime decides. Raises AnswersError.
    """
    try:
        with imported(api.name, emit(api, Report())) as module:
            standard_method_of = module("runtime.standard_methods").standard_method_of
            return {
                f"{service.full_name}.{method.name}": _of(
                    method, standard_method_of(service, method)
                )
                for service in module("registry").API.services
                for method in service.methods
            }
    except ImportError as error:
        raise AnswersError(f"{error}; it needs pip install 'apiscribe[serve]'") from error
    except OutputError as error:
        raise AnswersError(str(error)) from error


def _of(method: Any, behaviour: Any) -> Answers:
    if method.request_streams:
        return Answers.HANDLER
    if behaviour is not None:
        return Answers.ITSELF
    return Answers.EXAMPLE if method.response_examples else Answers.HANDLER
