"""Text, made safe for the places of a documentation page.

Each function undoes what the reader does to text in that place: reading what it made gives the
text back. Blanks around lines, empty lines beyond one, and no-break spaces are not kept: no page
can hold them. Marks of Markdown stay in descriptions, for they are Markdown on the pages too.
"""

from __future__ import annotations

import html
import re
from urllib.parse import quote

from apiscribe.emit.encoders import Encoded

# Tags that the reader takes out of code, escapes and entities that it resolves there, and what
# Hugo or GitBook would take for a shortcode.
_NOT_FOR_CODE = re.compile(
    r"\\[!-/:-@\[-`{-~]|&[#\w]|</?(?:div|span|p|center|br)\b|\{[{%]|\n", re.IGNORECASE
)
_CODE = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
_PLAIN_CODE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
# What would begin a block at the start of a line.
_BLOCK_START = re.compile(
    r"[#>|=~:]|[-+](?!\w)|\*(?=\s|$|[\s*]*$)|_(?=[\s_]*$)|`(?=``)|\[(?=[^\]]*\]:|\^)"
)
_NUMBERED = re.compile(r"(\d{1,9})([.)])(?=\s|$)")
_DESC = re.compile(r"desc\s*:")
_IS_REQUIRED = re.compile(r"is_required", re.IGNORECASE)
# What the reader takes for a comment that a template printed as it is.
_LIKE_COMMENT = re.compile(r"desc[ \t]*:|(?:none|null)\Z|\{.*\}\Z", re.IGNORECASE | re.DOTALL)
_STATED = {True: "true", False: "false", None: "unknown"}
_SHORTCODE_START = re.compile(r"\{(?=[{%])")
_MARKS = re.compile(r"[\\`*\[\]<>&|~!#{}]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
_SHORTCODE = re.compile(r"\{\{(?:<(.*?)>|%(.*?)%)\}\}", re.DOTALL)
_COMMENTED = re.compile(r"\{\{(?:</\*(.*?)\*/>|%/\*(.*?)\*/%)\}\}", re.DOTALL)


def settled(text: str) -> str:
    """The text as a page can hold it: lines trimmed, one empty line between paragraphs."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")
    lines = [line.strip() for line in text.replace("\xa0", " ").split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def words(name: str) -> Encoded:
    """A name in running text, a heading or a cell."""
    return Encoded(_MARKS.sub(lambda mark: f"\\{mark[0]}", name))


def route(path: str) -> Encoded:
    """The path of a route, behind its verb. Its `{parameters}` are no marks."""
    escapes = {"&": "&amp;", "{": "{", "}": "}"}
    return Encoded(_MARKS.sub(lambda mark: escapes.get(mark[0], f"\\{mark[0]}"), path))


def paragraphs(text: str, after_desc: bool = False) -> list[list[Encoded]]:
    """The lines of each paragraph of a description.

    A reader that drops a `desc:` before a paragraph (`after_desc`) finds one more where the text
    begins with one.
    """
    found = []
    for paragraph in filter(None, settled(text).split("\n\n")):
        if after_desc and _DESC.match(paragraph):
            paragraph = f"desc: {paragraph}"
        found.append([_line(line) for line in _inline(paragraph).split("\n")])
    return found


def comment(text: str, required: bool | None = None) -> str:
    """A description that the reader takes for nothing else: one that looks like a comment of a
    template becomes the `desc` of one, beside `is_required` where it speaks of that.
    """
    text = settled(text)
    if _IS_REQUIRED.search(text):
        return f"{is_required(required)}\ndesc: {text}"
    return f"desc: {text}" if _LIKE_COMMENT.match(text) else text


def is_required(required: bool | None) -> str:
    """The line of a comment that tells whether a field is required."""
    return f"is_required: {_STATED[required]}"


def cell(text: str) -> Encoded:
    """A description in a cell of a pipe table."""
    return Encoded(_inline(settled(text)).replace("|", "\\|").replace("\n", "<br>"))


def bullet(text: str, first: str) -> list[list[Encoded]]:
    """The paragraphs under a bullet, in italics, line by line; `first` is the line before them."""
    found = [[_unlike_fact(line) for line in lines] for lines in paragraphs(text)]
    if found:
        found[0][0] = Encoded(f"desc: {found[0][0]}")
    found[:1] = [[Encoded(first), *(found[0] if found else [])]]
    for lines in found:
        lines[0] = Encoded(f"*{lines[0]}")
        lines[-1] = Encoded(f"{lines[-1]}*")
    return found


def html_words(name: str) -> Encoded:
    """A name in a cell of an HTML table."""
    return Encoded(_SHORTCODE_START.sub("&#123;", html.escape(name)))


def html_cell(text: str) -> Encoded:
    """A description in a cell of an HTML table."""
    plain = _SHORTCODE_START.sub("&#123;", html.escape(settled(text), quote=False))
    return Encoded(_PLAIN_CODE.sub(r"<code>\1</code>", plain).replace("\n", "<br>"))


def address(path: str, anchor: str) -> Encoded:
    """The target of a link, in Markdown or in an HTML attribute."""
    return Encoded(f"{quote(path)}#{quote(anchor)}")


def quoted(text: str) -> Encoded:
    """A string of YAML, on one line."""
    return Encoded(f'"{"".join(map(_yaml_char, settled(text)))}"')


def fence(text: str, shortcodes: bool) -> Encoded:
    """A block of code; `shortcodes` tells that the site's generator looks for shortcodes in it.

    Those are commented out. One that is incomplete and never closed cannot be: Hugo will refuse it.
    """
    # One that is commented out already is commented out once more: readers take one away.
    text = (_SHORTCODE if shortcodes else _COMMENTED).sub(_commented, text)
    longest = max(map(len, re.findall(r"`+", text)), default=0)
    marks = "`" * max(3, longest + 1)
    end = "" if not text or text.endswith("\n") else "\n"
    return Encoded(f"{marks}json\n{text}{end}{marks}")


def _commented(found: re.Match[str]) -> str:
    """A shortcode as Hugo has it where it is to be shown: `{{</* name */>}}`."""
    mark = found[0][2]
    return f"{{{{{mark}/*{found[0][3:-3]}*/{found[0][-3:]}"


def _inline(text: str) -> str:
    """Running text: code stays as it is where it is read as it is."""
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
    """A line that begins no block."""
    if number := _NUMBERED.match(line):
        return Encoded(f"{number[1]}&#{ord(number[2])};{line[number.end() :]}")
    if _BLOCK_START.match(line):
        return Encoded(f"&#{ord(line[0])};{line[1:]}")
    return Encoded(line)


def _unlike_fact(line: Encoded) -> Encoded:
    """A line under a bullet that is not taken for `is_required: …`."""
    return Encoded(line.replace("_", "&#95;", 1)) if _IS_REQUIRED.match(line) else line


def _yaml_char(char: str) -> str:
    if char in '"\\':
        return f"\\{char}"
    if char == "\n":
        return "\\n"
    return char if char.isprintable() else f"\\U{ord(char):08X}"
