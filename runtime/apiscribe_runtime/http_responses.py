"""Responses over HTTP: JSON, with the documented status and form."""

from __future__ import annotations

from typing import Any

from pydantic_core import to_json
from starlette.responses import Response

from .dispatch import EXAMPLE_HEADER, Answer
from .errors import ApiError, documented_error
from .http_bodies import response_content, with_numbers
from .http_errors import error_body, error_status
from .preferences import PreferredAnswer
from .registry import ErrorShape, Method, Route, Service
from .request_log import current_request

_WITHOUT_BODY = (204, 205)
_FIRST_ERROR = 400
_UNAVAILABLE, _RETRY_AFTER = 503, "1"  # seconds


class JSONResponse(Response):
    """A JSON response."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        """Return the bytes of the body."""
        return to_json(content, inf_nan_mode="null")


def failure(error: ApiError, shape: ErrorShape | None = None) -> Response:
    """Return the response for an error in the documented form."""
    status = error_status(error, shape)
    # Source: RFC 9110, section 10.2.3.
    headers = {"retry-after": _RETRY_AFTER} if error.http == _UNAVAILABLE else None
    return JSONResponse(error_body(error, shape), status, headers)


def documented(preferred: PreferredAnswer, shape: ErrorShape | None) -> Response:
    """Return the response for a documented answer. An error without an example has the documented
    form.
    """
    name, value = EXAMPLE_HEADER
    headers = {"preference-applied": preferred.applied, name: value}
    if preferred.status in _WITHOUT_BODY:
        return Response(None, preferred.status, headers)
    body = preferred.body
    if body is None and preferred.status >= _FIRST_ERROR:
        error = documented_error(preferred.status)
        body = error_body(error, shape)
    return JSONResponse({} if body is None else body, preferred.status, headers)


def success(service: Service, method: Method, route: Route, answer: Answer) -> Response:
    """Return a response in the documented form."""
    headers = {**example_headers(answer), **_link_header()}
    if method.status in _WITHOUT_BODY:
        return Response(None, method.status, headers)
    body = answer.body
    if service.plain_numbers:
        body = with_numbers(body, method.response_proto.DESCRIPTOR)
    return JSONResponse(response_content(body, method, route), method.status, headers)


def _link_header() -> dict[str, str]:
    """Return the header with the links of the current request. Source: RFC 8288, section 3."""
    request = current_request()
    links = request.links if request else {}
    value = ", ".join(f'<{address}>; rel="{relation}"' for relation, address in links.items())
    return {"link": value} if value else {}


def example_headers(answer: Answer) -> dict[str, str]:
    """Return the headers that mark an example."""
    return dict([EXAMPLE_HEADER] if answer.example else [])
