"""The blocks of pages that readme.io exports: JSON between `[block:parameters]` and `[/block]`.

They become the blocks that they show: a heading, a table, code, a paragraph.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock

from apiscribe.diagnostics.source import Source, Span
from apiscribe.pages.blocks import Block, Code, Heading, Html, Inline, Paragraph, Row, Table
from apiscribe.pages.html_text import HTML
from apiscribe.pages.markdown_text import MARKDOWN

_START = re.compile(r"\[block:(?P<name>[\w-]+)\]\s*")
_END = re.compile(r"\[/block\]\s*")
_CELL = re.compile(r"(?P<row>\d+|h)-(?P<column>\d+)")
_LEVEL = 2  # of a heading without one
_MOST_COLUMNS = 50


def install(markdown: MarkdownIt) -> None:
    """Add the rule of these blocks, before those that would read their lines."""
    interrupts = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    markdown.block.ruler.before("table", "readme_block", _rule, interrupts)  # type: ignore[arg-type]


def _rule(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    match = _START.fullmatch(_line(state, start))
    if match is None:
        return False
    ends = state.env.get("readme_ends")
    if ends is None:  # searched for once a page
        ends = [n for n in range(len(state.bMarks) - 1) if _END.fullmatch(_line(state, n))]
        state.env["readme_ends"] = ends
    at = bisect_right(ends, start)
    if at == len(ends) or (stop := ends[at]) >= end:
        return False
    if not silent:
        token = state.push("readme_block", "", 0)
        token.map = [start, stop + 1]
        token.info = match["name"]
        token.content = state.getLines(start + 1, stop, 0, True)
        state.line = stop + 1
    return True


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]


def read_block(name: str, text: str, source: Source, span: Span) -> Iterator[Block]:
    """Yield the blocks that a block of JSON shows; what is no JSON stays as text."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = None
    blocks = list(_shown(name, value, source, span)) if isinstance(value, dict) else []
    if not blocks:
        blocks.append(Html(text, Inline(text, span, HTML), span))
    yield from blocks


def _shown(name: str, value: Mapping[str, Any], source: Source, span: Span) -> Iterator[Block]:
    match name:
        case "api-header":
            yield from _heading(value, span)
        case "callout":
            yield from _paragraph(value, span)
        case "code":
            yield from _codes(value, span)
        case "parameters":
            yield from _table(value, source, span)
        case _:
            pass


def _heading(value: Mapping[str, Any], span: Span) -> Iterator[Block]:
    level = value.get("level")
    level = level if isinstance(level, int) and 1 <= level <= 6 else _LEVEL
    if title := _text(value, "title"):
        yield Heading(level, Inline(title, span, MARKDOWN), span)


def _paragraph(value: Mapping[str, Any], span: Span) -> Iterator[Block]:
    if text := "\n".join(filter(None, (_text(value, "title"), _text(value, "body")))):
        yield Paragraph(Inline(text, span, MARKDOWN), span)


def _codes(value: Mapping[str, Any], span: Span) -> Iterator[Block]:
    codes = value.get("codes")
    for each in codes if isinstance(codes, list) else ():
        if isinstance(each, dict) and (text := _text(each, "code")):
            yield Code(_text(each, "language"), text, span, _text(each, "name"))


def _table(value: Mapping[str, Any], source: Source, span: Span) -> Iterator[Block]:
    data = value.get("data")
    cells: dict[int, dict[int, str]] = {}  # by row, the header first, and column
    for key, text in data.items() if isinstance(data, dict) else ():
        if (match := _CELL.fullmatch(key)) and isinstance(text, str):
            row = -1 if match["row"] == "h" else int(match["row"])
            cells.setdefault(row, {})[int(match["column"])] = text
    columns = 1 + max((column for row in cells.values() for column in row), default=-1)
    if -1 not in cells or columns > _MOST_COLUMNS:
        return
    lines = _lines(source, span)
    rows = []
    for number, texts in sorted(cells.items()):
        at = source.span(lines.get(number, span.line))
        inlines = (Inline(texts.get(n, "").strip(), at, MARKDOWN) for n in range(columns))
        rows.append(Row(tuple(inlines), at))
    yield Table(rows[0], tuple(rows[1:]), span)


def _lines(source: Source, span: Span) -> Mapping[int, int]:
    """Return the first line of each row of a table; that of the header is row -1."""
    found: dict[int, int] = {}
    for line in range(span.line, span.end_line + 1):
        if match := re.match(rf'\s*"{_CELL.pattern}"\s*:', source.lines[line - 1]):
            found.setdefault(-1 if match["row"] == "h" else int(match["row"]), line)
    return found


def _text(value: Mapping[str, Any], key: str) -> str:
    text = value.get(key)
    return text.strip() if isinstance(text, str) else ""
