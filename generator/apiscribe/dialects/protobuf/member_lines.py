r"""Paragraphs with a member each → a list, which the reader understands.

    **roof** (Roof)\             **CALM** = 1\        **Get** (GetRequest) returns (Hive)\
    Its roof.                    Calm bees.           Gets it.

Each paragraph begins with a name in bold or as code; all such paragraphs without another block
between them must be fields, or values, or methods. The text behind a line break describes a member.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from apiscribe.dialects.protobuf.listed_fields import read_listed_fields
from apiscribe.dialects.protobuf.listed_values import read_listed_values
from apiscribe.dialects.protobuf.rpc_lines import rpc_lines
from apiscribe.pages.blocks import Block, Bullets, Item, Paragraph

_BEGINS = re.compile(r"(?:\*\*|__|`|<(?:b|strong|code)>)[`*]*[A-Za-z_]\w*[`*]*(?:\*\*|__|`|</)")
_BREAK = re.compile(r"\\(?:\n|\Z)|[ ]{2,}\n|<br\s*/?>\s*")


def with_member_lines(blocks: Sequence[Block]) -> Iterator[Block]:
    """Yield the blocks of a page, with lists in place of such paragraphs."""
    run: list[Paragraph] = []
    for block in blocks:
        if isinstance(block, Paragraph) and _BEGINS.match(block.inline.source):
            run.append(block)
            continue
        yield from _list(run)
        run = []
        yield block
    yield from _list(run)


def _list(paragraphs: Sequence[Paragraph]) -> Iterator[Block]:
    """Yield the list of paragraphs that are members; the paragraphs if one is another text."""
    items = tuple(Item(tuple(_lines(each)), each.span) for each in paragraphs)
    if items:
        bullets = Bullets(items, replace(items[0].span, end_line=items[-1].span.end_line))
        if read_listed_fields(bullets) or read_listed_values(bullets) or rpc_lines(bullets):
            yield bullets
            return
    yield from paragraphs


def _lines(paragraph: Paragraph) -> Iterator[Paragraph]:
    """Yield the first line of a paragraph, and the text behind its break."""
    for text in filter(None, _BREAK.split(paragraph.inline.source, maxsplit=1)):
        yield Paragraph(replace(paragraph.inline, source=text.strip()), paragraph.span)
