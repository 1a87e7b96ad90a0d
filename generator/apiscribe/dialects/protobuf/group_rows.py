"""Tables with rows that head the fields of a oneof → tables with a column for the oneof.

| Field | Type   | Description |          | Field | Type   | Description | Oneof |
| id    | string |             |          | id    | string |             |       |
| oneof home                   |          | roof  | Roof   |             | home  |
| roof  | Roof   |             |
"""

from __future__ import annotations

from dataclasses import replace

from apiscribe.dialects.protobuf import tables
from apiscribe.dialects.protobuf.words import union_name
from apiscribe.pages.blocks import Inline, Row, Table
from apiscribe.pages.html_text import HTML


def read_group_rows(table: Table) -> Table:
    """Return a table of fields without its empty rows, and with a column for the groups that its
    rows over all columns head. Other tables stay as they are.
    """
    if tables.kind(table) != "fields":
        return table
    rows = [row for row in table.rows if row.tail or row.anchors or any(c.text for c in row.cells)]
    if len(rows) < len(table.rows):
        table = replace(table, rows=tuple(rows))
    width = len(table.header.cells)
    heads = [row for row in rows if row.spans and union_name(row.cells[0].text)]
    if not heads or any(len(row.cells) != width for row in rows if not row.spans):
        return table
    group, filled = "", []
    for row in rows:
        if row.spans:
            group = union_name(row.cells[0].text)
        filled.append(row if row.spans else _with_cell(row, group))
    return replace(table, header=_with_cell(table.header, "Oneof"), rows=tuple(filled))


def with_repeated_names(table: Table) -> Table:
    """Return a table of routes with the method in each row: the further routes of a method have
    nothing in its column.
    """
    if tables.kind(table) != "bindings":
        return table
    at = tables.columns(table).index("method")
    rows: list[Row] = []
    for row in table.rows:
        is_further = rows and len(row.cells) > at < len(rows[-1].cells)
        if is_further and not row.cells[at].text.strip("` ") and not row.spans:
            named = (*row.cells[:at], rows[-1].cells[at], *row.cells[at + 1 :])
            row = replace(row, cells=named)
        rows.append(row)
    return replace(table, rows=tuple(rows))


def _with_cell(row: Row, text: str) -> Row:
    return replace(row, cells=(*row.cells, Inline(text, row.span, HTML)))
