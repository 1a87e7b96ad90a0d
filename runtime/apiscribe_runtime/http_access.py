"""Access over HTTP: an application that answers only permitted requests."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from .access import Access
from .errors import ApiError
from .http_responses import JSONResponse


class CheckAccess:
    """Rejects requests that must not reach a method or a page."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app, self._access = app, access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Respond to a request, or reject it."""
        app = self._app
        if scope["type"] == "http":
            headers = Headers(scope=scope).items()
            try:
                self._access.check_http(scope["method"], scope["path"], headers)
            except ApiError as error:
                app = JSONResponse(error.body, error.http)
        await app(scope, receive, send)
