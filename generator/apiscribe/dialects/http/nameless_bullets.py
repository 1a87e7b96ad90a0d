"""Bullets of members that lack a name, such as `(string, required): The cursor`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from apiscribe.diagnostics.source import Span
from apiscribe.dialects.http.type_texts import is_type
from apiscribe.dialects.http.words import presence
from apiscribe.pages.blocks import Bullets, Item, Paragraph

# Where a name would stand: empty marks, then a bracket, or a colon or dash with text behind it.
_NAMELESS = re.compile(
    r"\s*(?:``|\*\*\s?\*\*|__\s?__)?\s*(?:\((?P<first>[^(),]+)[,)]|[:：–—-]\s*(?P<text>\S))"
)


def nameless_bullets(bullets: Bullets) -> Iterator[Span]:
    """Yield the bullets of a list of members that lack a name."""
    yield from (item.span for item in bullets.items if is_nameless(item))


def is_nameless(item: Item) -> bool:
    """Return whether a bullet has what stands behind a name, and no name."""
    head = item.blocks[0] if item.blocks else None
    match = _NAMELESS.match(head.inline.source) if isinstance(head, Paragraph) else None
    if match is None:
        return False
    first = (match["first"] or "").strip(" `*_")
    return bool(match["text"]) or is_type(first) or presence(first) is not None
