"""The connection of a client: its address, credentials and settings, for calls of both kinds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypedDict

import httpx

from .credentials import Alternatives, Credential, chosen
from .errors import NoAnswerError, TimedOutError
from .operations import Habits, Operation
from .requests import Request
from .retries import delay

Outcome = httpx.Response | httpx.RequestError


class Settings(TypedDict, total=False):
    """The settings of all clients. `timeout` is in seconds, for each attempt of a call; `retries`
    is how often a request is sent again; `headers` are those of all requests.
    """

    timeout: float
    retries: int
    headers: Mapping[str, str]


class SyncSettings(Settings, total=False):
    """The settings of a client. `http_client` has proxies, certificates and the like."""

    http_client: httpx.Client


class AsyncSettings(Settings, total=False):
    """The settings of an asynchronous client, with an asynchronous `http_client`."""

    http_client: httpx.AsyncClient


@dataclass(frozen=True, kw_only=True)
class Connection:
    """What all calls of a client have in common. `base_url` is the address that the caller gave,
    and `default_url` that of the pages. `security` are the alternatives of credentials for
    operations that state none; None if the pages state none.
    """

    base_url: str | None
    default_url: str
    credentials: Mapping[str, Credential | None]
    security: Alternatives | None
    timeout: float
    retries: int
    headers: Mapping[str, str]

    def arguments(
        self, request: Request, habits: Habits, security: Alternatives | None
    ) -> dict[str, Any]:
        """Return the arguments of httpx for a request. Raises ValueError without an address."""
        url = self.base_url or habits.base_url or self.default_url
        if not url:
            raise ValueError("base_url is required: the pages state no address")
        credentials = chosen(self.credentials, self.security if security is None else security)
        request = request.with_credentials(credentials)
        return {
            "method": request.verb,
            "url": url.rstrip("/") + request.path,
            "params": list(request.query) or None,
            "headers": {"Accept": "application/json", **self.headers, **request.headers},
            "timeout": self.timeout,
            **request.arguments,
        }

    def pause(self, attempt: int, outcome: Outcome, operation: Operation[Any]) -> float | None:
        """Return the seconds until the next attempt; None if the outcome is final."""
        if attempt > self.retries:
            return None
        return delay(attempt, outcome, operation.verb, operation.is_read)


def connect(
    base_url: str | None,
    default_url: str,
    credentials: Mapping[str, Credential | None],
    security: Alternatives | None,
    settings: Settings,
) -> Connection:
    """Return the connection of a client."""
    return Connection(
        base_url=base_url,
        default_url=default_url,
        credentials=credentials,
        security=security,
        timeout=settings.get("timeout", 30.0),
        retries=settings.get("retries", 2),
        headers=settings.get("headers", {}),
    )


def checked(outcome: Outcome, operation: Operation[Any], habits: Habits) -> httpx.Response:
    """Return a successful response. Raises ClientError for any other outcome."""
    if isinstance(outcome, httpx.Response):
        if outcome.is_success:
            return outcome
        raise operation.error(outcome, habits)
    request = outcome.request
    call = f"{request.method} {request.url.path}"
    if isinstance(outcome, httpx.TimeoutException):
        raise TimedOutError(f"{call}: no answer in time") from outcome
    raise NoAnswerError(f"{call}: {outcome or type(outcome).__name__}") from outcome
