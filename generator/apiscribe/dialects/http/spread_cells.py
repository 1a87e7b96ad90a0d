"""Tables with all facts of a member in one cell → tables with a column for each.

The header of the only column lists them: `Name, Type, Description`. A cell has the name, the type
and a mark in its first line, and the description below it.
"""

from __future__ import annotations

import re
from dataclasses import replace

from apiscribe.dialects.http.words import column, presence
from apiscribe.pages.blocks import Inline, Row, Table

_HEADS = ("Name", "Type", "Required", "Description")


def spread(table: Table) -> Table:
    """Return a table of one column with a column for each fact; any other table itself."""
    header = table.header.cells
    named = re.split(r"\s*[,/|]\s*", header[0].text) if len(header) == 1 else []
    if len(named) < 2 or [column(word) for word in named][:2] != ["name", "type"]:
        return table
    first = replace(table.header, cells=tuple(_like(header[0], word) for word in _HEADS))
    return replace(table, header=first, rows=tuple(map(_spread_row, table.rows)))


def _spread_row(row: Row) -> Row:
    if len(row.cells) != 1:
        return row
    cell = row.cells[0]
    head, _, described = cell.prose.strip().partition("\n")
    name, _, rest = head.strip().partition(" ")
    type_, _, last = rest.strip().rpartition(" ")
    mark = last.strip("*_") if presence(last) is not None else ""
    type_ = type_ if mark else rest
    return replace(row, cells=tuple(_like(cell, t) for t in (name, type_, mark, described)))


def _like(cell: Inline, text: str) -> Inline:
    # Imported here, because a build with nothing changed does without a parser of Markdown.
    from apiscribe.pages.markdown_text import MARKDOWN

    return Inline(text.strip(), cell.span, MARKDOWN)
