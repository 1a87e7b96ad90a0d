"""The parts of a page that belong to each operation.

An operation owns its section, before and after the place of its verb and path. If its heading only
names a part ("HTTP request"), the section is the one around it. Operations of one section divide it
at their places.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from apiscribe.dialects.http.hits import (
    BULLET,
    COMPONENT,
    HEADING,
    LABELLED,
    LINE,
    PROSE,
    ROW,
    Hit,
)
from apiscribe.dialects.http.listings import (
    Operation,
    Targets,
    are_alike,
    complete,
    described_elsewhere,
    is_alone,
)
from apiscribe.dialects.http.parts import Part, clean, label_of
from apiscribe.dialects.http.same_routes import is_one
from apiscribe.dialects.http.sections import Section
from apiscribe.dialects.http.words import OBJECT_GROUPS, STATUSES, plain, read_label
from apiscribe.pages.blocks import Block, Bullets, Html, Paragraph

_BOLD = re.compile(r"(\*\*|__)(?P<words>[^*_].{0,78}?)\1\s*[:：]?")


def find_operations(parts: Sequence[Part], root: Section, hits: Sequence[Hit]) -> list[Operation]:
    """Return the operations of a page with their parts, in order."""
    return _Owners(parts, root).operations(hits)


class _Owners:
    def __init__(self, parts: Sequence[Part], root: Section) -> None:
        self.parts, self.root = parts, root
        self.found: dict[int, list[Operation]] = defaultdict(list)  # by the start of the section

    def operations(self, hits: Sequence[Hit]) -> list[Operation]:
        by_section: dict[int, list[Hit]] = defaultdict(list)
        sections: dict[int, Section] = {}
        defined = [hit for hit in hits if hit.weight > ROW]
        listed = described_elsewhere(defined, self.section_of)
        named = {id(hit) for hit in listed}
        headed = [hit for hit in defined if hit.weight == HEADING]
        targets = Targets(self.parts, self.root, defined)
        for hit in (each for each in hits if id(each) not in named):
            section = self.section_of(hit)
            if self.is_headed(hit, section, headed):
                continue
            if hit.weight in (ROW, BULLET) and (target := targets.of(hit)):
                section = target
            elif hit.weight == ROW and not is_alone(hit, section, hits):
                listed.append(hit)
                continue
            by_section[id(section)].append(hit)
            sections[id(section)] = section
        for section in self.root.walk():
            if own := by_section.get(id(section)):
                self.divide(section, own)
        self.assign()
        operations = [o for own in self.found.values() for o in own]
        complete(operations, listed, self.section_of)
        return sorted(operations, key=lambda o: (o.hits[0].index, o.hits[0].item))

    def section_of(self, hit: Hit) -> Section:
        """Return the section that a place is in; of a heading that names a part, the one around."""
        section = self.root.section_of(hit.index)
        while section.parent and hit.weight != HEADING:
            if not section.is_role and not self.is_between_roles(section):
                break
            section = section.parent
        return section

    def is_between_roles(self, section: Section) -> bool:
        """Return whether a section has nothing but a block, and the others beside it are all parts
        of an operation: "Definition", with the route, between "Arguments" and "Example request".
        """
        above = section.parent
        inside = self.parts[section.start + 1 : section.end]
        blocks = sum(not isinstance(part.block, Html) for part in inside)
        if above is None or above.level == 0 or section.sections or blocks > 1:
            return False
        others = [each for each in above.sections if each is not section]
        return bool(others) and all(each.is_role for each in others)

    def is_headed(self, hit: Hit, section: Section, headed: Sequence[Hit]) -> bool:
        """Return whether a request in an example repeats the heading of a section beside it."""
        if hit.weight == HEADING or not (hit.sample or hit.route.inferred):
            return False
        inside = (h for h in headed if section.start < h.index < section.end)
        return any(is_one(hit, other) for other in inside)

    def divide(self, section: Section, hits: list[Hit]) -> None:
        """Make operations of the hits of a section."""
        above = [o for s in list(section.around())[1:] for o in self.found[id(s)]]
        best = max(hit.weight for hit in hits)
        least = {COMPONENT: HEADING, LABELLED: LINE}.get(best, best)
        merged: list[list[Hit]] = []
        for hit in hits:
            if hit.weight < least:
                continue
            if any(is_one(hit, other) for operation in above for other in operation.hits):
                continue
            same = next((own for own in merged if any(is_one(hit, other) for other in own)), None)
            if same:
                same.append(hit)
            else:
                merged.append([hit])
        if self.is_query_in_form(section, merged):
            merged = [[hit for own in merged for hit in own]]
        for own in merged:
            self.found[id(section)].append(self.operation(section, own, len(merged)))

    def is_query_in_form(self, section: Section, merged: Sequence[Sequence[Hit]]) -> bool:
        """Return whether the only operations of a section are a GET and a POST on one path, written
        in one block, and the section lists query parameters: the POST sends them as a form.
        """
        keys = {hit.route.key for own in merged for hit in own}
        blocks = {hit.index for own in merged for hit in own}
        if {verb for verb, _ in keys} != {"GET", "POST"} or len(keys) != 2 or len(blocks) != 1:
            return False
        if len({path for _, path in keys}) != 1:
            return False
        labels = (label_of(self.parts[at]) for at in section.own())
        return any(label and label.place == "query" and not label.direction for label in labels)

    def operation(self, section: Section, hits: list[Hit], count: int) -> Operation:
        first = hits[0]
        operation = Operation(hits, self.title(section, first, count), section)
        block = self.parts[first.index].block if first.index >= 0 else None
        if first.weight == BULLET and isinstance(block, Bullets):
            item = block.items[first.item]
            whole = len(item.blocks) > 1 and first.index == section.end - 1
            if count > 1 or whole:
                operation.item = item
                operation.listed = len(item.blocks) < 2
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
            return "" if _continues(hit.words) else re.split(r"(?<=\w)\.\s", hit.words)[0]
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
            beside: dict[int, list[Operation]] = defaultdict(list)
            for operation, start in zip(own, starts, strict=True):
                beside[start].append(operation)
            leads = [self.lead(start, section) for start in beside] if len(beside) > 1 else [-1]
            stops = [*leads[1:], section.end]
            for together, lead, stop in zip(beside.values(), leads, stops, strict=True):
                # Nothing states which of them the other parts are about, unless all are alike.
                listed = len(together) > 1 and not are_alike(together)
                for operation in together:
                    operation.listed = listed
                    operation.indexes = (
                        [] if listed else [at for at in indexes if lead <= at < stop]
                    )
        self.adopt()

    def free(self, section: Section) -> list[int]:
        """Return the indexes of a section without those of sections with their own operations."""
        indexes = list(section.own())
        for below in section.sections:
            if plain(below.title) in OBJECT_GROUPS and not below.is_role:
                continue  # "Definitions" of an operation: objects
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


def _continues(words: str) -> bool:
    """Return whether words go on with a sentence: "with the bytes", "returns the parts"."""
    return any(STATUSES[key].match(words) for key in ("after", "returning"))


def _bold_words(block: Block | None) -> str:
    """Return the words of a bold paragraph that does not name a part; "" for any other block."""
    if not isinstance(block, Paragraph):
        return ""
    bold = _BOLD.fullmatch(clean(block.inline).source.strip())
    return "" if bold is None or read_label(bold["words"]).is_role else bold["words"]
