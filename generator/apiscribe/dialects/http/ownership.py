"""The parts of a page that belong to each operation.

An operation owns its section, before and after the place of its verb and path. If its heading only
names a part ("HTTP request"), the section is the one around it. Operations of one section divide it
at their places.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from apiscribe.dialects.http.parts import Part, clean
from apiscribe.dialects.http.places import (
    BULLET,
    COMPONENT,
    HEADING,
    LABELLED,
    LINE,
    PROSE,
    ROW,
    Hit,
)
from apiscribe.dialects.http.routes import RouteText, is_same
from apiscribe.dialects.http.sections import Section, slug
from apiscribe.dialects.http.words import read_label
from apiscribe.pages.blocks import Block, Bullets, Item, Paragraph

_BOLD = re.compile(r"(\*\*|__)(?P<words>[^*_].{0,78}?)\1\s*[:：]?")


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
        routes: list[RouteText] = []
        for hit in self.hits:
            at = next((at for at, route in enumerate(routes) if _repeats(route, hit.route)), None)
            if at is None:
                routes.append(hit.route)
            elif _is_better(hit.route, routes[at]):
                routes[at] = hit.route
        return routes


def find_operations(parts: Sequence[Part], root: Section, hits: Sequence[Hit]) -> list[Operation]:
    """Return the operations of a page with their parts, in order."""
    return _Owners(parts, root).operations(hits)


class _Owners:
    def __init__(self, parts: Sequence[Part], root: Section) -> None:
        self.parts, self.root = parts, root
        self.anchored = {a.lower(): s for s in root.walk() for a in s.anchors}
        self.found: dict[int, list[Operation]] = defaultdict(list)  # by the start of the section

    def operations(self, hits: Sequence[Hit]) -> list[Operation]:
        by_section: dict[int, list[Hit]] = defaultdict(list)
        sections: dict[int, Section] = {}
        listed: list[Hit] = []
        defined = [hit for hit in hits if hit.weight > ROW]
        for hit in hits:
            section = self.section_of(hit)
            if hit.weight in (ROW, BULLET) and (target := self.target_of(hit, defined)):
                section = target
            elif hit.weight == ROW and not self.is_alone(hit, section, hits):
                listed.append(hit)
                continue
            by_section[id(section)].append(hit)
            sections[id(section)] = section
        for section in self.root.walk():
            if own := by_section.get(id(section)):
                self.divide(section, own)
        self.assign()
        operations = [o for own in self.found.values() for o in own]
        self.complete(operations, listed)
        return sorted(operations, key=lambda o: (o.hits[0].index, o.hits[0].item))

    def section_of(self, hit: Hit) -> Section:
        """Return the section that a place is in; of a heading that names a part, the one around."""
        section = self.root
        while below := next((s for s in section.sections if s.start <= hit.index < s.end), None):
            section = below
        while section.is_role and section.parent and hit.weight != HEADING:
            section = section.parent
        return section

    def target_of(self, hit: Hit, defined: Sequence[Hit]) -> Section | None:
        """Return the section that a row links to, if it has no operation of its own."""
        path, _, anchor = hit.target.partition("#")
        page = path.rpartition("/")[2].rpartition(".")[0]
        here = self.parts[0].block.span.path.rpartition("/")[2].rpartition(".")[0]
        section = self.anchored.get(anchor.lower()) if not path or page == here else None
        if section is None or section is self.root or section.start <= hit.index < section.end:
            return None
        taken = any(section.start <= other.index < section.end for other in defined)
        return None if taken else section

    def is_alone(self, hit: Hit, section: Section, hits: Sequence[Hit]) -> bool:
        """Return whether a row is the only route of a section that has more than its table."""
        inside = [h for h in hits if section.start <= h.index < section.end]
        return all(_repeats(h.route, hit.route) for h in inside) and section.end - section.start > 2

    def divide(self, section: Section, hits: list[Hit]) -> None:
        """Make operations of the hits of a section."""
        above = [o for s in list(section.around())[1:] for o in self.found[id(s)]]
        best = max(hit.weight for hit in hits)
        least = {COMPONENT: HEADING, LABELLED: LINE}.get(best, best)
        merged: list[list[Hit]] = []
        for hit in hits:
            if hit.weight < least:
                continue
            if any(_is_one(hit, other) for operation in above for other in operation.hits):
                continue
            same = next((own for own in merged if any(_is_one(hit, other) for other in own)), None)
            if same:
                same.append(hit)
            else:
                merged.append([hit])
        for own in merged:
            self.found[id(section)].append(self.operation(section, own, len(merged)))

    def operation(self, section: Section, hits: list[Hit], count: int) -> Operation:
        first = hits[0]
        operation = Operation(hits, self.title(section, first, count), section)
        block = self.parts[first.index].block if first.index >= 0 else None
        if first.weight == BULLET and isinstance(block, Bullets) and count > 1:
            operation.item = block.items[first.item]
            operation.listed = len(operation.item.blocks) < 2
        elif first.weight == PROSE and count > 1:
            operation.listed = True
        return operation

    def title(self, section: Section, hit: Hit, count: int) -> str:
        """Return the words above an operation, or beside it."""
        if hit.weight == HEADING and hit.words:
            return hit.words
        if hit.weight == COMPONENT and hit.words:
            return hit.words
        before = self.parts[hit.index - 1].block if hit.index > section.start else None
        if words := _bold_words(before):
            return words
        if count > 1 and hit.weight in (BULLET, PROSE, LINE):
            return hit.words
        heading = section
        while heading.parent and (heading.is_role or heading.title == ""):
            heading = heading.parent
        return "" if hit.weight == HEADING else heading.title

    def assign(self) -> None:
        """Give each operation its parts; a part belongs to the innermost section that has any."""
        for section in self.root.walk():
            own = [o for o in self.found[id(section)] if not o.item]
            if not own:
                continue
            indexes = list(self.free(section))
            starts = [min(h.index for h in o.hits) for o in own]
            if len(own) == 1:
                own[0].indexes = indexes
                continue
            if len(set(starts)) < len(starts):
                # Nothing tells which of the operations in one block the other parts are about.
                for operation in own:
                    operation.listed = True
                continue
            leads = [self.lead(start, section) for start in starts]
            for operation, lead, stop in zip(own, leads, [*leads[1:], section.end], strict=True):
                operation.indexes = [at for at in indexes if lead <= at < stop]
        self.adopt()

    def free(self, section: Section) -> list[int]:
        """Return the indexes of a section without those of sections with their own operations."""
        indexes = list(section.own())
        for below in section.sections:
            inside = any(self.found[id(s)] for s in below.walk())
            if not self.found[id(below)] and not (inside and section.level == 0):
                indexes += self.free(below)
        return indexes

    def lead(self, start: int, section: Section) -> int:
        """Return the index of the label right before an operation, or that of the operation."""
        before = start - 1
        return before if before > section.start and _bold_words(self.parts[before].block) else start

    def adopt(self) -> None:
        """Give sections such as "Parameters" to the operation before them on the same level."""
        taken = {at for own in self.found.values() for o in own for at in o.indexes}
        alone = sum(len(own) for own in self.found.values()) == 1
        last: Operation | None = None
        for section in self.root.walk():
            if own := [o for o in self.found[id(section)] if not o.listed]:
                last = own[-1]
                continue
            if section.start in taken or section is self.root:
                continue
            inside = any(self.found[id(s)] for s in section.walk())
            label = section.label
            shared = label.direction == "error" or label.part == "authorization" or label.status
            level = last.section.level if last else 0
            fits = section.is_role and section.level >= level > 0 and (alone or not shared)
            if last and fits and not inside and (alone or section.level > 1):
                last.indexes += [at for at in range(section.start, section.end) if at not in taken]
                taken.update(last.indexes)
            else:
                last = None

    def complete(self, operations: list[Operation], listed: Sequence[Hit]) -> None:
        """Add the operations that only a table lists; complete the others by their rows."""
        for hit in listed:
            same = [o for o in operations if any(_repeats(h.route, hit.route) for h in o.hits)]
            if same:
                for operation in same:
                    operation.hits.append(hit)
            else:
                section = self.section_of(hit)
                operations.append(Operation([hit], hit.words or hit.name, section, listed=True))


def _bold_words(block: Block | None) -> str:
    """Return the words of a bold paragraph that does not name a part; "" for any other block."""
    if not isinstance(block, Paragraph):
        return ""
    bold = _BOLD.fullmatch(clean(block.inline).source.strip())
    return "" if bold is None or read_label(bold["words"]).is_role else bold["words"]


def _is_one(hit: Hit, other: Hit) -> bool:
    """Return whether two hits are one operation: the same route, or several routes of it."""
    if _repeats(hit.route, other.route):
        return True
    together = hit.index == other.index and hit.weight == other.weight
    if not together or hit.weight not in (HEADING, LINE, BULLET, PROSE):
        return False
    same = hit.route.verb == other.route.verb and _ends_alike(hit.route, other.route)
    return same or (hit.item == other.item and hit.weight in (HEADING, LINE))


def _ends_alike(one: RouteText, other: RouteText) -> bool:
    """Return whether the last words of two paths are equal: one resource, in two places."""
    first, second = one.path.rstrip("/"), other.path.rstrip("/")
    words = [[s for s in path.split("/") if "{" not in s][-1:] for path in (first, second)]
    return words[0] == words[1] and first.endswith("}") == second.endswith("}")


def _repeats(one: RouteText, other: RouteText) -> bool:
    """Return whether two routes are one, perhaps with example values in place of parameters."""
    if not is_same(one, other):
        return False
    pairs = zip(one.path.split("/")[::-1], other.path.split("/")[::-1], strict=False)
    return all(
        a.lower() == b.lower()
        or ("{" in a and "{" in b)
        or any(c.isdigit() for c in a + b)
        or _is_filled(a, b)
        or _is_filled(b, a)
        for a, b in pairs
        if a and b
    )


def _is_filled(template: str, segment: str) -> bool:
    """Return whether a segment is another one with a value: `looms.json` of `looms.{format}`."""
    literals = re.split(r"\{[^{}]*\}", template)
    if len(literals) == 1 or not any(literals):
        return False
    return re.fullmatch("[^/]+".join(map(re.escape, literals)), segment) is not None


def _is_better(one: RouteText, other: RouteText) -> bool:
    """Return whether the first of two spellings of a route has more parameters than the other."""
    return (len(one.parameters) - len(one.inferred)) > (len(other.parameters) - len(other.inferred))
