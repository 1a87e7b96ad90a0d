"""Markdown → Blocks, by markdown-it's block rules alone.

Running text is parsed only when a dialect uses it: most table cells are plain words. Link reference
definitions are off, because they would remove lines from the page without a trace. Indented code is
off, because templates indent text that is not code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from markdown_it import MarkdownIt
from markdown_it.token import Token

from apiscribe.diagnostics.source import Source, Span
from apiscribe.pages import components, html_blocks, multiline_tables, readme_blocks, shortcodes
from apiscribe.pages.blocks import (
    Block,
    Bullets,
    Code,
    Component,
    Heading,
    Html,
    Inline,
    Item,
    Paragraph,
    Quote,
    Row,
    Rule,
    Table,
)
from apiscribe.pages.definitions import join_definitions, read_definitions
from apiscribe.pages.html_text import HTML
from apiscribe.pages.indented_blocks import open_scopes
from apiscribe.pages.markdown_text import MARKDOWN
from apiscribe.pages.open_rows import CELL_END, DELIMITERS, join_open_rows

_markdown = MarkdownIt("commonmark").enable("table").disable(["inline", "reference", "code"])
shortcodes.install(_markdown)
readme_blocks.install(_markdown)
multiline_tables.install(_markdown)
html_blocks.install(_markdown)

# Blocks that hold other blocks, and lines that hold nothing but the marks of such blocks.
_CONTAINERS = frozenset("blockquote_open bullet_list_open ordered_list_open list_item_open".split())
_MARKERS = re.compile(r"[\s>*+-]*+(?:\d{1,9}[.)][\s>*+-]*+)?")


def read_blocks(text: str, source: Source) -> tuple[tuple[Block, ...], tuple[int, ...]]:
    """Return the blocks of a text, and the numbers of the lines that are lost.

    The text has the same lines as `source`. markdown-it skips lines that are nested too deep.
    """
    text, joined = join_open_rows(text)
    tokens = _markdown.parse(components.dedent_tags(text))
    blocks = open_scopes(_Reader(tokens, source, joined).blocks(), source)
    return tuple(blocks), tuple(_lost_lines(tokens, text))


def _lost_lines(tokens: list[Token], text: str) -> Iterator[int]:
    """Yield the lines outside of all blocks that hold more than the marks of containers."""
    covered = {
        line
        for token in tokens
        if token.map and token.type not in _CONTAINERS
        for line in range(*token.map)
    }
    for number, line in enumerate(text.split("\n")):
        if number not in covered and not _MARKERS.fullmatch(line):
            yield number + 1


class _Reader:
    """Folds markdown-it's flat list of open and close tokens into blocks."""

    def __init__(self, tokens: list[Token], source: Source, joined: Mapping[int, str]) -> None:
        self.tokens, self.source, self.joined, self.at = tokens, source, joined, 0

    def blocks(self, until: str = "") -> tuple[Block, ...]:
        blocks: list[Block] = []
        rest: list[Row] = []  # rows that continue the last table after a blank line
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            self.at += 1
            if token.type == until:
                break
            if (markup := self.html_with_blocks(token)) is not None:
                if rest:
                    blocks[-1], rest = _with_rows(blocks[-1], rest), []
                from apiscribe.pages.html_page import read_html

                blocks += read_html(markup, self.source, (token.map or (0, 1))[0] + 1)
                continue
            if token.type == "readme_block":
                if rest:
                    blocks[-1], rest = _with_rows(blocks[-1], rest), []
                first, last = token.map or (0, 1)
                span = self.source.span(first + 1, last)
                blocks += readme_blocks.read_block(token.info, token.content, self.source, span)
                continue
            block = self.block(token)
            if isinstance(block, Paragraph) and (lines := self.lines_of_table(block)) is not None:
                if columns := _count_columns(blocks[-1]) if blocks else 0:
                    rest += [self.row(line, columns) for line in lines]
                    continue
                block = self.table_of(lines, block.span) if lines else block
            if rest:
                blocks[-1], rest = _with_rows(blocks[-1], rest), []
            blocks.append(block)
        if rest:
            blocks[-1] = _with_rows(blocks[-1], rest)
        return tuple(join_definitions(blocks, self.source))

    def html_with_blocks(self, token: Token) -> str | None:
        """Return the HTML of a block or paragraph that holds other blocks."""
        if token.type == "paragraph_open":
            inline = self.tokens[self.at]
            if html_blocks.holds_blocks(inline.type, inline.content):
                self.at += 2
                return inline.content
        elif html_blocks.holds_blocks(token.type, token.content):
            return token.content
        return None

    def block(self, token: Token) -> Block:
        first, last = token.map or (0, 1)
        span = self.source.span(first + 1, max(first + 1, last))
        match token.type:
            case "heading_open":
                return Heading(int(token.tag[1:]), self.inline(), span)
            case "paragraph_open":
                return read_definitions(Paragraph(self.inline(), span), self.source)
            case "blockquote_open":
                return Quote(self.blocks("blockquote_close"), span)
            case "bullet_list_open" | "ordered_list_open":
                return Bullets(self.items(token.type.replace("open", "close")), span)
            case "table_open":
                return self.table(token)
            case "html_table":
                from apiscribe.pages.html_table import read_table

                return read_table(token.content, span, self.source)
            case "multiline_table":
                return multiline_tables.read_multiline_table(token.content, self.source, span)
            case "component":
                return Component(token.info, token.content, span=span, **token.meta)
            case "fence" | "code_block":
                language, _, info = token.info.strip().partition(" ")
                return Code(language, shortcodes.uncomment(token.content), span, info.strip())
            case "hr":
                return Rule(span)
            case "html_block":
                text = token.content.strip()
                return Html(text, Inline(text, span, HTML), span)
            case _:  # a block type of a later markdown-it: kept as text, and reported unread
                return Html(token.content, Inline(token.content, span, HTML), span)

    def inline(self) -> Inline:
        """Return the running text between the open token just read and its close token."""
        token = self.tokens[self.at]
        self.at += 2
        first, last = token.map or (0, 1)
        column = self.source.lines[first].find(token.content.partition("\n")[0]) + 1
        return Inline(token.content, self.source.span(first + 1, last, column), MARKDOWN)

    def items(self, until: str) -> tuple[Item, ...]:
        items = []
        while (token := self.tokens[self.at]).type != until:
            self.at += 1
            first, last = token.map or (0, 1)
            span = self.source.span(first + 1, last)
            items.append(Item(self.blocks("list_item_close"), span))
        self.at += 1
        return tuple(items)

    def table(self, token: Token) -> Table:
        """Return a pipe table. The lines are split here, because markdown-it drops extra cells."""
        lines = []
        while (inside := self.tokens[self.at]).type != "table_close":
            self.at += 1
            if inside.type == "tr_open" and inside.map:
                lines.append(inside.map[0] + 1)
        self.at += 1
        first, last = token.map or (0, 1)
        return self.table_of(lines, self.source.span(first + 1, last))

    def table_of(self, lines: list[int], span: Span) -> Table:
        # Where the header ends with `|`, text after the last `|` of a row is not a column.
        header = self.cells(lines[0])
        columns = len(header) - 1 if not header[-1].strip() else len(header)
        rows = [self.row(line, columns) for line in lines]
        return Table(rows[0], tuple(rows[1:]), span)

    def lines_of_table(self, paragraph: Paragraph) -> list[int] | None:
        """Return the lines of a paragraph without delimiter rows, if all begin and end with `|`.

        They continue a table after a blank line, or form a table without a delimiter row.
        """
        lines = range(paragraph.span.line, paragraph.span.end_line + 1)
        texts = {number: self.line_text(number) for number in lines}
        if not all(len(text) > 2 and text[0] == text[-1] == "|" for text in texts.values()):
            return None
        return [number for number, text in texts.items() if not DELIMITERS.fullmatch(text)]

    def line_text(self, line: int) -> str:
        """Return a line without the marks of quotes, with the lines that continue a row."""
        text = self.joined.get(line) or self.source.lines[line - 1]
        return text.strip().lstrip("> ")

    def cells(self, line: int) -> list[str]:
        return CELL_END.split(self.line_text(line).removeprefix("|"))

    def cell_spans(self, line: int, cells: list[str]) -> list[Span]:
        """Return the span of each cell of a line, because cells of a row may have equal text."""
        text = self.source.lines[line - 1]
        begins = len(text) - len(text.lstrip().lstrip("> ").removeprefix("|"))
        spans = []
        for cell in cells:
            blank = len(cell) - len(cell.lstrip())
            spans.append(self.source.span(line, column=begins + blank + 1))
            begins += len(cell) + 1
        return spans

    def row(self, line: int, columns: int) -> Row:
        """Return the row on a line. The closing `|` is optional; text after it is a tail.

        A line without `|` is only a tail: CommonMark reads text right below a table as a row.
        """
        span = self.source.span(line)
        cells = self.cells(line)
        if columns > 1 and "|" not in self.line_text(line):
            return Row((), span, cells[0])
        closed = not cells[-1].strip()
        tail = cells.pop().strip() if len(cells) > columns or closed else ""
        inlines = (
            Inline(cell.strip(), at, MARKDOWN)
            for cell, at in zip(cells, self.cell_spans(line, cells), strict=True)
        )
        return Row(tuple(inlines), span, tail)


def _count_columns(block: Block) -> int:
    """Return the number of columns of a pipe table; 0 for any other block."""
    cells = block.header.cells if isinstance(block, Table) else ()
    return len(cells) if cells and cells[0].markup is MARKDOWN else 0


def _with_rows(block: Block, rows: list[Row]) -> Block:
    assert isinstance(block, Table)
    span = replace(block.span, end_line=rows[-1].span.end_line)
    return replace(block, rows=(*block.rows, *rows), span=span)
