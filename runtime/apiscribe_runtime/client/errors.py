"""The errors of a client: no answer, an answer that is an error, and an answer of another form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

JsonObject = dict[str, Any]

# The body of errors of a server that apiscribe generates, for pages without errors.
DEFAULT_FIELDS = {"detail.message": "message", "detail.code": "code"}


class ClientError(Exception):
    """The base class of the errors of a call.

    Invalid arguments are not among them: they raise ValueError before anything is sent.
    """


class NoAnswerError(ClientError):
    """The server cannot be reached, or the connection broke before its answer was complete."""


class TimedOutError(NoAnswerError):
    """The answer took longer than the timeout."""


class InvalidAnswerError(ClientError):
    """An answer that is not of the documented type. `response` is the response of httpx."""

    def __init__(self, message: str, response: httpx.Response) -> None:
        super().__init__(f"{_call(response)}: {message}")
        self.response = response


class StatusError(ClientError):
    """An answer with the status of an error.

    `message` and `code` are in the answer where the pages document them, and otherwise the standard
    phrase and empty. `body` is the answer: the documented model, JSON, or text.
    """

    def __init__(self, response: httpx.Response, body: Any, message: str, code: str) -> None:
        super().__init__(f"{_call(response)}: {response.status_code} {message}")
        self.response, self.body, self.message, self.code = response, body, message, code

    @property
    def status(self) -> int:
        """The status of the answer."""
        return self.response.status_code


class BadRequestError(StatusError):
    """400: the request is invalid."""


class AuthenticationError(StatusError):
    """401: the credentials are missing or invalid."""


class PermissionDeniedError(StatusError):
    """403: the caller may not do this."""


class NotFoundError(StatusError):
    """404: there is no such resource."""


class ConflictError(StatusError):
    """409: the request conflicts with the state of the resource."""


class UnprocessableError(StatusError):
    """422: the server refuses the content of the request."""


class TooManyRequestsError(StatusError):
    """429: the caller has sent too many requests."""


class ServerError(StatusError):
    """500 and above: the server failed."""


_CLASSES: Mapping[int, type[StatusError]] = {
    400: BadRequestError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    422: UnprocessableError,
    429: TooManyRequestsError,
}


@dataclass(frozen=True, kw_only=True)
class ErrorFields:
    """The locations of the facts in error responses. `paths`: path → `message`, `code` or `status`;
    `[]` in a path is a list: its items are joined.
    """

    paths: Mapping[str, str] = field(default_factory=lambda: DEFAULT_FIELDS)

    def facts(self, body: Any) -> dict[str, str]:
        """Return fact → text, for the facts that a body has."""
        result = {}
        for path, fact in self.paths.items():
            texts = [str(value) for value in _at(body, path.split(".")) if value is not None]
            if texts:
                result[fact] = "; ".join(texts)
        return result


def status_error(response: httpx.Response, body: Any, plain: Any, fields: ErrorFields) -> Exception:
    """Return the error for a response; `plain` is the JSON or text of its body."""
    default = ServerError if response.status_code >= httpx.codes.INTERNAL_SERVER_ERROR else None
    error = _CLASSES.get(response.status_code, default or StatusError)
    facts = fields.facts(plain)
    message = facts.get("message") or response.reason_phrase or "unknown status"
    return error(response, body, message, facts.get("code", ""))


def _at(value: Any, parts: list[str]) -> Iterator[Any]:
    """Yield the values at a path; `[]` after a name, or alone, is a list."""
    if not parts:
        yield value
        return
    name, *rest = parts
    for part in filter(None, (name.removesuffix("[]"),)):
        value = value.get(part) if isinstance(value, dict) else None
    if not name.endswith("[]"):
        yield from _at(value, rest)
    elif isinstance(value, list):
        for item in value:
            yield from _at(item, rest)


def _call(response: httpx.Response) -> str:
    """Return the method and the path of a request; its query may have credentials."""
    return f"{response.request.method} {response.request.url.path}"
