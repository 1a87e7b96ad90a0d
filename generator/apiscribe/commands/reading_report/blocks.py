"""The blocks of a page as HTML, with a mark for each part."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from apiscribe.commands.reading_report.marks import Mark, Marks
from apiscribe.diagnostics.source import Span
from apiscribe.emit.encoders import Encoded, html_text
from apiscribe.pages.blocks import (
    Block,
    Bullets,
    Code,
    Component,
    Definitions,
    Heading,
    Html,
    Inline,
    Page,
    Paragraph,
    Quote,
    Row,
    Rule,
    Table,
)


@dataclass(frozen=True)
class PartView:
    """A part of a page: its kind, running texts, the parts inside, and how it was read.

    The texts are the cells of a row, the lines of code, or the terms and texts of definitions.
    """

    kind: str
    texts: list[Encoded] = field(default_factory=list)
    parts: list[PartView] = field(default_factory=list)
    level: int = 0
    mark: Mark | None = None

    @property
    def level_in_report(self) -> int:
        """The level of a heading below the headings of the report."""
        return min(self.level + 2, 6)

    @property
    def css_class(self) -> Encoded:
        """The kind; it is one of the words in `_view`."""
        return Encoded(self.kind)


def page_parts(page: Page, marks: Marks) -> list[PartView]:
    """Return the views of front matter and blocks, in order."""
    return [*_front_matter(page, marks), *_views(page.blocks, marks)]


def _front_matter(page: Page, marks: Marks) -> Iterable[PartView]:
    for key, span in page.front_matter.spans.items():
        text = html_text(f"{key}: {page.front_matter.values[key]}")
        yield PartView("entry", [text], mark=marks.take(span))


def _views(blocks: Iterable[Block], marks: Marks | None) -> list[PartView]:
    return [_view(block, marks) for block in blocks]


def _view(block: Block, marks: Marks | None) -> PartView:
    """Return the view of a block; without marks it is inside a marked part."""

    def mark(span: Span) -> Mark | None:
        return marks.take(span) if marks else None

    match block:
        case Heading(level, inline, span):
            return PartView("heading", [_html(inline)], level=level, mark=mark(span))
        case Paragraph(inline, span):
            return PartView("paragraph", [_html(inline)], mark=mark(span))
        case Quote(blocks):
            return PartView("quote", parts=_views(blocks, marks))
        case Bullets(items):
            views = [
                PartView("item", parts=_views(each.blocks, None), mark=mark(each.span))
                for each in items
            ]
            return PartView("list", parts=views)
        case Definitions(items, span):
            texts = [_html(part) for item in items for part in (item.term, item.text)]
            return PartView("definitions", texts, mark=mark(span))
        case Table(header, rows):
            heading = PartView("header", _cells(header), mark=mark(header.span))
            views = [PartView("row", _cells(row), mark=mark(row.span)) for row in rows]
            return PartView("table", parts=[heading, *views])
        case Code(_, text, span):
            return PartView("code", [html_text(line) for line in text.split("\n")], mark=mark(span))
        case Component(name, argument, opens, span):
            text = f"{name} {argument}".strip() if opens else f"/{name}"
            return PartView("component", [html_text(text)], mark=mark(span))
        case Html(_, inline, span):
            return PartView("paragraph", [_html(inline)], mark=mark(span))
        case Rule(span):
            return PartView("rule", mark=mark(span))


def _cells(row: Row) -> list[Encoded]:
    return [_html(cell) for cell in row.cells]


def _html(inline: Inline) -> Encoded:
    """Return running text as HTML; `Inline.html` has encoded it."""
    return Encoded(inline.html)
