"""Labels above the tables of a method's types → headings, which the reader understands.

### Buy                                               ### Buy

**Request** `BuyRequest`         | Field | Type | …   #### Request
**Response** `stream Order`      | Field | Type | …
                                                      `BuyRequest`

Both sides of a method must have such a label, and a table must follow one of them; or a heading has
nothing but a type below it. A page with routes is about HTTP, where such labels name shapes of
JSON.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from apiscribe.dialects.protobuf import tables
from apiscribe.dialects.protobuf.headings import SIDES
from apiscribe.dialects.protobuf.listed_fields import is_type_text
from apiscribe.dialects.protobuf.types import read_cell
from apiscribe.dialects.protobuf.words import kind_of
from apiscribe.pages.blocks import Block, Heading, Inline, Page, Paragraph, Table
from apiscribe.pages.html_text import HTML

_LABEL = re.compile(
    r"(?P<side>[^\W\d_]{1,20})\s*[:：]?\s+(?:[^\W\d_]{1,20}\s+)?\.?[A-Z_a-z][\w.]*", re.ASCII
)
_MARKED = re.compile(r"[`\[]|<code|<a\b", re.IGNORECASE)
_ROUTE = re.compile(r"\b(?:GET|POST|PUT|PATCH|DELETE)\b[\s`*|]+(?:https?:/)?/")
_LONGEST = 300  # characters of a label


def with_side_headings(page: Page) -> Iterator[Block]:
    """Yield the blocks of a page, with headings in place of the labels."""
    if any(_ROUTE.search(line) for line in page.source.lines):
        yield from page.blocks
        return
    section: list[Block] = []
    for block in _with_types(page.blocks):
        if isinstance(block, Heading):
            yield from _section(section)
            section = []
        section.append(block)
    yield from _section(section)


def _with_types(blocks: Sequence[Block]) -> Iterator[Block]:
    """Yield the blocks, with the type below a heading such as `Request` in the heading."""
    gone = -1
    for at, block in enumerate(blocks):
        below = blocks[at + 1] if at + 1 < len(blocks) else None
        side = kind_of(block.inline.text) if isinstance(block, Heading) else ""
        if isinstance(block, Heading) and side in SIDES and isinstance(below, Paragraph):
            source, typed = below.inline.source, read_cell(below.inline, {})
            is_marked = _MARKED.search(source) or "." in typed.type.name
            if is_marked and is_type_text(source, below.inline):
                gone = at + 1
                stream = "stream " if typed.type.streams else ""
                title = f"{block.inline.text}: {stream}{typed.type.name}"
                block = replace(block, inline=Inline(title, block.span, HTML))
        if at != gone:
            yield block


def _section(blocks: Sequence[Block]) -> Iterator[Block]:
    """Yield a heading and the blocks up to the next one."""
    sides = [_side(block) for block in blocks]
    lists = any(
        side and isinstance(below, Table) and tables.kind(below) == "fields"
        for side, below in zip(sides, blocks[1:], strict=False)
    )
    heading = blocks[0] if blocks else None
    labelled = isinstance(heading, Heading) and lists and sorted(filter(None, sides)) == [*SIDES]
    for block, side in zip(blocks, sides, strict=True):
        if labelled and side and isinstance(heading, Heading) and isinstance(block, Paragraph):
            yield Heading(level=min(heading.level + 1, 6), inline=block.inline, span=block.span)
        else:
            yield block


def _side(block: Block) -> str:
    """Return the side of a method that a paragraph names with its type, or ""."""
    if not isinstance(block, Paragraph) or len(block.inline.source) > _LONGEST:
        return ""
    match = _LABEL.fullmatch(block.inline.text) if _MARKED.search(block.inline.source) else None
    side = kind_of(match["side"]) if match else ""
    return side if side in SIDES else ""
