"""Tables and texts made of declarations that a page has in another form."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from apiscribe.diagnostics.source import Span
from apiscribe.dialects.protobuf.words import mark
from apiscribe.pages.blocks import Inline, Markup, Paragraph, Row, Table
from apiscribe.pages.html_text import HTML

# The headers of the columns, by role.
_HEADERS = {
    "field": "Field",
    "name": "Name",
    "method": "Method",
    "request": "Request",
    "response": "Response",
    "type": "Type",
    "label": "Label",
    "number": "Number",
    "oneof": "Oneof",
    "default": "Default",
    "required": "Required",
    "verb": "HTTP Method",
    "path": "HTTP Path",
    "body": "Body",
    "description": "Description",
}


@dataclass(frozen=True, kw_only=True)
class MadeRow:
    """The text of the cells of a row by role; without cells, a row that is only a heading."""

    cells: Mapping[str, str]
    span: Span
    anchors: tuple[str, ...] = ()
    markup: Markup = HTML


def plain_row(cells: Mapping[str, str], span: Span) -> MadeRow:
    """Return a row of texts without markup."""
    escaped = {role: html.escape(text, quote=False) for role, text in cells.items()}
    return MadeRow(cells=escaped, span=span)


def plain_inline(text: str, span: Span) -> Inline:
    """Return running text of a text without markup."""
    return Inline(html.escape(text, quote=False), span, HTML)


def plain_paragraph(text: str, span: Span) -> Paragraph:
    """Return a paragraph of a text without markup."""
    return Paragraph(plain_inline(text, span), span)


def made_table(rows: Sequence[MadeRow], span: Span) -> Table:
    """Return a table with a column for each role that a row has."""
    roles = [role for role in _HEADERS if any(role in row.cells for row in rows)]
    header = _row(roles, MadeRow(cells=_HEADERS, span=span))
    return Table(header, tuple(_row(roles, row) for row in rows), span)


def _row(roles: Sequence[str], row: MadeRow) -> Row:
    cells = tuple(Inline(row.cells.get(role, ""), row.span, row.markup) for role in roles)
    return Row(cells, row.span, anchors=row.anchors, spans=not row.cells)


def marked(text: str, marks: str) -> str:
    """Return a description that begins with the mark beside a name: `**Deprecated.**`, in bold."""
    words = [word for word in marks.split() if mark(word) == "deprecated"]
    return f"**{words[0].strip('.!')}.** {text}" if words else text
