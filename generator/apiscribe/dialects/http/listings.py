"""Operations in lists: tables and bullets that name operations which other sections describe."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from apiscribe.dialects.http.hits import LINE, Hit
from apiscribe.dialects.http.parts import Part
from apiscribe.dialects.http.route_index import RouteIndex
from apiscribe.dialects.http.routes import RouteText
from apiscribe.dialects.http.same_routes import distinct_routes, repeats
from apiscribe.dialects.http.sections import Section, slug
from apiscribe.dialects.http.words import plain
from apiscribe.pages.blocks import Item

_NUMBER = re.compile(r"^\d+(?:\.\d+)*[.)]?\s+")


@dataclass(eq=False)
class Operation:
    """An operation, and the indexes of its parts in order.

    `listed`: the page only names it. `item` is the bullet that holds it.
    """

    hits: list[Hit]
    title: str
    section: Section
    indexes: list[int] = field(default_factory=list)
    listed: bool = False
    item: Item | None = None

    @property
    def anchors(self) -> tuple[str, ...]:
        """The names under which links may find the operation."""
        return tuple(dict.fromkeys((*self.section.anchors, slug(self.title))))

    @property
    def routes(self) -> list[RouteText]:
        """The routes without those that only repeat another with example values."""
        return distinct_routes(self.hits)


class Targets:
    """The sections that describe what lists name: by a link, or by the words of the heading."""

    def __init__(self, parts: Sequence[Part], root: Section, defined: Sequence[Hit]) -> None:
        self._root = root
        self._page = _stem(parts[0].block.span.path) if parts else ""
        self._taken = {id(s) for hit in defined for s in root.section_of(hit.index).around()}
        self._anchored = {a.lower(): s for s in root.walk() for a in s.anchors}
        titles = Counter(_words(s.title) for s in root.walk())
        self._titled = {w: s for s in root.walk() if (w := _words(s.title)) and titles[w] == 1}

    def of(self, hit: Hit) -> Section | None:
        """Return the section that a row or a bullet names, if it has no operation of its own."""
        path, _, anchor = hit.target.partition("#")
        here = not path or _stem(path) == self._page
        section = self._anchored.get(anchor.lower()) if here else None
        section = section or self._titled.get(_words(hit.words))
        if section is None or section is self._root or section.start <= hit.index < section.end:
            return None
        return None if id(section) in self._taken else section


def _stem(path: str) -> str:
    return path.rpartition("/")[2].rpartition(".")[0]


def _words(title: str) -> str:
    return _NUMBER.sub("", plain(title))


def described_elsewhere(hits: Sequence[Hit], section_of: Callable[[Hit], Section]) -> list[Hit]:
    """Return the hits of blocks that list operations which sections, or lines, of their own
    describe: a block that lists several repeats those below it if each has a line.
    """
    blocks: dict[int, list[Hit]] = defaultdict(list)
    own: dict[tuple[str, str], list[Section]] = defaultdict(list)
    last: dict[tuple[str, str], int] = {}
    for hit in hits:
        blocks[hit.index].append(hit)
    for hit in hits:
        if hit.weight >= LINE and len(blocks[hit.index]) == 1:
            own[hit.route.key].append(section_of(hit))
            last[hit.route.key] = hit.index
    listed: list[Hit] = []
    for block in blocks.values():
        if len({hit.route.key for hit in block}) > 1 and block[0].weight <= LINE:
            around = {id(s) for s in section_of(block[0]).around()}
            again = all(last.get(hit.route.key, -1) > hit.index for hit in block)
            for hit in block:
                if again or any(id(section) not in around for section in own[hit.route.key]):
                    listed.append(hit)
    return listed


def are_alike(operations: Sequence[Operation]) -> bool:
    """Return whether operations only differ in a word of their paths, `/relay/on`, `/relay/off`, or
    are the two changes of one path, PUT and PATCH.
    """
    routes = [route for operation in operations for route in operation.routes]
    if {route.verb for route in routes} == {"PUT", "PATCH"} and len({r.path for r in routes}) == 1:
        return True
    paths = [route.path.split("/") for route in routes]
    if len({route.verb for route in routes}) > 1 or len({len(path) for path in paths}) > 1:
        return False
    columns = [set(segments) for segments in zip(*paths, strict=True)]
    different = [segments for segments in columns if len(segments) > 1]
    return len(different) == 1 and not any("{" in segment for segment in different[0])


def is_alone(hit: Hit, section: Section, hits: Sequence[Hit]) -> bool:
    """Return whether a row is the only route of a section that has more than its table."""
    inside = (h for h in hits if section.start <= h.index < section.end)
    return section.end - section.start > 2 and all(repeats(h.route, hit.route) for h in inside)


def complete(
    operations: list[Operation], listed: Sequence[Hit], section_of: Callable[[Hit], Section]
) -> None:
    """Add the operations that only a table lists; complete the others by their rows."""
    index: RouteIndex[tuple[RouteText, Operation]] = RouteIndex()
    for operation in operations:
        for hit in operation.hits:
            index.add(hit.route, (hit.route, operation))
    for hit in listed:
        same = {id(o): o for r, o in index.near(hit.route) if repeats(r, hit.route)}
        if not same:
            added = Operation([], hit.words or hit.name, section_of(hit), listed=True)
            operations.append(added)
            same = {id(added): added}
        for operation in same.values():
            operation.hits.append(hit)
            index.add(hit.route, (hit.route, operation))
