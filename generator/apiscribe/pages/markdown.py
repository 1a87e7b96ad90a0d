"""Markdown → Blocks, by markdown-it's block rules alone.

Running text stays unparsed until a dialect asks for it: most cells of these pages are bare words.
Link reference definitions are off: they would take lines off the page without a trace.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

from apiscribe.pages import shortcodes
from apiscribe.pages.blocks import (
    Block,
    Bullets,
    Code,
    Heading,
    Html,
    Inline,
    Item,
    Link,
    Paragraph,
    Quote,
    Reading,
    Row,
    Rule,
    Shortcode,
    Table,
)
from apiscribe.pages.html_table import read_fragment, read_table
from apiscribe.source import Source, Span

_markdown = MarkdownIt("commonmark").enable("table").disable(["inline", "reference"])
shortcodes.install(_markdown)
_inline = MarkdownIt("commonmark")

_PLAIN = re.compile(r"[^\\`*_\[\]<>&!\n]*")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
# Tags that only arrange text. Others stay in a description: `<name>` may be a placeholder.
_LAYOUT_TAG = re.compile(r"</?(?:div|span|p|center)(?:\s[^<>]*)?>", re.IGNORECASE)
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
# Blocks that hold others, and what a line may hold of them alone.
_CONTAINERS = frozenset("blockquote_open bullet_list_open ordered_list_open list_item_open".split())
_MARKERS = re.compile(r"[\s>*+-]*(?:\d{1,9}[.)])?[\s>*+-]*")
_CELL_END = re.compile(r"(?<!\\)\|")


def read_blocks(text: str, source: Source) -> tuple[tuple[Block, ...], tuple[int, ...]]:
    """The blocks of a text whose lines are those of `source`, and the lines that are lost:
    markdown-it passes over what is nested too deep.
    """
    tokens = _markdown.parse(text)
    return _Reader(tokens, source).blocks(), tuple(_lost_lines(tokens, text))


def _lost_lines(tokens: list[Token], text: str) -> Iterator[int]:
    """The lines that stand in no block, if they hold more than the marks of containers."""
    held = {
        line
        for token in tokens
        if token.map and token.type not in _CONTAINERS
        for line in range(*token.map)
    }
    for number, line in enumerate(text.split("\n")):
        if number not in held and not _MARKERS.fullmatch(line):
            yield number + 1


class _Reader:
    """Folds markdown-it's flat list of open and close tokens into blocks."""

    def __init__(self, tokens: list[Token], source: Source) -> None:
        self.tokens, self.source, self.at = tokens, source, 0

    def blocks(self, until: str = "") -> tuple[Block, ...]:
        found: list[Block] = []
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            self.at += 1
            if token.type == until:
                break
            found.append(self.block(token))
        return tuple(found)

    def block(self, token: Token) -> Block:
        first, last = token.map or (0, 1)
        span = self.source.span(first + 1, max(first + 1, last))
        match token.type:
            case "heading_open":
                return Heading(int(token.tag[1:]), self.inline(), span)
            case "paragraph_open":
                return Paragraph(self.inline(), span)
            case "blockquote_open":
                return Quote(self.blocks("blockquote_close"), span)
            case "bullet_list_open" | "ordered_list_open":
                return Bullets(self.items(token.type.replace("open", "close")), span)
            case "table_open":
                return self.table(token)
            case "html_table":
                return read_table(token.content, span, self.source)
            case "shortcode":
                return Shortcode(token.info, token.content, token.meta["opens"], span)
            case "fence" | "code_block":
                return Code(token.info.strip(), shortcodes.shown(token.content), span)
            case "hr":
                return Rule(span)
            case "html_block":
                text = token.content.strip()
                return Html(text, Inline(text, span, read_fragment), span)
            case _:  # what a later markdown-it may add: kept as text, to be reported unread
                return Html(token.content, Inline(token.content, span, read_fragment), span)

    def inline(self) -> Inline:
        """The running text between the open token just read and its close token."""
        token = self.tokens[self.at]
        self.at += 2
        first, last = token.map or (0, 1)
        column = self.source.lines[first].find(token.content.partition("\n")[0]) + 1
        return Inline(token.content, self.source.span(first + 1, last, column), read_inline)

    def items(self, until: str) -> tuple[Item, ...]:
        found = []
        while (token := self.tokens[self.at]).type != until:
            self.at += 1
            first, last = token.map or (0, 1)
            span = self.source.span(first + 1, last)
            found.append(Item(self.blocks("list_item_close"), span))
        self.at += 1
        return tuple(found)

    def table(self, token: Token) -> Table:
        """A pipe table. Cells are cut from the lines: markdown-it drops those past the header."""
        lines = []
        while (inside := self.tokens[self.at]).type != "table_close":
            self.at += 1
            if inside.type == "tr_open" and inside.map:
                lines.append(inside.map[0] + 1)
        self.at += 1
        # Columns of a table whose header ends with `|`, where text behind a row's last `|` is none.
        header = self.cells(lines[0])
        columns = len(header) - 1 if not header[-1].strip() else len(header)
        rows = [self.row(lines[0], columns), *(self.body_row(n, columns) for n in lines[1:])]
        first, last = token.map or (0, 1)
        return Table(rows[0], tuple(rows[1:]), self.source.span(first + 1, last))

    def body_row(self, line: int, columns: int) -> Row:
        """The row on a line. Markdown makes a row of any line below; without a `|` it is none where
        others have several cells, but a text that stands too near.
        """
        text = self.source.lines[line - 1]
        if columns > 1 and not _CELL_END.search(text):
            return Row((), self.source.span(line), text.strip())
        return self.row(line, columns)

    def cells(self, line: int) -> list[str]:
        text = self.source.lines[line - 1].strip().lstrip("> ")
        return _CELL_END.split(text.removeprefix("|"))

    def cell_spans(self, line: int, cells: list[str]) -> list[Span]:
        """Where each cell of a line begins: two cells of a row may say the same."""
        text = self.source.lines[line - 1]
        begins = len(text) - len(text.lstrip().lstrip("> ").removeprefix("|"))
        spans = []
        for cell in cells:
            blank = len(cell) - len(cell.lstrip())
            spans.append(self.source.span(line, column=begins + blank + 1))
            begins += len(cell) + 1
        return spans

    def row(self, line: int, columns: int) -> Row:
        """The row on a line. A `|` ends its last cell, or is left out; text behind it is a tail."""
        span = self.source.span(line)
        cells = self.cells(line)
        closed = not cells[-1].strip()
        tail = cells.pop().strip() if len(cells) > columns or closed else ""
        read = (
            Inline(cell.strip(), at, read_inline)
            for cell, at in zip(cells, self.cell_spans(line, cells), strict=True)
        )
        return Row(tuple(read), span, tail)


def read_inline(text: str) -> Reading:
    """Markdown running text: its words, its links, and its words with their marks."""
    if _PLAIN.fullmatch(text):
        folded = " ".join(text.split())
        return Reading(text=folded, prose=text.strip())
    words: list[str] = []
    links: list[Link] = []
    opened: list[tuple[int, str]] = []
    for token in _inline.parseInline(text)[0].children or []:
        match token.type:
            case "link_open":
                opened.append((len(words), str(token.attrs.get("href", ""))))
            case "link_close" if opened:
                start, target = opened.pop()
                links.append(Link(" ".join("".join(words[start:]).split()), target))
            case "softbreak" | "hardbreak":
                words.append("\n")
            case "html_inline":
                words.append("\n" if token.content.lower().startswith("<br") else "")
            case _:
                words.append(token.content)
    prose = _BREAK.sub("\n", _LAYOUT_TAG.sub("", _ESCAPE.sub(r"\1", text)))
    prose = html.unescape(prose).replace("\xa0", " ")
    return Reading(" ".join("".join(words).split()), prose.strip(), tuple(links))
