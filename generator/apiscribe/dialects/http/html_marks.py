"""Running text of HTML with the marks of Markdown, so that one set of patterns reads both."""

from __future__ import annotations

import html
import re
from dataclasses import replace

from apiscribe.pages.blocks import Block, Bullets, Html, Inline, Item, Paragraph
from apiscribe.pages.html_text import HTML

_CODE = re.compile(r"<(code|tt|kbd|var|samp)\b[^<>]*>(.*?)</\1>", re.DOTALL | re.IGNORECASE)
_TERM = re.compile(r"\s*<span\b[^<>]*>\s*(`[^`]+`)\s*</span>")  # code alone in a span
_INPUT = re.compile(r"<input\b[^<>]*>|(?:<br\s*/?>\s*)+$", re.IGNORECASE)
# A small type behind a bold name.
_SMALL = re.compile(r"(?<=\*\*)(?:\s|&nbsp;|\xa0)*<small\b[^<>]*>([\w\[\] ]+)</small>")
_ROUTE = re.compile(
    r"<(?:div|p|span)\b[^<>]*\bclass\s*=\s*[\"'][^\"'<>]*\b(get|post|put|patch|delete)\b[^<>]*>"
    r"\s*(/[^<>`\n]*?)\s*</",
    re.IGNORECASE,
)
_COLON = re.compile(r"<span\b[^<>]*>\s*([:：])\s*</span>")
_MARKS = (
    (re.compile(r"<(strong|b)\b[^<>]*>(.*?)</\1>", re.DOTALL | re.IGNORECASE), r"**\2**"),
    (re.compile(r"<(em|i)\b[^<>]*>(.*?)</\1>", re.DOTALL | re.IGNORECASE), r"*\2*"),
    (
        re.compile(
            r"""<a\b[^<>]*?\bhref\s*=\s*["']?([^"'<>\s]+)["']?[^<>]*>(.*?)</a>""",
            re.DOTALL | re.IGNORECASE,
        ),
        r"[\2](\1)",
    ),
)


def with_marks(block: Block) -> Block:
    """Return a paragraph or a list of HTML in the marks of Markdown, and a tag with a path and the
    class of a verb as an operation; any other block itself.
    """
    match block:
        case Html(text=text) if route := _ROUTE.search(text):
            return Paragraph(_inline(f"`{route[1].upper()} {route[2]}`", block.inline), block.span)
        case Paragraph(inline=inline) if inline.markup is HTML:
            return replace(block, inline=_marked(inline))
        case Bullets():
            items = tuple(_item(item) for item in block.items)
            same = all(a is b for a, b in zip(items, block.items, strict=True))
            return block if same else replace(block, items=items)
        case _:
            return block


def _item(item: Item) -> Item:
    blocks = tuple(map(with_marks, item.blocks))
    same = all(a is b for a, b in zip(blocks, item.blocks, strict=True))
    return item if same else replace(item, blocks=blocks)


def _code(match: re.Match[str]) -> str:
    """Return code in the marks of Markdown, which has no entities there: `/looms/&lt;id&gt;`."""
    return f"`{html.unescape(match[2])}`"


def _marked(inline: Inline) -> Inline:
    source = _COLON.sub(r"\1", _CODE.sub(_code, inline.source))
    source = _TERM.sub(r"\1", source, count=1)
    for pattern, marks in _MARKS:
        source = pattern.sub(marks, source)
    source = _SMALL.sub(r" (\1)", re.sub(r"\s+", " ", _INPUT.sub("", source)).strip())
    return _inline(_INPUT.sub("", source), inline)


def _inline(source: str, of: Inline) -> Inline:
    # Imported here, because a build with nothing changed does without a parser of Markdown.
    from apiscribe.pages.markdown_text import MARKDOWN

    return Inline(source, of.span, MARKDOWN)
