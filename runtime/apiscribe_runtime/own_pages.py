"""The server's own pages: the reference, OpenAPI with a page that shows it, health and metrics."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from html import escape
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeAlias

from prometheus_client import CONTENT_TYPE_LATEST
from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.staticfiles import StaticFiles

from .reference_page import HEADERS
from .request_log import RequestLog

# A request, and the parameters in its path → the response.
Page: TypeAlias = Callable[[Request, Any], Awaitable[Response]]

# Swagger UI. Its scripts are in the same origin: the page works without internet.
_DOCS = """<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="/docs-assets/favicon.png">
<link rel="stylesheet" href="/docs-assets/swagger-ui.css">
<div id="swagger-ui"></div>
<script src="/docs-assets/swagger-ui-bundle.js"></script>
<script>
const options = {deepLinking: true, showExtensions: true, showCommonExtensions: true}
SwaggerUIBundle({url: "/openapi.json", dom_id: "#swagger-ui", ...options})
</script>
</html>
"""


def own_pages(
    title: str,
    describe: Callable[[], dict[str, Any]],
    request_log: RequestLog,
    is_serving: Callable[[], bool],
) -> Iterator[tuple[str, Page]]:
    """Yield the path and the endpoint of each page; `describe` makes the OpenAPI document."""
    docs = _DOCS.replace("{title}", escape(title))
    yield "/docs", _constant(docs.encode(), "text/html")
    yield "/health", _health(is_serving)
    yield "/metrics", _metrics(request_log)
    yield "/openapi.json", _document(describe)
    # Without an import: that of fastapi takes a sixth of the CPU time of a server's start.
    package = find_spec("fastapi_offline")
    assert package is not None
    assert package.origin is not None
    files = StaticFiles(directory=Path(package.origin).parent / "static")
    for name in re.findall('/docs-assets/([^"]+)', _DOCS):
        yield f"/docs-assets/{name}", partial(_file, files, name)


def root_page(make: Callable[[], bytes] | None) -> Page:
    """Return the page at `/`: the reference that `make` returns, else the way to /docs."""
    content: bytes | None = None

    async def page(_: Request, __: object) -> Response:
        nonlocal content
        if make is None:
            return RedirectResponse("/docs")
        if content is None:
            content = await asyncio.to_thread(make)
        return Response(content, media_type="text/html", headers=HEADERS)

    return page


def _constant(content: bytes, media_type: str) -> Page:
    async def page(_: Request, __: object) -> Response:
        return Response(content, media_type=media_type)

    return page


def _document(describe: Callable[[], dict[str, Any]]) -> Page:
    """Return the page of a document that the first request makes: a start need not wait for it."""
    content: asyncio.Future[bytes] | None = None

    async def page(_: Request, __: object) -> Response:
        nonlocal content
        # In a thread: that of a large API takes more than a second.
        content = content or asyncio.ensure_future(asyncio.to_thread(lambda: to_json(describe())))
        return Response(await asyncio.shield(content), media_type="application/json")

    return page


def _health(is_serving: Callable[[], bool]) -> Page:
    async def page(_: Request, __: object) -> Response:
        status, code = ("SERVING", 200) if is_serving() else ("NOT_SERVING", 503)
        return Response(f'{{"status":"{status}"}}', code, media_type="application/json")

    return page


def _metrics(request_log: RequestLog) -> Page:
    async def page(_: Request, __: object) -> Response:
        return Response(request_log.metrics.text(), media_type=CONTENT_TYPE_LATEST)

    return page


async def _file(files: StaticFiles, name: str, request: Request, _: object) -> Response:
    return await files.get_response(name, request.scope)
