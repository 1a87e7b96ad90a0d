"""Rules that teach markdown-it what Hugo and GitBook add to Markdown, and one HTML habit.

Shortcodes stand on lines of their own, and what a `highlight` holds is not Markdown. A `<table>`
ends at `</table>`: CommonMark ends it at the first blank line, and these pages are full of them.
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock

# What stands inside is stripped later: a pattern that parts blanks from it takes cubic time.
_SHORTCODE = re.compile(r"(?:\{\{[<%](?P<hugo>.*)[>%]\}\}|\{%(?P<gitbook>.*)%\})\s*", re.ASCII)
_BLANKS = " \t\r\f\v"
# Hugo runs shortcodes in code too, but for those that are commented out.
_COMMENTED = re.compile(r"\{\{([<%])/\*")
_ENDS = {"<": ">", "%": "%"}
_TABLE_START = re.compile(r"<table[\s>]", re.IGNORECASE)
_TABLE_END = re.compile(r"</table\s*>", re.IGNORECASE)
# Rules that may cut a paragraph, quote or list short list themselves under these.
_INTERRUPTS: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}


def shown(code: str) -> str:
    """The text of code as Hugo shows it: `{{</* name */>}}` stands for `{{< name >}}`."""
    parts: list[str] = []
    at = 0
    unclosed: set[str] = set()
    while found := _COMMENTED.search(code, at):
        mark = found[1]
        end = f"*/{_ENDS[mark]}}}}}"
        # To look for an end once is enough where there is none.
        stop = -1 if mark in unclosed else code.find(end, found.end())
        if stop < 0:
            unclosed.add(mark)
            parts.append(code[at : found.end()])
            at = found.end()
        else:
            parts += [code[at : found.start()], f"{{{{{mark}", code[found.end() : stop], end[2:]]
            at = stop + len(end)
    return "".join([*parts, code[at:]])


def install(markdown: MarkdownIt) -> None:
    """Add the rules before those that would take the same lines for something else."""
    markdown.block.ruler.before("table", "shortcode", _shortcode, _INTERRUPTS)
    markdown.block.ruler.before("table", "html_table", _html_table, _INTERRUPTS)


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]


def _shortcode(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    found = _SHORTCODE.fullmatch(_line(state, start))
    if not found:
        return False
    if silent:
        return True
    inner = (found["hugo"] or found["gitbook"] or "").strip(_BLANKS)
    opens = not inner.startswith(("/", "end"))
    name, _, argument = inner.lstrip("/").strip().partition(" ")
    if found["hugo"] is not None and name == "highlight" and opens:
        return _highlight(state, start, end, argument)
    token = state.push("shortcode", "", 0)
    token.map = [start, start + 1]
    token.info = name if opens else name.removeprefix("end")
    token.content = argument.strip()
    token.meta = {"opens": opens}
    state.line = start + 1
    return True


def _highlight(state: StateBlock, start: int, end: int, language: str) -> bool:
    """`{{< highlight json >}}` to its twin, or to the end of what holds it, is code."""
    stop = start + 1
    while stop < end and not re.match(r"\{\{[<%]\s*/highlight", _line(state, stop)):
        stop += 1
    token = state.push("fence", "code", 0)
    token.map = [start, min(stop + 1, end)]
    token.info = language.strip()
    token.content = state.getLines(start + 1, stop, 0, True)
    state.line = min(stop + 1, end)
    return True


def _html_table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if not _TABLE_START.match(_line(state, start)):
        return False
    if silent:
        return True
    stop = start
    while stop < end and not _TABLE_END.search(_line(state, stop)):
        stop += 1
    token = state.push("html_table", "", 0)
    token.map = [start, min(stop + 1, end)]
    token.content = state.getLines(start, min(stop + 1, end), 0, True)
    state.line = min(stop + 1, end)
    return True
