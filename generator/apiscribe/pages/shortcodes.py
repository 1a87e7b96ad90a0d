"""markdown-it rules for the shortcodes of Hugo and GitBook, and for HTML tables.

A shortcode takes a line of its own, and the content of a `highlight` is not Markdown. A `<table>`
ends at `</table>`: CommonMark ends it at the first blank line, and these tables have many.
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock

# The content is stripped later: a pattern that also strips it takes cubic time.
_SHORTCODE = re.compile(r"(?:\{\{[<%](?P<hugo>.*)[>%]\}\}|\{%(?P<gitbook>.*)%\})\s*", re.ASCII)
_BLANKS = " \t\r\f\v"
# Hugo expands shortcodes in code too, unless they are commented out.
_COMMENTED = re.compile(r"\{\{([<%])/\*")
_ENDS = {"<": ">", "%": "%"}
_TABLE_START = re.compile(r"<table[\s>]", re.IGNORECASE)
_TABLE_OPEN = re.compile(r"<table[\s>]", re.IGNORECASE)
_TABLE_END = re.compile(r"</table\s*>", re.IGNORECASE)
# The blocks that these rules may interrupt.
_INTERRUPTS: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}


def uncomment(code: str) -> str:
    """Return code as Hugo shows it: `{{</* name */>}}` becomes `{{< name >}}`."""
    parts: list[str] = []
    at = 0
    unclosed: set[str] = set()
    while match := _COMMENTED.search(code, at):
        mark = match[1]
        end = f"*/{_ENDS[mark]}}}}}"
        # A missing end is searched for only once.
        stop = -1 if mark in unclosed else code.find(end, match.end())
        if stop < 0:
            unclosed.add(mark)
            parts.append(code[at : match.end()])
            at = match.end()
        else:
            parts += [code[at : match.start()], f"{{{{{mark}", code[match.end() : stop], end[2:]]
            at = stop + len(end)
    return "".join([*parts, code[at:]])


def install(markdown: MarkdownIt) -> None:
    """Add the rules before the table rule, which would match the same lines."""
    markdown.block.ruler.before("table", "shortcode", _shortcode, _INTERRUPTS)
    markdown.block.ruler.before("table", "html_table", _html_table, _INTERRUPTS)


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]


def _shortcode(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    match = _SHORTCODE.fullmatch(_line(state, start))
    if not match:
        return False
    if silent:
        return True
    inner = (match["hugo"] or match["gitbook"] or "").strip(_BLANKS)
    opens = not inner.startswith(("/", "end"))
    name, _, argument = inner.lstrip("/").strip().partition(" ")
    if match["hugo"] is not None and name == "highlight" and opens:
        return _highlight(state, start, end, argument)
    token = state.push("shortcode", "", 0)
    token.map = [start, start + 1]
    token.info = name if opens else name.removeprefix("end")
    token.content = argument.strip()
    token.meta = {"opens": opens}
    state.line = start + 1
    return True


def _highlight(state: StateBlock, start: int, end: int, language: str) -> bool:
    """Read `{{< highlight json >}}` to its closing shortcode, or the container's end, as code."""
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
    stop = _last_line_of_table(state, start, end)
    token = state.push("html_table", "", 0)
    token.map = [start, min(stop + 1, end)]
    token.content = state.getLines(start, min(stop + 1, end), 0, True)
    state.line = min(stop + 1, end)
    return True


def _last_line_of_table(state: StateBlock, start: int, end: int) -> int:
    """Return the line that closes the table and those inside it; if none does, the first one that
    closes any table.
    """
    first_end, depth = end, 0
    for number in range(start, end):
        line = _line(state, number)
        ends = len(_TABLE_END.findall(line))
        depth += len(_TABLE_OPEN.findall(line)) - ends
        if ends and depth <= 0:
            return number
        first_end = min(first_end, number) if ends else first_end
    return first_end
