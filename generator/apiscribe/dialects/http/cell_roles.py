"""The roles of columns by their cells, where the header is also that of something else."""

from __future__ import annotations

import re
from collections.abc import Callable

from apiscribe.dialects.http.words import place, presence
from apiscribe.pages.blocks import Table

# `200 OK`, `Other Status Codes`
_ANSWER = re.compile(
    r"\W*(?:[1-5]\d\d [A-Z][\w' -]*|default|other status codes?)\W*", re.IGNORECASE
)


def by_cells(roles: list[str], table: Table) -> list[str]:
    """Return the roles of columns. A column of types may hold places, the first of two words such
    as "required", and a column of names the statuses of answers with their reasons.
    """
    if "type" in roles:
        at = roles.index("type")
        if "place" not in roles and _all_cells(table, at, place):
            return [*roles[:at], "place", *roles[at + 1 :]]
        if roles.count("type") > 1 and _all_cells(table, at, _is_presence):
            return [*roles[:at], "required", *roles[at + 1 :]]
    if "name" in roles and "status" not in roles:
        at = roles.index("name")
        if _all_cells(table, at, _ANSWER.fullmatch):
            return [*roles[:at], "status", *roles[at + 1 :]]
    return roles


def _is_presence(text: str) -> bool:
    return len(text) > 1 and presence(text) is not None


def _all_cells(table: Table, at: int, holds: Callable[[str], object]) -> bool:
    cells = [row.cells[at].text for row in table.rows if len(row.cells) > at]
    return bool(cells) and all(map(holds, cells))
