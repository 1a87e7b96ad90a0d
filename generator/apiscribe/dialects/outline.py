"""The outline of a page: its blocks by heading, and which of them have been read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from apiscribe.pages.blocks import (
    Block,
    Bullets,
    Code,
    Heading,
    Html,
    Page,
    Paragraph,
    Quote,
    Rule,
    Shortcode,
    Table,
)
from apiscribe.report import Report

# Shortcodes that arrange what stands between them, and say nothing of the API.
_LAYOUT_SHORTCODES = frozenset({"hint", "tabs", "tab"})
_LAYOUT_HTML = re.compile(r"<br\s*/?>|</?div[^>]*>|<!--.*?-->", re.IGNORECASE | re.DOTALL)

_KIND = {
    Heading: "a heading",
    Paragraph: "a paragraph",
    Quote: "a quote",
    Bullets: "a list",
    Table: "a table",
    Code: "a block of code",
    Shortcode: "a shortcode",
    Html: "HTML",
}


@dataclass
class Section:
    """A heading with the blocks under it, up to the next heading, and the sections below it."""

    heading: Heading | None
    blocks: list[Block] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)

    @property
    def title(self) -> str:
        """The words of the heading; a `<br>` that is glued to them is none."""
        return self.heading.inline.text if self.heading else ""

    def walk(self) -> Iterator[Section]:
        """Itself and all sections below, in order."""
        yield self
        for section in self.sections:
            yield from section.walk()


def outline(blocks: Iterable[Block]) -> Section:
    """The tree of sections; its root has no heading and holds what stands before the first one."""
    root = Section(None)
    path = [root]
    for block in blocks:
        if isinstance(block, Heading):
            while len(path) > 1 and (path[-1].heading or block).level >= block.level:
                path.pop()
            path[-1].sections.append(section := Section(block))
            path.append(section)
        else:
            path[-1].blocks.append(block)
    return root


class Claims:
    """Which blocks of a page have been read. What nobody claimed is reported, never skipped."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._claimed: set[int] = set()

    def claim(self, block: Block | None) -> None:
        """Note that the block was read."""
        self._claimed.add(id(block))

    def report_unread(self, report: Report) -> None:
        """Report every block that was neither claimed nor is mere layout."""
        for block in self._page.blocks:
            if id(block) not in self._claimed and not is_layout(block):
                report.add("unread-block", f"{_KIND[type(block)]} is not read", block.span)


def is_layout(block: Block) -> bool:
    """Whether a block says nothing: line breaks, rules, comments, empty headings, tab frames."""
    match block:
        case Heading():
            return not block.inline.text
        case Html():
            return not _LAYOUT_HTML.sub("", block.text).strip()
        case Rule():
            return True
        case Shortcode():
            return block.name in _LAYOUT_SHORTCODES
        case _:
            return False
