"""Tables by what their header says.

The words of headers are data: a new spelling is one more entry in `_HEADER_WORDS`. Columns are
found by these words; their position means nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from apiscribe.diagnostics.report import Report
from apiscribe.diagnostics.source import Span
from apiscribe.dialects.outline import Coverage
from apiscribe.pages.blocks import Inline, Markup, ParsedText, Row, Table

# header word → role of the column; in small letters, and its words apart (see `role`)
_HEADER_WORDS = {
    "no": "index",
    "#": "index",
    "index": "index",
    "번호": "index",
    "method": "method",
    "methods": "method",
    "method name": "method",
    "rpc": "method",
    "메서드": "method",
    "메소드": "method",
    "request": "request",
    "request type": "request",
    "request message": "request",
    "request body": "request",
    "input": "request",
    "input type": "request",
    "요청": "request",
    "response": "response",
    "response type": "response",
    "response message": "response",
    "response body": "response",
    "output": "response",
    "output type": "response",
    "return": "response",
    "returns": "response",
    "return type": "response",
    "응답": "response",
    "field": "field",
    "fields": "field",
    "field name": "field",
    "parameter": "field",
    "parameters": "field",
    "attribute": "field",
    "property": "field",
    "필드": "field",
    "name": "name",
    "이름": "name",
    "type": "type",
    "data type": "type",
    "datatype": "type",
    "field type": "type",
    "타입": "type",
    "message": "message",
    "메시지": "message",
    "required": "required",
    "mandatory": "required",
    "is required": "required",
    "필수": "required",
    "description": "description",
    "descriptions": "description",
    "value": "value",
    "desc": "description",
    "설명": "description",
}

# requestType, request_type: words that nothing but case or a sign parts
_SEAMS = re.compile(r"(?<=[a-z])(?=[A-Z])|[\s\xa0_-]+")

# What a table is, by the roles that it must have; the first that it has all of.
_KINDS = (
    ("methods", {"method", "request", "response"}),
    ("fields", {"field", "type"}),
    ("method types", {"type", "message"}),
    ("values", {"value"}),
    # Its types stand in the methods' own sections.
    ("names of methods", {"method"}),
)


@dataclass(frozen=True)
class Cells:
    """The cells of one row by role."""

    cells: dict[str, Inline]
    row: Row
    columns: int

    @property
    def span(self) -> Span:
        """Where the row stands."""
        return self.row.span

    def __getitem__(self, role: str) -> Inline:
        """The cell of the role; an empty one where the table or the row has none."""
        return self.cells.get(role) or Inline("", self.span, _NONE)

    @property
    def missing(self) -> int:
        """How many cells the row has less than the header."""
        return max(0, self.columns - len(self.row.cells))

    def __contains__(self, role: str) -> bool:
        return role in self.cells


def roles(header: Row) -> list[str]:
    """The role of each column; nothing for a header that is not known, or tells of a role that a
    column before it has.
    """
    found = [role(cell.text) for cell in header.cells]
    # `Name` heads the names of whatever the table lists.
    named = "field" if "type" in found else "method"
    if named not in found:
        found = [named if each == "name" else each for each in found]
    first = {each: at for at, each in reversed(list(enumerate(found)))}
    return [each if first[each] == at else "" for at, each in enumerate(found)]


def role(word: str) -> str:
    """The role that a header word tells of; nothing for one that is not known."""
    plain = _SEAMS.sub(" ", word).lower().strip(" .?:*")
    return _HEADER_WORDS.get(plain, "")


def kind(table: Table) -> str:
    """`methods`, `fields`, `method types`, `values` (of an enum) or `names of methods`; nothing
    where the header tells of something else.
    """
    have = set(roles(table.header))
    return next((name for name, needed in _KINDS if needed <= have), "")


def read_rows(table: Table, coverage: Coverage) -> Iterator[Cells]:
    """The rows by role. Unknown columns, missing cells and text behind a row are reported."""
    columns = roles(table.header)
    for column, cell in zip(columns, table.header.cells, strict=True):
        if not column:
            coverage.unread(
                table.header,
                "a column is not read",
                span=cell.span,
                mark=cell.text,
                cause=f"{cell.span.path} column {cell.text}",
            )
    if table.stray:
        coverage.unread(
            table.header, f'"{table.stray}" stands in the table and in none of its cells'
        )
    for row in table.rows:
        if row.tail and not row.cells:
            said = f'"{row.tail}" stands below the table and in none of its cells'
            coverage.unread(row, said, mark=row.tail, cause=said)
            continue
        if row.tail:
            said = f'"{row.tail}" stands behind the row'
            # One template puts the same text on every page.
            coverage.report.add("stray-text", said, row.span, mark=row.tail, cause=said)
        yield _read_row(row, columns, coverage.report)
        coverage.claim(row)


def _read_row(row: Row, columns: list[str], report: Report) -> Cells:
    cells = list(row.cells)
    if len(cells) < len(columns):
        report.add("malformed-row", f"{len(cells)} cells under {len(columns)} headers", row.span)
    extra = [cell.source for cell in cells[len(columns) :] if cell.source.strip()]
    if extra and columns:
        last = cells[len(columns) - 1]
        if set(extra) == {last.source}:
            # One template prints the last cell twice.
            said = "the last cell of the row stands in it again"
            report.add("stray-text", said, cells[-1].span, mark=cells[-1].text, cause=said)
            extra = []
        # A `|` in the text of the last column cuts it in two, so what is too much belongs to it.
        joined = " | ".join(filter(str.strip, [last.source, *extra])).strip()
        cells[len(columns) - 1] = Inline(joined, last.span, last.markup)
    return Cells(dict(zip(columns, cells, strict=False)), row, len(columns))


_NONE = Markup(ParsedText, str)
