"""Detects pages about APIs without routes: JSON-RPC, GraphQL, and resources of Kubernetes.

All calls go to one address, so reading the page as HTTP would give a single route, or only types.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from apiscribe.model.draft import PageDraft
from apiscribe.pages.blocks import Code, Page, Table

_JSON_RPC = re.compile(r"[\"']?jsonrpc[\"']?\s*:\s*[\"']")
_GRAPHQL = re.compile(r"\s*(?:query|mutation|subscription)\b[^\n{]{0,200}\{", re.IGNORECASE)
_GRAPHQL_LANGUAGES = frozenset({"graphql", "gql"})
_GRAPHQL_TYPE = re.compile(r"`?\[?[A-Z]\w*!?\]?!`?")


_RPC_CALLS, _GRAPHQL_CALLS = "JSON-RPC calls", "GraphQL calls"
# What begins the tables of a Kubernetes resource.
_RESOURCE_FIELDS = frozenset({"apiVersion", "kind"})


def other_protocol(page: Page, least: int) -> str:
    """Return the calls of another protocol of which the page has at least `least`, or ""."""
    marks: Counter[str] = Counter()
    for block in page.all_blocks():
        match block:
            case Code(language=language, text=text):
                marks[_RPC_CALLS] += bool(_JSON_RPC.search(text))
                is_query = language.lower() in _GRAPHQL_LANGUAGES or _GRAPHQL.match(text)
                marks[_GRAPHQL_CALLS] += bool(is_query)
            case Table():
                cells = (cell for row in block.rows for cell in row.cells)
                marks[_GRAPHQL_CALLS] += sum(
                    1 for cell in cells if _GRAPHQL_TYPE.fullmatch(cell.source.strip())
                )
            case _:
                pass
    return next((name for name, count in marks.items() if count >= least), "")


def has_several_routes(drafts: Sequence[PageDraft]) -> bool:
    """Return whether the operations of a page are at more than one address."""
    routes = {r.path for draft in drafts for o in draft.operations for r in o.routes}
    return len(routes) > 1 or any(draft.services for draft in drafts)


def lists_kubernetes_resources(page: Page) -> bool:
    """Return whether a table of the page lists the fields that all Kubernetes resources have."""
    tables = (block for block in page.all_blocks() if isinstance(block, Table))
    return any(
        {row.cells[0].text.partition(" ")[0] for row in table.rows if row.cells} >= _RESOURCE_FIELDS
        for table in tables
    )
