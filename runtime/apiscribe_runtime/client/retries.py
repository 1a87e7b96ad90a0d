"""Retries: which requests are sent again, and when."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

_FIRST_DELAY, _LONGEST_DELAY = 0.5, 8.0
# If the server requires a longer pause, there is no retry.
_LONGEST_PAUSE = 60.0

_IDEMPOTENT = ("GET", "HEAD", "OPTIONS", "PUT", "DELETE")  # Source: RFC 9110, section 9.2.2
_TEMPORARY = (httpx.codes.BAD_GATEWAY, httpx.codes.SERVICE_UNAVAILABLE, httpx.codes.GATEWAY_TIMEOUT)
# The server has not seen the request.
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


def delay(
    attempt: int, outcome: httpx.Response | httpx.RequestError, verb: str, is_read: bool
) -> float | None:
    """Return the seconds until the next attempt; None if the outcome is final.

    Requests that are safe to repeat are retried after a broken connection, a timeout, 429, 502, 503
    and 504. Other requests are retried only if the server has not acted on them: the client could
    not connect, or the server returned 429, or 503 with `Retry-After`.
    """
    may_repeat = is_read or verb in _IDEMPOTENT
    longest = min(_LONGEST_DELAY, _FIRST_DELAY * 2.0 ** (attempt - 1))
    backoff = longest * random.uniform(0.5, 1)  # noqa: S311  # it only spreads requests in time
    if isinstance(outcome, httpx.RequestError):
        is_broken = isinstance(outcome, httpx.TransportError)
        return backoff if isinstance(outcome, _NOT_SENT) or (may_repeat and is_broken) else None
    status = outcome.status_code
    pause = retry_after(outcome.headers)
    is_refused = status == httpx.codes.TOO_MANY_REQUESTS
    is_refused |= status == httpx.codes.SERVICE_UNAVAILABLE and pause is not None
    if not is_refused and not (may_repeat and status in _TEMPORARY):
        return None
    if pause is None:
        return backoff
    return pause if pause <= _LONGEST_PAUSE else None


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds in the header `Retry-After`, which has a number or a date."""
    text = headers.get("retry-after", "").strip()
    if text.isdecimal():
        return float(text)
    try:
        time = parsedate_to_datetime(text)
    except ValueError:
        return None
    time = time if time.tzinfo else time.replace(tzinfo=UTC)
    return max(0.0, (time - datetime.now(UTC)).total_seconds())
