"""The outline of a page: its blocks by heading, and which of them were read."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from apiscribe.diagnostics.codes import Message
from apiscribe.diagnostics.codes.pages import deep_block, deep_lines, unread_block
from apiscribe.diagnostics.report import CoveredPart, Report
from apiscribe.diagnostics.source import Span
from apiscribe.pages.anchors import has_only_anchors
from apiscribe.pages.blocks import (
    Block,
    Bullets,
    Code,
    Component,
    Definitions,
    Heading,
    Html,
    Item,
    Page,
    Paragraph,
    Quote,
    Row,
    Rule,
    Table,
)

# Components that only arrange the blocks between them.
_LAYOUT_COMPONENTS = frozenset({"hint", "tabs", "tab"})
_LAYOUT_TAG = re.compile(r"<br\s*/?>|</?(?:div|section|span|center|p)\b[^<>]*>", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)

_KIND = {
    Heading: "heading",
    Paragraph: "paragraph",
    Quote: "quote",
    Bullets: "list",
    Definitions: "definition list",
    Item: "bullet",
    Table: "table",
    Row: "table row",
    Code: "block of code",
    Component: "shortcode",
    Html: "HTML",
    Rule: "rule",
}

# Why parts of a page are skipped: rule → the text that `apiscribe explain` prints.
SKIP_RULES = {
    "layout": "Line breaks, horizontal rules, comments, anchors, empty headings and the shortcodes"
    " of hints and tabs only arrange a page, and on protobuf pages all shortcodes around others.",
    "front-matter": "Front matter other than `description` configures the site generator.",
    "repeated-methods": "A second table of methods repeats the first one.",
    "between-tables": "Text between two tables of methods comes from a template that prints the"
    " table twice, and describes neither table.",
    "repeated-fields": "A tab with an example of a message may list the message's fields again."
    " They are only compared with the fields under the message's own heading.",
    "scalar-types": "The table at the end of a protobuf page explains the scalar types.",
    "extensions": "Extensions of options or of proto2 messages are not part of an API's model.",
    "table-of-contents": "A list of links to the headings of the same page repeats the headings.",
    "link-to-top": "A link to the top of the page only arranges it.",
    "link-targets": "Lines that define the targets of links are not shown to readers.",
    "repeated-shape": "Code that lists the names and types of a message again, in YAML or in JSON"
    " without values, repeats the table below it.",
    "uses": "A list of the declarations that use a message repeats their fields.",
    "provided-types": "The types of google.protobuf and google.api come with protobuf.",
    "usage": "Code above the first declaration of a protobuf page shows how the API is used.",
    "other-page": "A page without services, types or HTTP routes is not about the API.",
    "prose": "On a page about HTTP, text outside of operations and messages describes the API as a"
    " whole.",
    "no-operation": "On a page about HTTP, tables, lists and code outside of operations and"
    " messages declare nothing. The tables are counted in a diagnostic.",
    "facts": "A page about authentication or base addresses states facts of the whole HTTP API.",
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
        """The words of the heading, without a `<br>` next to them."""
        return self.heading.inline.text if self.heading else ""

    def walk(self) -> Iterator[Section]:
        """Yield this section and all sections below it, in order."""
        yield self
        for section in self.sections:
            yield from section.walk()


def build_outline(blocks: Iterable[Block]) -> Section:
    """Build the tree of sections; the root has no heading and holds the blocks before the first."""
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
    """The status of each part of a page. Blocks without a status are reported as unread.

    The status of a table, list or quote applies to all its parts, except those that were skipped or
    reported as unread before.
    """

    def __init__(self, page: Page, report: Report) -> None:
        self.report = report
        self._page = page
        self._statuses: dict[int, str] = {}
        self._routes = 0

    def read(self, part: Part | None) -> None:
        """Record that the part was read."""
        if part is not None:
            self._statuses.setdefault(id(part), "read")

    def scratch(self) -> Coverage:
        """Return a coverage for reading a part again; its records and reports do not count."""
        return Coverage(self._page, Report())

    def read_route(self) -> None:
        """Count a route; it is a line of a part that is recorded as a whole."""
        self._routes += 1

    def skip(self, part: Part, rule: str) -> None:
        """Record that the part adds nothing, by one of `SKIP_RULES`."""
        assert rule in SKIP_RULES, rule
        parts = (part, part.header, *part.rows) if isinstance(part, Table) else (part,)
        self._statuses |= {id(item): rule for item in parts}

    def set_all(self, status: str) -> None:
        """Record one status for the whole page."""
        self._statuses = {id(block): status for block in self._page.blocks}

    def unread(
        self,
        part: Part,
        message: Message,
        *,
        span: Span | None = None,
        mark: str = "",
        cause: str = "",
    ) -> None:
        """Report that the part cannot be read, or only the piece of it at `span`."""
        self._statuses[id(part)] = "unread"
        self.report.add(message, span or part.span, mark=mark, cause=cause)

    def finish(self) -> None:
        """Report every block without a status, and add the page to the report's coverage."""
        for block in self._page.blocks:
            lost = self._lost_in(block)
            if lost and self._statuses.get(id(block)) in ("read", "unread"):
                message = deep_lines(_KIND[type(block)])
                self.report.add(message, self._page.source.span(lost[0], lost[-1]))
            if id(block) not in self._statuses:
                if is_layout(block):
                    self.skip(block, "layout")
                else:
                    kind = _KIND[type(block)]
                    self.unread(block, deep_block(kind) if lost else unread_block(kind))
            for part, status in self._leaves(block, self._statuses[id(block)]):
                kind = _KIND[type(part)]
                self.report.cover(CoveredPart(span=part.span, kind=kind, status=status))
        for key, span in self._page.front_matter.spans.items():
            status = "read" if key == "description" else "front-matter"
            self.report.cover(CoveredPart(span=span, kind="front matter", status=status))
        if self._routes:
            self.report.coverage[self._page.path, "route", "read"] += self._routes

    def _lost_in(self, block: Block) -> tuple[int, ...]:
        """Return the lines of a block that are nested too deep."""
        lost, span = self._page.lost, block.span
        return lost[bisect_left(lost, span.line) : bisect_right(lost, span.end_line)]

    def _leaves(self, part: Part, status: str) -> Iterator[tuple[Part, str]]:
        """Yield the parts without sub-parts, each with its status or that of its container."""
        status = self._statuses.get(id(part), status)
        match part:
            case Table():
                rows = (part.header, *part.rows)
                yield from ((row, self._statuses.get(id(row), status)) for row in rows)
            case Bullets():
                yield from ((item, self._statuses.get(id(item), status)) for item in part.items)
            case Quote():
                for block in part.blocks:
                    yield from self._leaves(block, status)
            case _:
                yield part, status


def record_page(status: str, page: Page, report: Report) -> None:
    """Record one status for a whole page: `unread` or one of `SKIP_RULES`."""
    coverage = Coverage(page, report)
    coverage.set_all(status)
    coverage.finish()


def is_layout(block: Block) -> bool:
    """Return whether a block has no content: line breaks, rules, comments, empty headings, tabs."""
    match block:
        case Heading():
            return not block.inline.text
        case Html():
            # No comment ends after the last `-->`, and searching for an end there is slow.
            inside, end, text = block.text.rpartition("-->")
            text = _COMMENT.sub("", inside + end) + text
            return not _LAYOUT_TAG.sub("", text).strip()
        case Paragraph():
            return has_only_anchors(block)
        case Rule():
            return True
        case Component():
            return block.name in _LAYOUT_COMPONENTS
        case _:
            return False
