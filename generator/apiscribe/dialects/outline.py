"""The outline of a page: its blocks by heading, and which of them have been read."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from apiscribe.diagnostics.codes import Message
from apiscribe.diagnostics.codes.pages import deep_block, deep_lines, unread_block
from apiscribe.diagnostics.report import Report
from apiscribe.diagnostics.source import Span
from apiscribe.pages.blocks import (
    Block,
    Bullets,
    Code,
    Heading,
    Html,
    Item,
    Page,
    Paragraph,
    Quote,
    Row,
    Rule,
    Shortcode,
    Table,
)

# Shortcodes that arrange what stands between them, and say nothing of the API.
_LAYOUT_SHORTCODES = frozenset({"hint", "tabs", "tab"})
_LAYOUT_TAG = re.compile(r"<br\s*/?>|</?div[^<>]*>", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)

_KIND = {
    Heading: "heading",
    Paragraph: "paragraph",
    Quote: "quote",
    Bullets: "list",
    Item: "bullet",
    Table: "table",
    Row: "table row",
    Code: "block of code",
    Shortcode: "shortcode",
    Html: "HTML",
    Rule: "rule",
}

# Why parts of a page are passed over: rule → what `apiscribe explain` prints of it.
SKIP_RULES = {
    "layout": "Line breaks, rules, comments, empty headings, and the frames of hints and tabs"
    " arrange a page and say nothing of the API.",
    "front-matter": "Front matter other than `description` tells the site's generator how to show"
    " the page.",
    "repeated-methods": "A second table of methods that says the same as the first.",
    "between-tables": "Text between two tables of methods says nothing of either: a template that"
    " prints the table twice left it there.",
    "repeated-fields": "A tab that shows an example of a message lists the message's fields too."
    " They stand under the message's own heading and are compared with it.",
    "index-page": "A README or index page that declares nothing introduces its folder.",
}

Part = Block | Item | Row


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


class Coverage:
    """What became of each part of a page. What nobody claimed is reported, never skipped.

    Whoever coverage a table, list or quote coverage all that is in it, but for what was passed over or
    reported as unread before.
    """

    def __init__(self, page: Page, report: Report) -> None:
        self.report = report
        self._page = page
        self._fates: dict[int, str] = {}
        self._routes = 0

    def claim(self, part: Part | None) -> None:
        """Note that the part was read."""
        if part is not None:
            self._fates.setdefault(id(part), "used")

    def scratch(self) -> Coverage:
        """Coverage for reading a part once more: nothing that they note or report counts."""
        return Coverage(self._page, Report())

    def claim_route(self) -> None:
        """Note a route; it is a line of a part that is claimed as a whole."""
        self._routes += 1

    def skip(self, part: Part, rule: str) -> None:
        """Note that the part says nothing new, by one of `SKIP_RULES`."""
        assert rule in SKIP_RULES, rule
        parts = (part, part.header, *part.rows) if isinstance(part, Table) else (part,)
        self._fates |= {id(each): rule for each in parts}

    def decide(self, status: str) -> None:
        """Note one status for the whole page."""
        self._fates = {id(block): status for block in self._page.blocks}

    def unread(
        self,
        part: Part,
        message: Message,
        *,
        span: Span | None = None,
        mark: str = "",
        cause: str = "",
    ) -> None:
        """Report that the part cannot be read, or not all of it: what stands at `span`."""
        self._fates[id(part)] = "unread"
        self.report.add(message, span or part.span, mark=mark, cause=cause)

    def settle(self) -> None:
        """Report every block that nobody claimed, and enter the page into the report's coverage."""
        for block in self._page.blocks:
            lost = self._lost_in(block)
            if lost and self._fates.get(id(block)) in ("used", "unread"):
                message = deep_lines(_KIND[type(block)])
                self.report.add(message, self._page.source.span(lost[0], lost[-1]))
            if id(block) not in self._fates:
                if is_layout(block):
                    self.skip(block, "layout")
                else:
                    kind = _KIND[type(block)]
                    self.unread(block, deep_block(kind) if lost else unread_block(kind))
            for part, status in self._leaves(block, self._fates[id(block)]):
                self.report.coverage[self._page.path, _KIND[type(part)], status] += 1
        for key in self._page.front_matter.values:
            status = "used" if key == "description" else "front-matter"
            self.report.coverage[self._page.path, "front matter", status] += 1
        if self._routes:
            self.report.coverage[self._page.path, "route", "used"] += self._routes

    def _lost_in(self, block: Block) -> tuple[int, ...]:
        """The lines of a block that are nested too deep."""
        lost, span = self._page.lost, block.span
        return lost[bisect_left(lost, span.line) : bisect_right(lost, span.end_line)]

    def _leaves(self, part: Part, status: str) -> Iterator[tuple[Part, str]]:
        """The parts that hold no others, with their statuses, or with that of their holder."""
        status = self._fates.get(id(part), status)
        match part:
            case Table():
                rows = (part.header, *part.rows)
                yield from ((row, self._fates.get(id(row), status)) for row in rows)
            case Bullets():
                yield from ((item, self._fates.get(id(item), status)) for item in part.items)
            case Quote():
                for block in part.blocks:
                    yield from self._leaves(block, status)
            case _:
                yield part, status


def account_as(status: str, page: Page, report: Report) -> None:
    """Enter a page as a whole into the report's coverage: `unread`, or by one of
    `SKIP_RULES`.
    """
    coverage = Coverage(page, report)
    coverage.decide(status)
    coverage.settle()


def is_layout(block: Block) -> bool:
    """Whether a block says nothing: line breaks, rules, comments, empty headings, tab frames."""
    match block:
        case Heading():
            return not block.inline.text
        case Html():
            # Behind the last end of a comment there is none, and to look for one takes long.
            inside, end, text = block.text.rpartition("-->")
            text = _COMMENT.sub("", inside + end) + text
            return not _LAYOUT_TAG.sub("", text).strip()
        case Rule():
            return True
        case Shortcode():
            return block.name in _LAYOUT_SHORTCODES
        case _:
            return False
