"""The addresses of the pages beside a page of a list: that of the request, at another position.

Requests that no link can repeat have none: those over gRPC, and those with a body.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from .descriptors import lower_camel_names
from .pages import Page, next_position, previous_position
from .registry import Method
from .request_log import current_request

_RELATIONS = {"next_url": "next", "previous_url": "prev"}


def link_pages(method: Method, page: Page, key: str) -> Iterator[tuple[str, str]]:
    """Yield path in the response → address, for each address that the response has, and set the
    links of the request if the method has a `Link` header.
    """
    standard, request = method.standard, current_request()
    assert standard is not None
    if request is None or request.url is None or standard.paging is None:
        return
    positions = {
        "next_url": next_position(page, standard.paging, key),
        "previous_url": previous_position(page, standard.paging),
    }
    for fact, position in positions.items():
        if position is None:
            continue
        address = _at(request.url(), method, standard.paging.position, position)
        if standard.link_header:
            request.links[_RELATIONS[fact]] = address
        if path := standard.page_facts.get(fact):
            yield path, address


def _at(url: str, method: Method, name: str, position: Any) -> str:
    """Return the address with another value of a parameter, which may be in lowerCamelCase."""
    names = lower_camel_names(method.request_proto.DESCRIPTOR)
    parts = urlsplit(url)
    given = parse_qsl(parts.query, keep_blank_values=True)
    others = [(key, value) for key, value in given if names.get(key, key) != name]
    return urlunsplit(parts._replace(query=urlencode([*others, (name, position)])))
