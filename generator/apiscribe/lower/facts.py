"""The facts of a whole HTTP API: its title, version and base addresses, from those of its pages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from apiscribe.lower.operation_routes import without_calls
from apiscribe.lower.security import Security
from apiscribe.model.draft import FactsDraft, PageDraft
from apiscribe.model.facts import ApiFacts, StatedText

_SERVER = re.compile(r"(?P<origin>[a-z]+://[^/]*)?(?P<path>/.*)?", re.DOTALL)


def read_api_facts(pages: Sequence[PageDraft]) -> tuple[list[PageDraft], Security, ApiFacts]:
    """Return the pages with declarations, the authentication of their operations, and the facts of
    the API. Pages that declare nothing only state facts.
    """
    pages = without_calls(pages)
    declaring = [p for p in pages if p.operations or p.services or p.messages or p.enums]
    with_routes = [page for page in declaring if page.operations]
    if not with_routes:
        return declaring, Security([], []), ApiFacts()
    # What the only page states, and what a page about the whole API states, holds for all.
    only = with_routes[0] if len(with_routes) == 1 else None
    general = [
        page.facts
        for page in pages
        if page.facts and (page is only or page.facts.general or page not in declaring)
    ]
    security = Security(pages, general)
    paths = [route.path for p in with_routes for o in p.operations for route in o.routes]
    introducing = [facts for facts in general if facts.general or len(with_routes) == 1]
    introduction = _introduction(introducing)
    facts = ApiFacts(
        title=introduction.title,
        version=_version(introducing),
        description=introduction.description,
        servers=tuple(_distinct(_server(s, paths) for facts in general for s in facts.servers)),
        schemes=tuple(security.schemes.values()),
        security=security.of_api,
    )
    return [_with_servers(page, paths) for page in declaring], security, facts


def _introduction(general: Sequence[FactsDraft]) -> FactsDraft:
    """Return the facts of the page that introduces the API: of the one in the topmost folder."""
    titled = [facts for facts in general if facts.title]
    return min(titled, key=_depth, default=FactsDraft())


def _depth(facts: FactsDraft) -> tuple[bool, int]:
    assert facts.title is not None, "it has a title"
    return not facts.general, facts.title.span.path.count("/")


def _version(general: Sequence[FactsDraft]) -> StatedText | None:
    """Return the version that all pages state; None if they state several."""
    versions = [facts.version for facts in general if facts.version]
    return versions[0] if len({version.text for version in versions}) == 1 else None


def _with_servers(page: PageDraft, paths: Sequence[str]) -> PageDraft:
    """Return a page with the base addresses that it states besides those of its routes."""
    stated = page.facts.servers if page.facts else ()
    servers = [server.text for server in _distinct(_server(s, paths) for s in stated)]
    return replace(page, servers=tuple(dict.fromkeys([*servers, *page.servers])))


def _server(stated: StatedText, paths: Sequence[str]) -> StatedText:
    """Return a base address without its path, if most routes have that path themselves."""
    match = _SERVER.match(stated.text)
    path = (match["path"] or "").rstrip("/") if match else ""
    having = sum(route == path or route.startswith(f"{path}/") for route in paths)
    if match is None or not path or 2 * having < len(paths):
        return stated
    return replace(stated, text=match["origin"] or "")


def _distinct(servers: Iterable[StatedText]) -> Iterator[StatedText]:
    seen = {""}
    for server in servers:
        if server.text not in seen:
            seen.add(server.text)
            yield server
