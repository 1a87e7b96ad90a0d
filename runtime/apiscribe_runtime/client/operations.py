"""The operations of an API: what a call sends, and what it returns."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar, cast

import httpx
from pydantic import ValidationError

from ..messages import Message
from .credentials import Alternatives
from .errors import ErrorFields, InvalidAnswerError, status_error
from .paging import Paging, attribute
from .requests import Arguments, Place, Request, place_arguments, read_arguments

Result = TypeVar("Result")

_AS_USUAL, _WITHOUT_POSITION = Place(), Paging()


@dataclass(frozen=True, kw_only=True)
class Habits:
    """The conventions of a service.

    With `plain_numbers`, 64-bit integers in bodies are numbers and not strings. `errors` locate the
    facts in error responses. `base_url` is the address that the page states for itself.
    """

    plain_numbers: bool = False
    errors: ErrorFields = field(default_factory=ErrorFields)
    base_url: str = ""


@dataclass(frozen=True)
class Operation(Generic[Result]):
    """An operation. `path` is a template of arguments; `place` has the other arguments that are not
    where the verb suggests. `request` is the model of all arguments but headers, None without any;
    `wrapper` is its field with all arguments but those of the path.

    `answer` is the model of the body of an answer, `json` for any JSON, and None without a body.
    `bare` is the only field of the model, if the body is its value. `value` is the attribute of the
    model that the call returns, and empty if it returns the model. `errors` are the models of other
    answers, by status. `security` are the alternatives of credentials; None if they are those of
    the API. `is_read`: it changes nothing, whatever its verb.
    """

    verb: str
    path: str
    request: type[Message] | None = None
    wrapper: str = ""
    place: Place = _AS_USUAL
    answer: type[Message] | Literal["json"] | None = None
    bare: str = ""
    value: str = ""
    paging: Paging = _WITHOUT_POSITION
    errors: Mapping[str, type[Message]] = field(default_factory=dict)
    security: Alternatives | None = None
    is_read: bool = False

    def arguments(self, given: Mapping[str, object], habits: Habits) -> Arguments:
        """Return the arguments of a call. Raises ValueError for invalid ones."""
        return read_arguments(
            self.path, self.request, self.wrapper, self.place, given, habits.plain_numbers
        )

    def build(self, arguments: Arguments) -> Request:
        """Return the request of a call."""
        return place_arguments(self.verb, self.path, self.place, arguments)

    def parse(self, response: httpx.Response) -> Result:
        """Return the result of a call. Raises InvalidAnswerError."""
        if self.answer is None:
            return cast(Result, None)
        return self._parsed(read_json(response), response)

    def parse_message(self, text: str, response: httpx.Response, habits: Habits) -> Result:
        """Return a message of a stream. Raises InvalidAnswerError, also for an error that ends the
        stream after its status.
        """
        try:
            body = json.loads(text)
        except ValueError as error:
            raise InvalidAnswerError(f"a message is not JSON: {text[:99]!r}", response) from error
        message = habits.errors.facts(body).get("message")
        if message and not self._documented() & body.keys():
            raise InvalidAnswerError(f"the stream ended: {message}", response)
        return self._parsed(body, response)

    def _documented(self) -> set[str]:
        if self.answer is None or self.answer == "json":
            return set()
        return {field.alias or name for name, field in self.answer.model_fields.items()}

    def _parsed(self, body: Any, response: httpx.Response) -> Result:
        if self.answer is None or self.answer == "json":
            return cast(Result, body)
        try:
            model = self.answer.from_response({self.bare: body} if self.bare else body)
        except ValidationError as error:
            raise InvalidAnswerError(str(error), response) from error
        result = attribute(model, self.value) if self.value else model
        if result is None:
            raise InvalidAnswerError(f"the answer has no {self.value}", response)
        return cast(Result, result)

    def error(self, response: httpx.Response, habits: Habits) -> Exception:
        """Return the error for a response that is no success."""
        plain = read_plain(response)
        status = str(response.status_code)
        keys = (status, f"{status[0]}XX", "default")
        model = next((self.errors[key] for key in keys if key in self.errors), None)
        body = plain
        if model:
            try:
                body = model.from_response(plain)
            except ValidationError:
                body = plain  # the pages may be older than the server
        return status_error(response, body, plain, habits.errors)


def read_json(response: httpx.Response) -> Any:
    """Return the body of an answer. Raises InvalidAnswerError if it is not JSON."""
    try:
        return response.json()
    except ValueError as error:
        what = response.headers.get("content-type") or f"{len(response.content)} bytes"
        raise InvalidAnswerError(f"the answer is not JSON, but {what}", response) from error


def read_plain(response: httpx.Response) -> Any:
    """Return the body of an answer as JSON if it is, and else as text."""
    try:
        return response.json()
    except ValueError:
        return response.text
