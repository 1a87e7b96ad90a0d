r"""markdown-it rule for MDX tags, and the attributes of tags and shortcodes.

    <ParamField body="email" type="string" required>
    {% swagger-parameter in="path" name="user\_id" required=true %}

A tag of MDX has a name with a capital or a hyphen. Where it begins a line, it is a block; the text
after it on the line is a paragraph between it and its closing tag.
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock

_NAME = re.compile(r"</?(?P<name>[A-Z][\w.]*|[a-z]\w*(?:-\w+)+)(?=[\s/>])", re.ASCII)
_ATTRIBUTE = re.compile(
    r"""(?P<name>[A-Za-z_@:][\w:.@-]*)
    (?:\s*=\s*(?:"(?P<double>(?:[^"\\]|\\.)*)"|'(?P<single>(?:[^'\\]|\\.)*)'
    |(?P<brace>\{)|(?P<bare>[^\s"'{}<>]+)))?""",
    re.VERBOSE | re.ASCII,
)
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_BRACED_TEXT = re.compile(r"""\{\s*(?P<quote>["'`])(?P<text>.*)(?P=quote)\s*\}""", re.DOTALL)
_INDENTED = re.compile(r"^(?: {4,}|\t)[ \t]*</?[A-Z][\w.]*[\s/>]", re.MULTILINE | re.ASCII)
_FENCE = re.compile(r"\s*(`{3,}|~{3,})")
_MOST_LINES = 40  # of a tag
_INTERRUPTS: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}


def read_attributes(text: str) -> dict[str, str]:
    """Return the attributes in a text: `k="v"`, `k=v`, `k={"v"}`; `k` alone is `true`."""
    attributes: dict[str, str] = {}
    at = 0
    while match := _ATTRIBUTE.search(text, at):
        at = match.end()
        if match["brace"]:
            at = _brace_end(text, at - 1)
            value = text[match.start("brace") : at]
            braced = _BRACED_TEXT.fullmatch(value)
            value = _ESCAPE.sub(r"\1", braced["text"]) if braced else value[1:-1]
        else:
            kinds = (match[kind] for kind in ("double", "single", "bare"))
            value = _ESCAPE.sub(r"\1", next((v for v in kinds if v is not None), "true"))
        attributes.setdefault(match["name"], value.strip())
    return attributes


def _brace_end(text: str, at: int) -> int:
    """Return the index after the brace that closes the one at an index; one in quotes does not."""
    depth, quoted = 0, False
    for index in range(at, len(text)):
        letter = text[index]
        if letter == '"' and text[index - 1] != "\\":
            quoted = not quoted
        elif not quoted and letter in "{}":
            depth += 1 if letter == "{" else -1
            if depth == 0:
                return index + 1
    return len(text)


def push_component(
    state: StateBlock,
    line: int,
    name: str,
    argument: str,
    *,
    opens: bool,
    closed: bool = False,
    last: int = 0,
) -> None:
    """Add the token of a component on a line, or on the lines up to `last`."""
    token = state.push("component", "", 0)
    token.map = [line, (last or line) + 1]
    token.info = name
    token.content = argument
    attributes = read_attributes(argument) if opens else {}
    token.meta = {"opens": opens, "closed": closed, "attributes": attributes}


def push_paragraph(state: StateBlock, line: int, text: str) -> None:
    """Add the tokens of a paragraph: text between two components of one line."""
    for kind, content in (("paragraph_open", ""), ("inline", text), ("paragraph_close", "")):
        token = state.push(kind, "", 0)
        token.map = [line, line + 1]
        token.content = content
        token.children = []


def dedent_tags(text: str) -> str:
    """Return a text with the tags of components at the begin of their lines, except in fences.

    CommonMark reads a line that is indented by four blanks as a part of the paragraph above.
    """
    if not _INDENTED.search(text):
        return text
    lines, fence = text.split("\n"), ""
    for number, line in enumerate(lines):
        mark = _FENCE.match(line)
        if mark and (not fence or mark[1].startswith(fence)):
            fence = "" if fence else mark[1]
        elif not fence and _INDENTED.match(line):
            lines[number] = line.lstrip(" \t")
    return "\n".join(lines)


def install(markdown: MarkdownIt) -> None:
    """Add the rule before that of HTML blocks, which would match the same lines."""
    markdown.block.ruler.before("html_block", "component", _component, _INTERRUPTS)


def tag_end(text: str, at: int) -> int:
    """Return the index after the tag that begins at an index; -1 if it does not end.

    A `>` in quotes or braces does not end it.
    """
    quote, depth = "", 0
    for index in range(at + 1, len(text)):
        letter = text[index]
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'" and text[index - 1] in "={":
            quote = letter
        elif letter in "{}":
            depth += 1 if letter == "{" else -1
        elif letter == ">" and depth <= 0:
            return index + 1
    return -1


def _component(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    begin = state.bMarks[start] + state.tShift[start]
    match = _NAME.match(state.src, begin)
    if not match:
        return False
    last_line = min(start + _MOST_LINES, end) - 1
    text = state.src[begin : state.eMarks[last_line]]
    stop = tag_end(text, 0)
    if stop < 0 or "\n\n" in text[:stop] or not _is_component(state, match, text[:stop]):
        return False
    if silent:
        return True
    line = start + text.count("\n", 0, stop)
    _push_tag(state, start, text[:stop], line)
    rest = state.src[begin + stop : state.eMarks[line]].strip()
    while rest:
        rest = _push_rest(state, line, rest)
    state.line = line + 1
    return True


def _push_rest(state: StateBlock, line: int, rest: str) -> str:
    """Add the first tag, or the text before it, of the rest of a line; return what remains."""
    match = _NAME.search(rest)
    stop = tag_end(rest, match.start()) if match else -1
    if match is None or stop < 0:
        push_paragraph(state, line, rest)
        return ""
    if text := rest[: match.start()].strip():
        push_paragraph(state, line, text)
    _push_tag(state, line, rest[match.start() : stop])
    return rest[stop:].strip()


def _push_tag(state: StateBlock, line: int, tag: str, last: int = 0) -> None:
    match = _NAME.match(tag)
    assert match
    inner = tag[match.end() : -1].strip()
    closed = inner.endswith("/")
    argument = inner.removesuffix("/").strip()
    opens = not tag.startswith("</")
    push_component(state, line, match["name"], argument, opens=opens, closed=closed, last=last)


def _is_component(state: StateBlock, match: re.Match[str], tag: str) -> bool:
    """Return whether a tag is a component, and not a placeholder such as `<Name>`."""
    bare = match.end() == len(tag) - 1
    return not bare or f"</{match['name']}" in state.src
