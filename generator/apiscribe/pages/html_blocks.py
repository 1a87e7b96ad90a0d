"""HTML in Markdown: blocks of tags end where a pipe table begins, and text may begin with a table.

CommonMark reads a pipe table right below a tag as text of the HTML, and a `<table>` behind another
inline tag as part of a paragraph.
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock, html_block

from apiscribe.pages.open_rows import DELIMITERS

# HTML with headings, tables or lists, or preformatted text alone.
_HOLDS_BLOCKS = re.compile(r"<(?:h[1-6]|table|[dou]l)[\s>]|\A\s*<pre[\s>]", re.IGNORECASE)
_BEGINS_TABLE = re.compile(r"\A\s*<[^`]*?<table[\s>]", re.IGNORECASE)
# Text that is shown as it is, and comments.
_AS_IS = re.compile(r"\s*<(?:pre|script|style|textarea|[!?])", re.IGNORECASE)
_INTERRUPTS: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote"]}


def install(markdown: MarkdownIt) -> None:
    """Replace the rule of HTML blocks."""
    markdown.block.ruler.at("html_block", _html_block, _INTERRUPTS)


def holds_blocks(kind: str, content: str) -> bool:
    """Return whether the content of a token of a kind is HTML that holds other blocks."""
    match kind:
        case "html_block":
            return _HOLDS_BLOCKS.search(content) is not None
        case "inline":
            return _BEGINS_TABLE.match(content) is not None
        case _:
            return False


def _html_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if not html_block(state, start, end, silent):
        return False
    if silent or _AS_IS.match(state.tokens[-1].content):
        return True
    for line in range(start + 1, state.line - 1):
        if _line(state, line).startswith("|") and DELIMITERS.fullmatch(_line(state, line + 1)):
            token = state.tokens[-1]
            token.map = [start, line]
            token.content = state.getLines(start, line, state.blkIndent, True)
            state.line = line
            break
    return True


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]
