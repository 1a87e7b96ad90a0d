"""Tables with the type in the cell of the name → tables with a column for each.

| Field                            | Description |
| `roof` _[Roof](#roof)_           | Its roof.   |
| `frames` _[Frame](#frame) array_ |             |

Below a line on the underlying type, such a table lists the values of an enum.
"""

from __future__ import annotations

import re
from dataclasses import replace

from apiscribe.dialects.protobuf import tables
from apiscribe.pages.blocks import Inline, Row, Table
from apiscribe.pages.html_text import HTML

_CELL = re.compile(
    r"(?P<name>`\w+`)\s+(?P<mark>[_*])(?P<type>(?![_*\s]).{1,300}?)(?P=mark)\s*(?:<br\s*/?>)?\s*",
    re.ASCII | re.DOTALL,
)


def read_typed_names(table: Table) -> Table | None:
    """Return the table with a column for the types; None if a row has another form."""
    columns = tables.columns(table)
    if not {"field", "description"} <= set(columns) or "type" in columns or not table.rows:
        return None
    at = columns.index("field")
    rows = [_with_type(row, at) for row in table.rows]
    known = [row for row in rows if row]
    if len(known) < len(rows):
        return None
    header = _insert(table.header, at, table.header.cells[at], Inline("Type", table.span, HTML))
    return replace(table, header=header, rows=tuple(known))


def as_values(table: Table) -> Table:
    """Return a table of fields without types as one of the values of an enum."""
    columns = tables.columns(table)
    if set(columns) - {""} != {"field", "description"}:
        return table
    cells = list(table.header.cells)
    cells[columns.index("field")] = Inline("Name", table.span, HTML)
    return replace(table, header=replace(table.header, cells=tuple(cells)))


def _with_type(row: Row, at: int) -> Row | None:
    cell = row.cells[at] if at < len(row.cells) else None
    match = _CELL.fullmatch(cell.source) if cell else None
    if not cell or not match:
        return None
    parts = (Inline(match[part], cell.span, cell.markup) for part in ("name", "type"))
    return _insert(row, at, *parts)


def _insert(row: Row, at: int, *cells: Inline) -> Row:
    return replace(row, cells=(*row.cells[:at], *cells, *row.cells[at + 1 :]))
