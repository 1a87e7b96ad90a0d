"""Running text, paragraphs and tables in Markdown, which readers make of other forms."""

from __future__ import annotations

from collections.abc import Sequence

from apiscribe.diagnostics.source import Span
from apiscribe.pages.blocks import Inline, Paragraph, Row, Table


def made_inline(text: str, span: Span) -> Inline:
    """Return running text in Markdown."""
    # Imported here, because a build with nothing changed does without a parser of Markdown.
    from apiscribe.pages.markdown_text import MARKDOWN

    return Inline(text, span, MARKDOWN)


def made_paragraph(text: str, span: Span) -> Paragraph:
    """Return a paragraph in Markdown."""
    return Paragraph(made_inline(text, span), span)


def made_table(header: Sequence[str], rows: Sequence[Sequence[str]], span: Span) -> Table:
    """Return a table in Markdown, all of it from the same lines."""
    return Table(_row(header, span), tuple(_row(row, span) for row in rows), span)


def made_table_of_lines(
    header: Sequence[str], rows: Sequence[Sequence[str]], spans: Sequence[Span]
) -> Table:
    """Return a table in Markdown: each row has its own lines, the header those of the first."""
    first, last = spans[0], spans[-1]
    made = tuple(_row(row, span) for row, span in zip(rows, spans, strict=True))
    return Table(_row(header, first), made, Span(first.path, first.line, last.end_line))


def _row(cells: Sequence[str], span: Span) -> Row:
    return Row(tuple(made_inline(text, span) for text in cells), span)
