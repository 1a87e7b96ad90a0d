"""The sections of a page: each heading with all parts below it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from apiscribe.dialects.http.parts import Part, clean
from apiscribe.dialects.http.words import OBJECT_GROUPS, Label, names_thing, plain, read_label
from apiscribe.pages.blocks import Component, Heading, Html, Page, Paragraph, Table

_SLUG_DROPPED = re.compile(r"[^\w\s-]")
# A name in a heading is no label, whatever words it is made of: `Field`, ErrorResponse.
_CODE_NAME = re.compile(r"\s*`[A-Z]\w*`")
_CAMEL_NAME = re.compile(r"[A-Z][a-z0-9]+[A-Z]\w*")
_HUGO_ANCHOR = re.compile(r"\s*\{#(?P<anchor>[\w.:-]+)[^{}]*\}\s*$")
_HTML_ANCHOR = re.compile(
    r"""<(?:a|p|div|span)\b[^<>]*\b(?:id|name)\s*=\s*["']?([\w.:-]+)""", re.IGNORECASE
)


@dataclass(eq=False)
class Section:
    """The parts from `start` up to `end`; the first is the heading, except in the root."""

    start: int
    end: int
    level: int
    title: str
    parent: Section | None = None
    sections: list[Section] = field(default_factory=list)
    anchors: tuple[str, ...] = ()
    is_name: bool = False  # the heading is a name

    @property
    def label(self) -> Label:
        """What the heading says about the parts below it."""
        return read_label(self.title)

    @property
    def is_role(self) -> bool:
        """Whether the heading names only a part: "Parameters", "HTTP request"."""
        label = self.label
        return self.level > 0 and label.is_role and not label.subject and not self.is_name

    def walk(self) -> Iterator[Section]:
        """Yield this section and all below it, in order."""
        yield self
        for section in self.sections:
            yield from section.walk()

    def around(self) -> Iterator[Section]:
        """Yield this section and all around it, from the innermost."""
        section: Section | None = self
        while section:
            yield section
            section = section.parent

    def section_of(self, index: int) -> Section:
        """Return the innermost section with a part."""
        at = bisect_right(self.sections, index, key=lambda s: s.start) - 1
        if at < 0 or index >= self.sections[at].end:
            return self
        return self.sections[at].section_of(index)

    def own(self) -> range:
        """Return the indexes of the parts before the first section below this one."""
        return range(self.start, self.sections[0].start if self.sections else self.end)


def build_sections(page: Page, parts: Sequence[Part]) -> Section:
    """Return the section of the whole page."""
    root = Section(0, len(parts), 0, page.front_matter.values.get("title", ""))
    path = [root]
    for index, part in enumerate(parts):
        if not isinstance(part.block, Heading) or part.quoted:
            continue
        level = part.block.level
        while len(path) > 1 and path[-1].level >= level:
            path.pop().end = index
        title, anchors = title_of(part.block)
        anchors = (*anchors, *_anchors_before(parts, index), *_anchors_after(parts, index))
        is_name = bool(_CODE_NAME.match(part.block.inline.source) or _CAMEL_NAME.fullmatch(title))
        section = Section(index, len(parts), level, title, path[-1], [], anchors, is_name)
        path[-1].sections.append(section)
        path.append(section)
    for section in root.walk():
        _name_objects(section)
        # "Message Object" may be above "Message Structure", which has the table.
        section.is_name |= names_thing(section.title) and _has_table(section, parts)
    return root


def _has_table(section: Section, parts: Sequence[Part]) -> bool:
    return any(isinstance(parts[at].block, Table) for at in section.own())


def _name_objects(section: Section) -> None:
    """Mark the headings below "Schemas" and the like as names, if they occur once there."""
    if plain(section.title) not in OBJECT_GROUPS:
        return
    titles = Counter(below.title for below in section.sections)
    for below in section.sections:
        below.is_name = below.is_name or titles[below.title] == 1


def title_of(heading: Heading) -> tuple[str, tuple[str, ...]]:
    """Return the words of a heading, and the targets of links to it."""
    inline = clean(heading.inline)
    title, anchors = inline.text, list(getattr(heading, "anchors", ()))
    if match := _HUGO_ANCHOR.search(title):
        title = title[: match.start()]
        anchors.append(match["anchor"])
    anchors += _HTML_ANCHOR.findall(inline.source)
    return title.strip(), (*anchors, slug(title))


def slug(title: str) -> str:
    """Return the anchor that site generators make of a heading."""
    return re.sub(r"\s+", "-", _SLUG_DROPPED.sub("", title.lower()).strip())


def _anchors_after(parts: Sequence[Part], index: int) -> Iterator[str]:
    """Yield the anchors of the blocks without words right after a heading."""
    for part in parts[index + 1 : index + 4]:
        match part.block:
            case Html(inline=inline) | Paragraph(inline=inline) if not inline.text:
                yield from _HTML_ANCHOR.findall(inline.source)
            case _:
                return


def _anchors_before(parts: Sequence[Part], index: int) -> Iterator[str]:
    """Yield the anchors of the HTML and the components right before a heading."""
    for at in range(index - 1, max(-1, index - 4), -1):
        match parts[at].block:
            case Html(text=text):
                yield from _HTML_ANCHOR.findall(text)
            case Paragraph(inline=inline) if not inline.text:
                yield from _HTML_ANCHOR.findall(inline.source)
            case Component(attributes={"id": anchor}, opens=True, closed=True):
                yield anchor
            case _:
                return
