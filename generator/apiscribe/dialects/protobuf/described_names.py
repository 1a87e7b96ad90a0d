"""Tables with the description below the name in its cell → tables with a column for each.

| Field                   | Type   |        | Field | Type   | Description |
| `roof`<br/>Its roof.    | Roof   |        | roof  | Roof   | Its roof.   |
| `name`                  | string |        | name  | string |             |

At least one row has a description, and all cells of the column begin with a name.
"""

from __future__ import annotations

import re
from dataclasses import replace

from apiscribe.dialects.protobuf import tables
from apiscribe.pages.blocks import Inline, Row, Table
from apiscribe.pages.html_text import HTML

_CELL = re.compile(
    r"(?P<name>`\w+`|<code>\w+</code>|\w+)\s*(?:<br\s*/?>\s*(?P<text>.*))?", re.DOTALL | re.ASCII
)
_NAMES = ("field", "value", "method")


def read_described_names(table: Table) -> Table:
    """Return a table with a column for the descriptions; other tables stay as they are."""
    columns = tables.columns(table)
    at = next((n for n, role in enumerate(columns) if role in _NAMES), None)
    # Without a type, the line below the name may be one.
    if at is None or "description" in columns or len(columns) < 2 or not tables.kind(table):
        return table
    cells = [row.cells[at] for row in table.rows if at < len(row.cells) and not row.spans]
    matches = [_CELL.fullmatch(cell.source.strip()) for cell in cells]
    if not all(matches) or not any(match["text"] for match in matches if match):
        return table
    rows = tuple(_with_description(row, at) for row in table.rows)
    header = (*table.header.cells, Inline("Description", table.header.span, HTML))
    return replace(table, header=replace(table.header, cells=header), rows=rows)


def _with_description(row: Row, at: int) -> Row:
    cell = row.cells[at] if at < len(row.cells) and not row.spans else None
    match = _CELL.fullmatch(cell.source.strip()) if cell else None
    if not cell or not match:
        return row
    name, text = (replace(cell, source=match[part] or "") for part in ("name", "text"))
    return replace(row, cells=(*row.cells[:at], name, *row.cells[at + 1 :], text))
