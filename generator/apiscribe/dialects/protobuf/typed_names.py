"""Tables with the type in the cell of the name → tables with a column for each.

| Field                            | Description |        | Name                   | Description |
| `roof` _[Roof](#roof)_           | Its roof.   |        | <code>roof</code><br>  |             |
| `frames` _[Frame](#frame) array_ |             |        | [Roof](#roof)          | Its roof.   |

Below a line on the underlying type, such a table lists the values of an enum.
"""

from __future__ import annotations

import re
from dataclasses import replace

from apiscribe.dialects.protobuf import tables
from apiscribe.dialects.protobuf.listed_fields import is_type_text
from apiscribe.pages.blocks import Inline, Row, Table
from apiscribe.pages.html_text import HTML

_NAME = r"(?P<name>`\w+`|<code>\w+</code>)"
_BREAK = r"\s*<br\s*/?>\s*"
# The type is in italics, or on a line of its own.
_FORMS = (
    re.compile(
        rf"{_NAME}(?:\s+|{_BREAK})(?P<mark>[_*])(?P<type>(?![_*\s]).{{1,300}}?)(?P=mark)\s*"
        rf"(?:{_BREAK})?",
        re.ASCII | re.DOTALL,
    ),
    re.compile(rf"{_NAME}{_BREAK}(?P<type>.{{1,300}})", re.ASCII | re.DOTALL),
)


def read_typed_names(table: Table) -> Table | None:
    """Return the table with a column for the types; None if a row has another form."""
    columns = tables.columns(table)
    at = next((n for n, role in enumerate(columns) if role in ("field", "name")), None)
    if at is None or "description" not in columns or "type" in columns or not table.rows:
        return None
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
    matches = (form.fullmatch(cell.source.strip()) for form in _FORMS) if cell else iter(())
    match = next(filter(None, matches), None)
    if not cell or not match or not is_type_text(match["type"], cell):
        return None
    parts = (Inline(match[part], cell.span, cell.markup) for part in ("name", "type"))
    return _insert(row, at, *parts)


def _insert(row: Row, at: int, *cells: Inline) -> Row:
    return replace(row, cells=(*row.cells[:at], *cells, *row.cells[at + 1 :]))
