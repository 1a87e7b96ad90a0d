"""Operations in attributes: those of components, and the front matter of a page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from apiscribe.diagnostics.source import Span
from apiscribe.dialects.http.declared_operations import declared_operation
from apiscribe.dialects.http.hits import COMPONENT, LINE, Hit, of_text
from apiscribe.dialects.http.parts import Part, clean
from apiscribe.dialects.http.routes import VERBS, find_routes
from apiscribe.pages.blocks import Component, FrontMatter, Paragraph

_PATH_KEYS = ("path", "url", "endpoint", "route", "uri", "href")
# They say nothing more: other operations of their sections are as good.
_POINTING_COMPONENTS = re.compile(r"openapi|swaggerui", re.IGNORECASE)
_LISTING_COMPONENTS = re.compile(r"card|link|button|tab|step|accordion", re.IGNORECASE)


def in_front_matter(front_matter: FrontMatter, first: Span) -> Iterator[Hit]:
    """Yield the operations that the front matter of a page states."""
    values = front_matter.values
    if operation := declared_operation(values.get("api", "")):
        verb, path = str(operation["method"]), operation["path"]
        yield from of_text(verb, path, COMPONENT, -1, front_matter.spans.get("api", first))
        return
    for key in ("api", "openapi"):
        # Mintlify writes `DEL /v1/cars/{id}`.
        for route in find_routes(re.sub(r"^DEL\b", "DELETE", values.get(key, ""))):
            yield Hit(
                route=route, weight=COMPONENT, index=-1, span=front_matter.spans.get(key, first)
            )
    title = values.get("title", "")
    for route in find_routes(title):
        if route.end - route.start == len(title.strip()) and title[:1].isupper():
            yield Hit(
                route=route, weight=COMPONENT, index=-1, span=front_matter.spans.get("title", first)
            )
    verb = next((values[k] for k in ("method", "verb", "http_method") if k in values), "")
    path = next((values[k] for k in _PATH_KEYS if k in values), "")
    if verb.upper() in VERBS and path:
        yield from of_text(verb, path, COMPONENT, -1, first)


def in_component(parts: Sequence[Part], block: Component, index: int) -> Iterator[Hit]:
    """Yield the operation that a component states, perhaps with its path in the text below it."""
    values = block.attributes
    verb = next((values[k] for k in ("method", "verb", "httpMethod") if k in values), "").upper()
    path = next((values[k] for k in _PATH_KEYS if values.get(k)), "")
    host = values.get("baseUrl") or values.get("host") or ""
    if (
        not path
        and index + 1 < len(parts)
        and isinstance(inside := parts[index + 1].block, Paragraph)
    ):
        path = clean(inside.inline).text
        index += 1
    if verb in VERBS and (path or host) and not _LISTING_COMPONENTS.search(block.name):
        joined = f"{host.rstrip('/')}/{path.lstrip('/')}" if host and "://" not in path else path
        words = values.get("summary") or values.get("title") or ""
        weight = LINE if _POINTING_COMPONENTS.match(block.name) else COMPONENT
        for hit in of_text(verb, joined, weight, index, block.span):
            yield replace(hit, words=words)
        return
    for route in (*find_routes(values.get("openapi", "")), *find_routes(values.get("api", ""))):
        yield Hit(route=route, weight=COMPONENT, index=index, span=block.span)


def in_title(block: Component, index: int) -> Iterator[Hit]:
    """Yield the operation that is the title of a component: `!!! note "GET /cars"`. A sentence that
    begins with a route is about something else.
    """
    title = block.attributes.get("title", "").strip("` *")
    for route in find_routes(title):
        whole = not re.match(r"\s*\w", title[route.end :])
        if whole and not route.start and title[: len(route.verb)].isupper():
            words = title[route.end :].strip(" `*:–—-")
            yield Hit(route=route, weight=LINE, index=index, words=words, span=block.span)
