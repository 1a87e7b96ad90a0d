"""markdown-it rules for the shortcodes of Hugo and GitBook, and for HTML tables.

A shortcode takes a line of its own, and the content of a `highlight` is not Markdown. A `<table>`
ends at `</table>`: CommonMark ends it at the first blank line, and these tables have many.
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock

from apiscribe.pages import components
from apiscribe.pages.components import push_component, push_paragraph

# The content is stripped later: a pattern that also strips it takes cubic time.
_HUGO = re.compile(r"\{\{[<%](?P<inner>.*)[>%]\}\}\s*", re.ASCII)
_CLOSED = re.compile(
    r"\{\{[<%](?P<inner>\s*(?P<name>[\w-]+)(?:[^{}]|\{[^{}]|\}[^{}])*)[>%]\}\}(?P<text>[^{}]*)"
    r"\{\{[<%]\s*/\s*(?P=name)\s*[>%]\}\}\s*",
    re.ASCII,
)
_GITBOOK = re.compile(r"\{%(?P<inner>(?:[^%]|%(?!\}))*)%\}")
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
    """Add the rules of tags, and those of shortcodes before the table rule, which would match the
    same lines.
    """
    components.install(markdown)
    markdown.block.ruler.before("table", "shortcode", _shortcode, _INTERRUPTS)
    markdown.block.ruler.before("table", "html_table", _html_table, _INTERRUPTS)


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]


def _shortcode(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    line = _line(state, start)
    if line.startswith("{%"):
        return _gitbook_line(state, start, line, silent)
    match = _HUGO.fullmatch(line)
    if not match:
        return False
    if silent:
        return True
    if around := _CLOSED.fullmatch(line):  # a pair around text on one line
        name, argument, _ = _parts(around["inner"], "/")
        push_component(state, start, name, argument, opens=True)
        if text := around["text"].strip():
            push_paragraph(state, start, text)
        push_component(state, start, name, "", opens=False)
        state.line = start + 1
        return True
    name, argument, opens = _parts(match["inner"], "/")
    if name == "highlight" and opens:
        return _highlight(state, start, end, argument)
    closed = match["inner"].rstrip(_BLANKS).endswith("/")
    push_component(state, start, name, argument, opens=opens, closed=closed)
    state.line = start + 1
    return True


def _gitbook_line(state: StateBlock, start: int, line: str, silent: bool) -> bool:
    """Read the shortcodes of a line that begins with one, and the text between them."""
    # Behind the last end of a shortcode, the pattern would search for one from each begin.
    matches = list(_GITBOOK.finditer(line, 0, line.rfind("%}") + 2)) if "%}" in line else []
    if not matches:
        return False
    if silent:
        return True
    at = 0
    for match in matches:
        if text := line[at : match.start()].strip():
            push_paragraph(state, start, text)
        name, argument, opens = _parts(match["inner"], "end")
        push_component(state, start, name, argument, opens=opens)
        at = match.end()
    if text := line[at:].strip():
        push_paragraph(state, start, text)
    state.line = start + 1
    return True


def _parts(inner: str, end: str) -> tuple[str, str, bool]:
    """Return the name and the argument of a shortcode, and whether it opens."""
    inner = inner.strip(_BLANKS)
    opens = not inner.startswith(end)
    name, _, argument = inner.removeprefix("/").strip().partition(" ")
    return (name if opens else name.removeprefix(end)), argument.strip(), opens


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
