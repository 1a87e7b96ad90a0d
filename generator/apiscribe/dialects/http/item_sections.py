"""Items of lists that are sections: a title (`1. **Hold a room**`) with an operation below it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from apiscribe.dialects.http.routes import VERBS, find_routes
from apiscribe.pages.blocks import Block, Bullets, Code, Heading, Inline, Item, Paragraph

_DEEPEST = 6
_LONGEST_TITLE = 80
# The verb that an item begins with, without a path: "`GET` returns the gates".
VERB_ALONE = re.compile(rf"[\s*_`]*({'|'.join(sorted(VERBS))})\b(?!\W*/)[\s*_`:–—-]*")
_VERB = re.compile(rf"[\s*_`]*(?:{'|'.join(sorted(VERBS))})\b")


def holds_operations(bullets: Bullets) -> bool:
    """Return whether the items of a list are titles, most of them with an operation below."""
    found = sum(any(map(_is_operation, _below(item))) for item in bullets.items)
    return 2 * found > len(bullets.items) and all(_title(item) for item in bullets.items)


def as_section(item: Item, level: int) -> Iterator[Block]:
    """Yield the title of an item as a heading, and the blocks below it."""
    if title := _title(item):
        yield Heading(min(level, _DEEPEST), title, title.span)
    yield from _below(item)


def texts_of(item: Item) -> tuple[Block, ...]:
    """Return the text behind the verb that an item begins with, and the blocks below it."""
    head, *below = item.blocks
    verb = VERB_ALONE.match(head.inline.source) if isinstance(head, Paragraph) else None
    if verb is None or not isinstance(head, Paragraph):
        return tuple(below)
    text = Inline(verb.string[verb.end() :], head.inline.span, head.inline.markup)
    return (Paragraph(text, head.span), *below)


def _title(item: Item) -> Inline | None:
    """Return the first line of an item, if it can be a title."""
    head = item.blocks[0] if item.blocks else None
    if not isinstance(head, Paragraph):
        return None
    first = head.inline.source.split("\n", 1)[0].strip().removesuffix("\\")
    title = Inline(first, head.inline.span, head.inline.markup)
    return title if len(title.text) <= _LONGEST_TITLE else None


def _below(item: Item) -> Iterator[Block]:
    """Yield the blocks below the title of an item: the other lines of its first one come first."""
    head, *rest = item.blocks or (None,)
    if isinstance(head, Paragraph):
        _, _, after = head.inline.source.partition("\n")
        if after.strip():
            yield Paragraph(Inline(after, head.inline.span, head.inline.markup), head.span)
    yield from (block for block in rest if block is not None)


def _is_operation(block: Block) -> bool:
    """Return whether a block begins with a verb and a path."""
    match block:
        case Paragraph(inline=inline):
            text = inline.source
        case Code(text=code):
            text = code
        case _:
            return False
    return _VERB.match(text) is not None and any(find_routes(text.split("\n", 1)[0]))
