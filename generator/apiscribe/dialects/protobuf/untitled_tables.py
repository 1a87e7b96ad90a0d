"""Tables without headers for their columns → tables with headers, by what is in each column.

    message Hive                                enum Mood
    | repeated Frame | frames | 3 | Text. |     | CALM | 1 | Calm bees. |

Such tables count only below a heading that states the kind of the declaration. In each column, all
cells must be types, names, numbers or texts. A header over all columns may say `Fields`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from apiscribe.dialects.protobuf.listed_fields import is_type_text
from apiscribe.dialects.protobuf.made_tables import MadeRow, made_table
from apiscribe.dialects.protobuf.words import header_role, listed_below
from apiscribe.pages.blocks import Inline, Row, Table

_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,10}")


def read_untitled_table(table: Table, kind: str) -> Table | None:
    """Return the table with headers for its columns; None if they are something else. `kind` is
    that of the heading above.
    """
    if kind not in ("message", "enum") or table.stray:
        return None
    rows = table.rows
    if not (table.header.spans and listed_below(table.header.cells[0].text)):
        if table.header.spans or any(header_role(cell.text) for cell in table.header.cells):
            return None
        rows = (table.header, *table.rows)
    width = len(rows[0].cells) if rows else 0
    if any(len(row.cells) != width or row.tail or row.spans for row in rows):
        return None
    columns = [tuple(row.cells[at] for row in rows) for at in range(width)]
    roles = _roles(columns, "field" if kind == "message" else "name")
    return made_table(list(_made(rows, roles)), table.span) if roles else None


def _roles(columns: Sequence[Sequence[Inline]], name: str) -> list[str]:
    """Return the role of each column; none if one has no role, or two have the same."""
    tests: dict[str, Callable[[Sequence[Inline]], bool]] = {
        "type": _are_types,
        "number": lambda cells: _are_all(_NUMBER, cells),
        name: lambda cells: _are_all(_NAME, cells),
        "description": lambda _: True,
    }
    if name != "field":
        del tests["type"]
    roles = [next((r for r, test in tests.items() if test(cells)), "") for cells in columns]
    required = {"field", "type"} if name == "field" else {"name", "number"}
    return roles if len(set(roles)) == len(roles) and required <= set(roles) else []


def _are_all(form: re.Pattern[str], cells: Sequence[Inline]) -> bool:
    """Return whether all cells are of a form, each with another text."""
    texts = [cell.text.strip("` ") for cell in cells]
    return all(map(form.fullmatch, texts)) and len(set(texts)) == len(texts)


def _are_types(cells: Sequence[Inline]) -> bool:
    return all(cell.text and is_type_text(cell.source, cell) for cell in cells)


def _made(rows: Sequence[Row], roles: Sequence[str]) -> Iterator[MadeRow]:
    for row in rows:
        cells = {role: cell.source for role, cell in zip(roles, row.cells, strict=True)}
        yield MadeRow(cells=cells, span=row.span, anchors=row.anchors, markup=row.cells[0].markup)
