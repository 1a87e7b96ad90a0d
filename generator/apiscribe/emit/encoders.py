"""Text of pages, made safe for the place that it goes to.

A page is hostile until proven otherwise. Text reaches an output only as `Encoded`, which only the
functions here make: the templates refuse everything else (see `templates.render`).
"""

from __future__ import annotations

import html
import re
import textwrap
from functools import lru_cache

WIDTH = 100

# What some reader of our output might take for the end of a line.
_LINE_ENDS = re.compile(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
# In a string literal: an escape, or a double quote.
_ESCAPED_QUOTE = re.compile(r'\\.|"', re.DOTALL)
# In a string literal: an escape, or a double quote.
_ESCAPED_QUOTE = re.compile(r'\\.|"', re.DOTALL)
# Runs of quotes, and comment marks, that would end a comment or docstring which a generator
# downstream puts our comment into.
_QUOTES = re.compile(r"\"{3,}|'{3,}")


class Encoded(str):
    """Text that is safe where the function that made it says."""

    __slots__ = ()


@lru_cache(maxsize=10_000)
def name(text: str) -> Encoded:
    """An identifier, or a dotted or slashed path of identifiers, as it stands."""
    parts = re.split(r"[./]", text.removeprefix("."))
    if not all(_NAME.fullmatch(part) for part in parts):
        raise ValueError(f"{text!r} is no name")
    return Encoded(text)


def comment(text: str, indent: int = 0) -> list[Encoded]:
    """The lines of a `//` comment of protobuf, none for no text, filled up to `WIDTH`."""
    width = WIDTH - indent - len("// ")
    lines = [part for line in plain_lines(text) for part in (_wrap(line, width) or [""])]
    return [_comment_line(line) for line in lines]


def comment_verbatim(title: str, text: str) -> list[Encoded]:
    """The lines of a `//` comment that keeps the lines of a text and their indentation."""
    lines = [_visible(line.rstrip()) for line in _LINE_ENDS.split(text.strip("\r\n"))]
    return [_comment_line(title), *(_comment_line(f"  {line}") for line in lines)]


def _comment_line(line: str) -> Encoded:
    line = line.replace("*/", "* /").replace("/*", "/ *")
    line = _QUOTES.sub(lambda run: " ".join(run[0]), line)
    if line.endswith("\\"):
        line += "."  # C++ would take the next line for a part of the comment
    return Encoded(f"// {line}".rstrip())


def plain_lines(text: str) -> list[str]:
    """The lines of a text without characters that are invisible or steer a terminal."""
    lines = [_visible(line).strip() for line in _LINE_ENDS.split(text.strip())]
    return lines if any(lines) else []


def proto_string(text: str) -> Encoded:
    """A string literal of proto3, ASCII, in double quotes."""
    escaped = "".join(_proto_byte(byte) for byte in text.encode("utf-8", "replace"))
    return Encoded(f'"{escaped}"')


def python_literal(value: str | bytes | float | bool | None) -> Encoded:
    """A Python literal; `repr` escapes what does not print. Strings are quoted as black does it:
    in double quotes, unless more of these stand in the text than single ones.
    """
    written = repr(value)
    if isinstance(value, float):
        return Encoded(written.replace("e+", "e"))
    prefix, quote, body = written.partition("'")
    body = body[:-1]
    if not quote or prefix not in ("", "b") or body.count('"') > body.count("\\'"):
        return Encoded(written)
    return Encoded(f'{prefix}"{_ESCAPED_QUOTE.sub(_other_quote, body)}"')


def _other_quote(found: re.Match[str]) -> str:
    """Of a string that had single quotes and gets double ones."""
    return {"\\'": "'", '"': '\\"'}.get(found[0], found[0])


def docstring(text: str, indent: int = 0) -> Encoded:
    """A docstring with its quotes, each line indented."""
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
    """The text for an element or a quoted attribute of HTML."""
    return Encoded(html.escape(_visible(text.replace("\n", " "))))
