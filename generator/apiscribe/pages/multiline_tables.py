"""Tables with several lines in a cell: `#|`, rows between `||` and `||`, and `|#`.

#|
|| Field | Description ||
|| name  | **string**

The name of the hive. ||
|#
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock

from apiscribe.diagnostics.source import Source, Span
from apiscribe.pages.blocks import Inline, Row, Table
from apiscribe.pages.markdown_text import MARKDOWN

_BEGIN, _END = "#|", "|#"
_EDGE = "||"  # of a row
# The end of a cell; not one in code, and not one that is escaped.
_CELL = re.compile(r"(?P<text>(?:`[^`\n]*`|\\.|[^|\\`]|`)*)(?:\||\Z)", re.DOTALL)
_INTERRUPTS: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}


def install(markdown: MarkdownIt) -> None:
    """Add the rule of such tables."""
    markdown.block.ruler.before("heading", "multiline_table", _multiline_table, _INTERRUPTS)


def _multiline_table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if _line(state, start) != _BEGIN:
        return False
    last = next((n for n in range(start + 1, end) if _line(state, n) in (_BEGIN, _END)), None)
    if last is None or _line(state, last) != _END:
        return False
    content = state.getLines(start + 1, last, state.blkIndent, False)
    if not _rows(content):
        return False
    if not silent:
        token = state.push("multiline_table", "", 0)
        token.map, token.content = [start, last + 1], content
        state.line = last + 1
    return True


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].strip()


def _rows(content: str) -> list[tuple[int, str]]:
    """Return the rows of a table, each with its position; none if there is text outside of them."""
    pieces = content.split(_EDGE)
    if len(pieces) % 2 == 0 or any(piece.strip() for piece in pieces[::2]):
        return []
    rows, at = [], 0
    for number, piece in enumerate(pieces):
        if number % 2:
            rows.append((at, piece))
        at += len(piece) + len(_EDGE)
    return rows


def read_multiline_table(content: str, source: Source, span: Span) -> Table:
    """Return the table of the lines between the first and the last one of a span."""
    rows, line, before = [], span.line + 1, 0
    for at, text in _rows(content):
        line, before = line + content.count("\n", before, at), at
        rows.append(_row(text, source, line))
    return Table(rows[0], tuple(rows[1:]), span)


def _row(text: str, source: Source, line: int) -> Row:
    cells, at = [], line
    for match in _CELL.finditer(text):
        if match.start() < len(text):
            cells.append(Inline(match["text"].strip(), source.span(at), MARKDOWN))
        at += match[0].count("\n")
    return Row(tuple(cells), source.span(line, at))
