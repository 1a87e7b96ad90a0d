"""Encodes text for the parts of a documentation page.

Each function is the inverse of the reader: reading its result returns the text. Spaces around
lines, repeated empty lines and no-break spaces are lost, because pages cannot express them.
Markdown in descriptions stays, because descriptions are Markdown.
"""

from __future__ import annotations

import html
import re
from urllib.parse import quote

from apiscribe.emit.encoders import Encoded

# Tags that the reader removes from code, escapes and entities that it resolves there, and text that
# Hugo or GitBook would interpret as a shortcode.
_NOT_FOR_CODE = re.compile(
    r"\\[!-/:-@\[-`{-~]|&[#\w]|</?(?:div|span|p|center|br)\b|\{[{%]|\n", re.IGNORECASE
)
_CODE = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
_PLAIN_CODE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
# Text that starts a block at the start of a line.
_BLOCK_START = re.compile(
    r"[#>|=~:]|[-+](?!\w)|\*(?=\s|$|[\s*]*$)|_(?=[\s_]*$)|`(?=``)|\[(?=[^\]]*\]:|\^)"
)
_NUMBERED = re.compile(r"(\d{1,9})([.)])(?=\s|$)")
_DESC = re.compile(r"desc\s*:")
_IS_REQUIRED = re.compile(r"is_required", re.IGNORECASE)
# Text that the reader interprets as a comment printed by a template.
_LIKE_COMMENT = re.compile(r"desc[ \t]*:|(?:none|null)\Z|\{.*\}\Z", re.IGNORECASE | re.DOTALL)
_STATED = {True: "true", False: "false", None: "unknown"}
_SHORTCODE_START = re.compile(r"\{(?=[{%])")
_MARKS = re.compile(r"[\\`*\[\]<>&|~!#{}]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
_GO_ESCAPES = str.maketrans({'"': "&#34;", "'": "&#39;", "+": "&#43;"})
_SHORTCODE = re.compile(r"\{\{(?:<(.*?)>|%(.*?)%)\}\}", re.DOTALL)
_COMMENTED = re.compile(r"\{\{(?:</\*(.*?)\*/>|%/\*(.*?)\*/%)\}\}", re.DOTALL)


def settled(text: str) -> str:
    """Return the text as pages can express it: trimmed lines, single empty lines."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")
    lines = [line.strip() for line in text.replace("\xa0", " ").split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def words(name: str) -> Encoded:
    """Encode a name for text, a heading or a cell."""
    return Encoded(_MARKS.sub(lambda mark: f"\\{mark[0]}", name))


def route(path: str) -> Encoded:
    """Encode the path of a route; its `{parameters}` are not marks."""
    escapes = {"&": "&amp;", "{": "{", "}": "}"}
    return Encoded(_MARKS.sub(lambda mark: escapes.get(mark[0], f"\\{mark[0]}"), path))


def paragraphs(text: str, after_desc: bool = False) -> list[list[Encoded]]:
    """Return the lines of each paragraph of a description.

    `after_desc`: the reader drops a leading `desc:`, so a paragraph that starts with one gets
    another.
    """
    result = []
    for paragraph in filter(None, settled(text).split("\n\n")):
        if after_desc and _DESC.match(paragraph):
            paragraph = f"desc: {paragraph}"
        result.append([_line(line) for line in _inline(paragraph).split("\n")])
    return result


def comment(text: str, required: bool | None = None) -> str:
    """Return a description that the reader interprets as text: one that looks like a template's
    comment becomes the `desc` of a comment, after `is_required` if it contains that word.
    """
    text = settled(text)
    if _IS_REQUIRED.search(text):
        return f"{is_required(required)}\ndesc: {text}"
    return f"desc: {text}" if _LIKE_COMMENT.match(text) else text


def is_required(required: bool | None) -> str:
    """Return the line of a comment that states whether a field is required."""
    return f"is_required: {_STATED[required]}"


def cell(text: str) -> Encoded:
    """Encode a description for a cell of a pipe table."""
    return Encoded(_inline(settled(text)).replace("|", "\\|").replace("\n", "<br>"))


def escape_quotes(text: Encoded) -> Encoded:
    """Encode the quotes and `+` of encoded text outside code, as Go's templates for HTML do."""
    parts = []
    at = 0
    for code in _CODE.finditer(text):
        parts += [text[at : code.start()].translate(_GO_ESCAPES), code[0]]
        at = code.end()
    return Encoded("".join([*parts, text[at:].translate(_GO_ESCAPES)]))


def bullet(text: str, first: str) -> list[list[Encoded]]:
    """Return the paragraphs below a bullet, in italics; `first` is the line before them."""
    result = [[_escape_fact(line) for line in lines] for lines in paragraphs(text)]
    if result:
        result[0][0] = Encoded(f"desc: {result[0][0]}")
    result[:1] = [[Encoded(first), *(result[0] if result else [])]]
    for lines in result:
        lines[0] = Encoded(f"*{lines[0]}")
        lines[-1] = Encoded(f"{lines[-1]}*")
    return result


def html_words(name: str) -> Encoded:
    """Encode a name for a cell of an HTML table."""
    return Encoded(_SHORTCODE_START.sub("&#123;", html.escape(name)))


def html_cell(text: str) -> Encoded:
    """Encode a description for a cell of an HTML table."""
    plain = _SHORTCODE_START.sub("&#123;", html.escape(settled(text), quote=False))
    return Encoded(_PLAIN_CODE.sub(r"<code>\1</code>", plain).replace("\n", "<br>"))


def address(path: str, anchor: str) -> Encoded:
    """Return the target of a link, for Markdown or an HTML attribute."""
    return Encoded(f"{quote(path)}#{quote(anchor)}")


def quoted(text: str) -> Encoded:
    """Return a YAML string on one line."""
    return Encoded(f'"{"".join(map(_yaml_char, settled(text)))}"')


def fence(text: str, shortcodes: bool) -> Encoded:
    """Return a block of code; `shortcodes`: the site's generator interprets shortcodes in code.

    They are commented out. An unclosed shortcode cannot be, and Hugo will reject it.
    """
    # Comment out an already commented shortcode again: readers remove one level.
    text = (_SHORTCODE if shortcodes else _COMMENTED).sub(_comment_out, text)
    longest = max(map(len, re.findall(r"`+", text)), default=0)
    marks = "`" * max(3, longest + 1)
    end = "" if not text or text.endswith("\n") else "\n"
    return Encoded(f"{marks}json\n{text}{end}{marks}")


def _comment_out(match: re.Match[str]) -> str:
    """Comment out a shortcode, so that Hugo prints it: `{{</* name */>}}`."""
    mark = match[0][2]
    return f"{{{{{mark}/*{match[0][3:-3]}*/{match[0][-3:]}"


def _inline(text: str) -> str:
    """Encode running text; code stays unchanged if the reader does not change it either."""
    parts = []
    at = 0
    for code in _CODE.finditer(text):
        parts.append(_plain(text[at : code.start()]))
        parts.append(_plain(code[0]) if _NOT_FOR_CODE.search(code[0]) else code[0])
        at = code.end()
    return "".join([*parts, _plain(text[at:])])


def _plain(text: str) -> str:
    text = text.replace("\\", "\\\\").replace("&", "&amp;").replace("<", "&lt;")
    return _SHORTCODE_START.sub("&#123;", text)


def _line(line: str) -> Encoded:
    """Escape the start of a line that would start a block."""
    if number := _NUMBERED.match(line):
        return Encoded(f"{number[1]}&#{ord(number[2])};{line[number.end() :]}")
    if _BLOCK_START.match(line):
        return Encoded(f"&#{ord(line[0])};{line[1:]}")
    return Encoded(line)


def _escape_fact(line: Encoded) -> Encoded:
    """Escape a line below a bullet that looks like `is_required: …`."""
    return Encoded(line.replace("_", "&#95;", 1)) if _IS_REQUIRED.match(line) else line


def _yaml_char(char: str) -> str:
    if char in '"\\':
        return f"\\{char}"
    if char == "\n":
        return "\\n"
    return char if char.isprintable() else f"\\U{ord(char):08X}"
