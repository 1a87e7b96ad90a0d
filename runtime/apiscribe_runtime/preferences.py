"""Documented answers on request, for tests of clients: `Prefer: status=404`, `Prefer: example=2`.

Source: RFC 7240; Prism, a mock server of OpenAPI documents, knows `code` and `example`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from .errors import invalid_parameter
from .registry import Method

_STATUS = ("status", "code")
_EXAMPLE = "example"
_HEADER = "Prefer"


class PreferredAnswer(NamedTuple):
    """A documented answer, and the value of the header Preference-Applied. `body` is None if the
    pages show none.
    """

    status: int
    body: Any
    applied: str


def preferred_answer(headers: Iterable[str], method: Method) -> PreferredAnswer | None:
    """Return the answer that the values of the header Prefer choose; None if they choose none.

    Other preferences have no effect. Raises ApiError if no documented answer fits.
    """
    chosen = dict(_preferences(headers))
    status = next((chosen[name] for name in _STATUS if name in chosen), None)
    number = chosen.get(_EXAMPLE)
    if status is None and number is None:
        return None
    answers = method.answers or tuple((method.status, body) for body in method.response_examples)
    fitting = [
        (code, body)
        for code, body in answers
        if (str(code) == status if status is not None else 200 <= code < 300)
    ]
    index = int(number) - 1 if number and number.isdecimal() else 0 if number is None else -1
    if not 0 <= index < len(fitting):
        known = ", ".join(dict.fromkeys(str(code) for code, _ in answers)) or "none"
        reason = f"no documented answer fits; documented statuses: {known}"
        raise invalid_parameter(_HEADER, reason)
    applied = [f"status={status}"] if status is not None else []
    applied += [f"{_EXAMPLE}={number}"] if number is not None else []
    return PreferredAnswer(*fitting[index], ", ".join(applied))


def _preferences(headers: Iterable[str]) -> Iterable[tuple[str, str]]:
    """Yield name and value of each preference; the first of a name counts."""
    parts = [part for header in headers for part in header.split(",")]
    for part in reversed(parts):
        name, _, value = part.partition(";")[0].partition("=")
        yield name.strip().lower(), value.strip().strip('"')
