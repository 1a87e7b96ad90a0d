"""Tables with several facts of a member in one cell → tables with a column for each.

The header of the only column lists them: `Name, Type, Description`. A cell has the name, the type
and a mark in its first line, and the description below it. In a table of HTML without a header, the
cell beside the name has a line for each fact; one line of most cells is a type.
"""

from __future__ import annotations

import re
from dataclasses import replace

from apiscribe.dialects.http.type_texts import is_type
from apiscribe.dialects.http.words import column, presence
from apiscribe.pages.blocks import Inline, Row, Table

# `integer <int64>`, `string <= 80 characters`, `Array of strings non-empty`
_TYPED_LINE = re.compile(
    r"(?P<type>(?:(?:Array|List) of )?\w+)(?:\s*<\s*(?P<format>[\w-]+)\s*>)?"
    r"(?P<rest>(?:\s*[<>=\[^(].*|\s+non-empty)?)",
    re.IGNORECASE,
)
_HEADS = ("Name", "Type", "Required", "Description")


def spread(table: Table) -> Table:
    """Return a table of one column with a column for each fact; any other table itself."""
    header = table.header.cells
    if len(header) == 2 and not any(cell.source for cell in header):
        return _spread_lines(table)
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


def _spread_lines(table: Table) -> Table:
    """Return a table without a header with a column of types, if most rows have a line with one."""
    rows: list[Row] = []
    typed = 0
    for row in table.rows:
        cell = row.cells[1]
        lines = list(cell.parsed.lines) or [cell.text]
        parts = [_type_at_begin(line) for line in lines]
        at = next((at for at, (type_, _) in enumerate(parts) if type_), -1)
        type_, rest = parts[at] if at >= 0 else ("", "")
        typed += bool(type_)
        others = [rest if number == at else line for number, line in enumerate(lines)]
        described = "\n".join(filter(None, others)) if type_ else cell.prose
        cells = (row.cells[0], _like(cell, type_), _like(cell, described))
        rows.append(replace(row, cells=cells))
    if 2 * typed <= len(rows):
        return table
    heads = ("Name", "Type", "Description")
    header = replace(table.header, cells=tuple(_like(table.header.cells[0], h) for h in heads))
    return replace(table, header=header, rows=tuple(rows))


def _type_at_begin(line: str) -> tuple[str, str]:
    """Return the type that a line is, with its format, and the limits behind it."""
    match = _TYPED_LINE.fullmatch(line)
    if match is None or not is_type(match["type"]):
        return "", line
    return f"{match['type']} ({match['format']})" if match["format"] else match["type"], match[
        "rest"
    ]


def _like(cell: Inline, text: str) -> Inline:
    # Imported here, because a build with nothing changed does without a parser of Markdown.
    from apiscribe.pages.markdown_text import MARKDOWN

    return Inline(text.strip(), cell.span, MARKDOWN)
