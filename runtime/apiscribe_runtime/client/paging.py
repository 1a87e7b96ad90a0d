"""Paging: the rows of a list, page by page.

A `Link` header (RFC 8288) or a field of the answer states the next token, page or address.
Otherwise, the next page is computed from the rows, for the documented parameter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx

JsonObject = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Paging:
    """The paging of a list.

    `style` and `first`, and `size` and `position` in the request, are those of the registry. In the
    style `query`, the field `position` is a query with a `page`, which has a `start` from 1 and a
    `limit`. `rows` is the attribute of the answer that has the rows, empty if the answer is the
    rows; `key` is that of a row. `facts` are facts on a page (`total`, `more`, `next`, `pages`) and
    their attributes in the answer. An attribute may be in another: `meta.total`.
    """

    style: str = ""
    size: str = ""
    position: str = ""
    first: int = 1
    rows: str = ""
    key: str = ""
    facts: Mapping[str, str] | None = None


@dataclass(frozen=True, kw_only=True)
class Progress:
    """The progress of a caller through a list: the fields of the request for the current page, and
    the number of rows before it.
    """

    fields: JsonObject
    seen: int = 0

    @classmethod
    def at_start(cls, paging: Paging, fields: JsonObject) -> Progress:
        """Return the progress before the first page."""
        offset = fields.get(paging.position) if paging.style == "offset" else 0
        return cls(fields=fields, seen=int(offset or 0))


def rows_of(paging: Paging, page: Any) -> list[Any]:
    """Return the rows of a page."""
    return list((attribute(page, paging.rows) if paging.rows else page) or ())


def attribute(value: Any, path: str) -> Any:
    """Return the value at a path of attributes; None if a part of it is missing."""
    for name in path.split("."):
        value = getattr(value, name, None)
    return value


def linked_query(response: httpx.Response) -> list[tuple[str, str]] | None:
    """Return the query of the next page in a `Link` header, or None without one."""
    url = response.links.get("next", {}).get("url")
    return query_of(url) if url else None


def query_of(url: str) -> list[tuple[str, str]]:
    """Return the parameters of an address."""
    return parse_qsl(urlsplit(url).query, keep_blank_values=True)


def is_address(value: Any) -> bool:
    """Return whether the next page is an address, and not a token."""
    return isinstance(value, str) and value.startswith(("http://", "https://", "/", "?"))


def next_fields(paging: Paging, progress: Progress, page: Any) -> Progress | str | None:
    """Return the progress after a page, with the address or the request fields of the next page.

    It is None after the last page.
    """
    rows, fields, facts = rows_of(paging, page), progress.fields, paging.facts or {}
    seen = progress.seen + len(rows)
    known = {fact: attribute(page, path) for fact, path in facts.items()}
    following = known.get("next")
    if "next" in known and not following:
        return None
    if is_address(following):
        return str(following)
    if (
        not rows
        or known.get("more") is False
        or _is_complete(known, seen, len(rows), paging, fields)
    ):
        return None
    position = following or _position(paging, fields, rows)
    if position is None or not paging.position:
        return None
    if paging.style == "query":
        position = {**fields[paging.position], "page": position}
    return Progress(fields={**fields, paging.position: position}, seen=seen)


def _position(paging: Paging, fields: JsonObject, rows: list[Any]) -> Any:
    """Return the position of the next page; None if the list has no parameter for it."""
    here = fields.get(paging.position)
    match paging.style if paging.position else "":
        case "offset":
            return int(here or 0) + len(rows)
        case "page":
            return int(paging.first if here is None else here) + 1
        case "after":
            return attribute(rows[-1], paging.key) if paging.key else None
        case "query":
            page = (here or {}).get("page") or {}
            start = int(page.get("start") or 1) + len(rows)
            # Without a limit, the answer has all rows.
            return {**page, "start": start} if page.get("limit") else None
    return None


def _is_complete(
    known: Mapping[str, Any], seen: int, count: int, paging: Paging, fields: JsonObject
) -> bool:
    """Return whether no rows follow, by the number of all rows or pages.

    In some APIs, the total is the number of rows on the page: if it is that of a full first page,
    another request finds out.
    """
    pages, total = known.get("pages"), known.get("total")
    if paging.style == "page" and pages is not None:
        here = fields.get(paging.position)
        return int(paging.first if here is None else here) - paging.first + 1 >= int(pages)
    if total is None or seen != int(total):
        return False
    return seen > count or count < int(fields.get(paging.size) or 0)
