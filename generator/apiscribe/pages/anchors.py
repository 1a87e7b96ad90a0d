"""Anchors: the names under which links find a heading.

A page writes them in the heading (`## Job {#job}`, `## <a name="job">Job</a>`), or on lines of
their own above it (`<a name="job"></a>`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from apiscribe.pages.blocks import Block, Heading, Html, Paragraph

_ANCHOR = re.compile(
    r"<a\b[^<>]*?\s(?:name|id)\s*=\s*(?:\"([^\"<>]*)\"|'([^'<>]*)'|([^\s\"'<>/]+))",
    re.IGNORECASE,
)
# Kramdown, Pandoc and Goldmark: attributes in braces at the end of a heading.
_ATTRIBUTES = re.compile(r"[ \t]*\{:?[ \t]*#(?P<id>[^\s{}]+)[^{}]*\}[ \t]*\Z")
# A block of nothing but anchors.
_ONLY_ANCHORS = re.compile(r"(?:<a\b[^<>]*>\s*(?:</a\s*>\s*)?)+", re.IGNORECASE)


def with_anchors(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield the blocks, with the anchors of each heading. Blocks of anchors remain."""
    above: list[str] = []
    for block in blocks:
        match block:
            case Heading():
                yield _with_own(block, above)
                above = []
                continue
            case Paragraph() | Html() if "<a" in block.inline.source:
                above = [*above, *_names(block.inline.source)] if _leads_on(block) else []
            case _:
                above = []
        yield block


def has_only_anchors(block: Paragraph) -> bool:
    """Return whether a paragraph has no words, only places that links lead to."""
    source = block.inline.source
    return source.startswith("<a") and _ONLY_ANCHORS.fullmatch(source) is not None


def _leads_on(block: Paragraph | Html) -> bool:
    """Return whether the block belongs to the heading below: anchors, or a link to the top."""
    links = block.inline.parsed.links
    return (
        len(links) <= 1
        and all(link.target.startswith("#") or not link.target for link in links)
        and len(block.inline.text.split()) <= 3
    )


def _with_own(heading: Heading, above: list[str]) -> Heading:
    """Return a heading with its own anchors, and without their marks in the text."""
    source = heading.inline.source
    own = _names(source) if "<a" in source else []
    if attributes := _ATTRIBUTES.search(source) if source.endswith("}") else None:
        own.append(attributes["id"])
        inline = replace(heading.inline, source=source[: attributes.start()])
        heading = replace(heading, inline=inline)
    anchors = (*heading.anchors, *above, *own)
    return replace(heading, anchors=tuple(dict.fromkeys(anchors))) if anchors else heading


def _names(source: str) -> list[str]:
    """Return the names of the anchors in a text."""
    return [name for groups in _ANCHOR.findall(source) for name in groups if name]
