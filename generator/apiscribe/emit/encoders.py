"""Encoders: text of pages, made safe for a syntax.

Pages are untrusted. Their text reaches an output only as `Encoded`, which only encoders return: the
templates refuse any other string (see `templates.render`).
"""

from __future__ import annotations

import html
import re
import textwrap
from functools import lru_cache
from typing import Any

WIDTH = 100

# Characters that any reader of an output might treat as a line break.
_LINE_ENDS = re.compile(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
# In CommonMark: an escape, code on one line, the start of a tag or an autolink, and that of a link
# or its definition, unless the target is an address on the web or on the same site. Code with `|`
# may be two cells of a table, and code over several lines two blocks.
_MARKUP = re.compile(
    r"\\.|(?<!`)(`+)(?!`)[^\n|]+?(?<!`)\1(?!`)|<(?=[A-Za-z/!?])"
    r"|\](?:\((?!(?:https?://|[\w#./?=-]*\)))|:)",
    re.IGNORECASE,
)
# Runs of quotes that would end a docstring, if a generator downstream puts the comment into one.
_QUOTES = re.compile(r"\"{3,}|'{3,}")


class Encoded(str):
    """Text that is safe in the syntax of the function that returned it."""

    __slots__ = ()


@lru_cache(maxsize=10_000)
def name(text: str) -> Encoded:
    """Check an identifier, or a path of identifiers with dots or slashes. Raises ValueError."""
    parts = re.split(r"[./]", text.removeprefix("."))
    if not all(_NAME.fullmatch(part) for part in parts):
        raise ValueError(f"{text!r} is not a name")
    return Encoded(text)


def comment(text: str, indent: int = 0) -> list[Encoded]:
    """Return the lines of a `//` comment of protobuf, wrapped at `WIDTH`; none for empty text."""
    width = WIDTH - indent - len("// ")
    lines = [part for line in plain_lines(text) for part in (_wrap(line, width) or [""])]
    return [_comment_line(line) for line in lines]


def comment_verbatim(title: str, text: str) -> list[Encoded]:
    """Return the lines of a `//` comment that keeps line breaks and indentation."""
    lines = [_visible(line.rstrip()) for line in _LINE_ENDS.split(text.strip("\r\n"))]
    return [_comment_line(title), *(_comment_line(f"  {line}") for line in lines)]


def _comment_line(line: str) -> Encoded:
    line = line.replace("*/", "* /").replace("/*", "/ *")
    line = _QUOTES.sub(lambda run: " ".join(run[0]), line)
    if line.endswith("\\"):
        line += "."  # in C++ a backslash would continue the comment on the next line
    return Encoded(f"// {line}".rstrip())


def plain_lines(text: str) -> list[str]:
    """Return the lines of a text, without characters that are invisible or control a terminal."""
    lines = [_visible(line).strip() for line in _LINE_ENDS.split(text.strip())]
    return lines if any(lines) else []


def proto_string(text: str) -> Encoded:
    """Return a string literal of proto3, ASCII, in double quotes."""
    escaped = "".join(_proto_byte(byte) for byte in text.encode("utf-8", "replace"))
    return Encoded(f'"{escaped}"')


def python_literal(value: Any) -> Encoded:
    """Return the literal of a JSON value, a tuple of JSON values, or bytes; `repr` escapes
    unprintable characters.
    """
    return Encoded(repr(value))


def python_call(function: str, *arguments: Encoded, **named: Encoded) -> Encoded:
    """Return a call."""
    items = (*arguments, *(f"{name(key)}={value}" for key, value in named.items()))
    return Encoded(f"{function}({', '.join(items)})")


def python_import(module: str, *names: str) -> Encoded:
    """Return the import of names from a module."""
    return Encoded(f"from {module} import {', '.join(names)}")


def docstring(text: str, indent: int = 0) -> Encoded:
    """Return a docstring with its quotes, each line indented."""
    lines = [line.replace("\\", "\\\\").replace('"""', '\\"\\"\\"') for line in plain_lines(text)]
    lines = [part for line in lines for part in (_wrap(line, WIDTH - indent - 8) or [""])]
    first = " " if lines and lines[0].startswith('"') else ""
    margin = " " * indent
    ending = f"\n{margin}" if len(lines) > 1 else " " if lines and lines[0].endswith('"') else ""
    indented = [line and margin + line for line in lines]
    text = "\n".join(indented).removeprefix(margin)
    return Encoded(f'"""{first}{text}{ending}"""')


def _visible(line: str) -> str:
    if line.isprintable():
        return line
    return "".join(char if char.isprintable() or char == "\t" else "\ufffd" for char in line)


def _wrap(line: str, width: int) -> list[str]:
    return textwrap.wrap(line, width, break_long_words=False, break_on_hyphens=False)


def _proto_byte(byte: int) -> str:
    char = chr(byte)
    if char in '"\\':
        return f"\\{char}"
    return char if 0x20 <= byte < 0x7F else f"\\{byte:03o}"


def html_text(text: str) -> Encoded:
    """Return the text for an element or a quoted attribute of HTML."""
    return Encoded(html.escape(_visible(text.replace("\n", " "))))


def markdown(text: str) -> Encoded:
    """Return the text as CommonMark without HTML and without links to scripts; the other markup
    stays, because descriptions on pages are Markdown.
    """
    lines = [_visible(line.rstrip()) for line in _LINE_ENDS.split(text.strip())]
    return Encoded(_MARKUP.sub(_without_markup, "\n".join(lines)))


def _without_markup(match: re.Match[str]) -> str:
    part = match[0]
    if part == "<":
        return "\\<"
    return f"]\\{part[1]}" if part.startswith("]") else part
