"""Decides whether a request may reach a method or a page of the server.

Without authentication, a server on loopback trusts every program on its machine. A browser is such
a program, and sends requests for any web page. Browsers state the origin of the page, so that the
server can reject these requests. With authentication, the server's own pages need a token, too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address
from typing import Literal

from .errors import foreign_host, foreign_page

Pairs = Iterable[tuple[str, str]]
# What answers without a token, if --public says so, besides health.
Public = Literal["docs", "metrics", "reflection"]

_PAGES: dict[str, Public] = {
    "/docs": "docs",
    "/docs-assets": "docs",
    "/openapi.json": "docs",
    "/metrics": "metrics",
}
_AUTHORITY = re.compile(r"(\[[0-9a-f:.]+\]|[^\s\[\]:@/]+)(?::[0-9]*)?", re.IGNORECASE)
_DEFAULT_PORT = {"http": "80", "https": "443"}
# A request of the browser's user, or of a page of this server. Source: w3.org/TR/fetch-metadata.
_OWN_SITES = ("none", "same-origin")
_SAFE = ("GET", "HEAD")


@dataclass(frozen=True, kw_only=True)
class Access:
    """The access to a server.

    `identify` raises ApiError for metadata without a valid token. `has_own_root`: a page of the
    server is at `/`, and no method. `hosts` are the server's names or
    authorities besides loopback; None if callers authenticate, because a foreign page has no token.
    """

    identify: Callable[[Pairs], object]
    public: Collection[Public] = ()
    hosts: Collection[str] | None = None
    has_own_root: bool = True

    def check_http(self, verb: str, path: str, headers: Pairs) -> None:
        """Raise ApiError for an HTTP request that must not reach a method or a page."""
        pairs = [(name.lower(), value) for name, value in headers]
        page = self._page_at(path)
        if self.hosts is None:
            if page is not None:
                self.check_page(page, pairs)
            return
        hosts = [value for name, value in pairs if name == "host"]
        for host in hosts:
            if not self._is_own(host):
                raise foreign_host(host)
        # A link on a foreign page may show the server's own pages.
        is_harmless = verb in _SAFE and (page is not None or path == "/health")
        if not is_harmless:
            self.check_origin(pairs, hosts)

    def _page_at(self, path: str) -> Public | None:
        return "docs" if path == "/" and self.has_own_root else _page_at(path)

    def check_page(self, page: Public, metadata: Pairs) -> None:
        """Raise ApiError if a page requires authentication and the request has none."""
        if self.hosts is None and page not in self.public:
            self.identify(metadata)

    def check_origin(self, metadata: Pairs, hosts: Collection[str] = ()) -> None:
        """Raise ApiError for a request that a browser sends for a foreign page. `hosts`: the
        authorities of the request.
        """
        if self.hosts is None:
            return
        for name, value in metadata:
            if name == "origin" and not self._is_own_origin(value, hosts):
                raise foreign_page(name, value)
            if name == "sec-fetch-site" and value.strip().lower() not in _OWN_SITES:
                raise foreign_page(name, value)

    def _is_own(self, authority: str) -> bool:
        """Return whether a Host names this server: rebound DNS leads any other name to it."""
        match = _AUTHORITY.fullmatch(authority.strip())
        return match is not None and (
            _is_loopback(match[1].lower()) or self._is_allowed(authority, match[1])
        )

    def _is_own_origin(self, origin: str, hosts: Collection[str]) -> bool:
        scheme, _, authority = origin.strip().lower().partition("://")
        match = _AUTHORITY.fullmatch(authority)
        own = {_without_default_port(host, scheme) for host in hosts}
        return match is not None and (
            _without_default_port(authority, scheme) in own or self._is_allowed(authority, match[1])
        )

    def _is_allowed(self, authority: str, name: str) -> bool:
        allowed = {host.lower() for host in self.hosts or ()}
        return not allowed.isdisjoint((authority.strip().lower(), name.lower()))


def _page_at(path: str) -> Public | None:
    """Return the kind of page at a path, or below it."""
    return next(
        (page for at, page in _PAGES.items() if path == at or path.startswith(f"{at}/")), None
    )


def _without_default_port(authority: str, scheme: str) -> str:
    return authority.strip().lower().removesuffix(f":{_DEFAULT_PORT.get(scheme, '')}")


@lru_cache(maxsize=64)
def _is_loopback(name: str) -> bool:
    """Return whether a name always leads to loopback, whatever DNS says. Source: RFC 6761."""
    try:
        return ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")
