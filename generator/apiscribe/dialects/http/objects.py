"""Messages: sections with typed members and no operation.

The heading names the message; if it only names a part ("Properties"), the heading above it does, or
the title of the page. `if_used`: without a word such as "object" or "Schemas" in a heading, the
section is a message only if a type refers to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile

from apiscribe.dialects.http.contents import Contents
from apiscribe.dialects.http.member_lines import read_attribute
from apiscribe.dialects.http.members import Member, as_field
from apiscribe.dialects.http.nested_groups import attach
from apiscribe.dialects.http.nesting import nest
from apiscribe.dialects.http.object_variants import change, is_variant, members_of_variant
from apiscribe.dialects.http.parts import Part, clean
from apiscribe.dialects.http.reader import read_parts
from apiscribe.dialects.http.sections import Section
from apiscribe.dialects.http.words import (
    OBJECT_GROUPS,
    is_about_settings,
    object_name,
    plain,
)
from apiscribe.model.draft import ExampleDraft, MessageDraft
from apiscribe.pages.blocks import Heading, Inline, Page, Paragraph

_MOST_WORDS = 7  # of the name of a message


class Objects:
    """Finds the messages of a page; `attributes` are the headings that are members."""

    def __init__(
        self,
        page: Page,
        parts: Sequence[Part],
        root: Section,
        taken: frozenset[int],
        local: Mapping[int, set[str]] | None = None,
    ) -> None:
        self.page, self.parts, self.root, self.taken = page, parts, root, taken
        self.local = local or {}  # start of a section → the anchors of links to it
        self.attributes: set[int] = set()

    def find(self) -> Iterator[tuple[MessageDraft, set[int]]]:
        """Yield the messages, each with the indexes of its parts."""
        for section in self.root.walk():
            if section.start in self.taken and section is not self.root:
                continue
            if section.is_role and section.parent is not self.root and section.level:
                continue
            if found := self.read(section):
                yield found

    def read(self, section: Section) -> tuple[MessageDraft, set[int]] | None:
        """Return the message of a section, and the indexes of its parts."""
        if section.start in self.attributes and section is not self.root:
            return None
        beside_root = section.level and section.is_role and section.parent is self.root
        titled = self.root if beside_root and self.root.title else section
        indexes = [at for at in self.indexes(section) if at not in self.taken]
        contents = read_parts(
            self.parts, indexes, frozenset({section.start} if section.level else ())
        )
        members, used = self.members(section, contents)
        if (base := section.parent) and change(section) and is_variant(base):
            return None
        if base and is_variant(section):
            listed = [m for below in section.sections for m in self.listed(below)]
            members = members_of_variant(self.parts, section, self.listed(base), listed)
            used.update(range(section.start, section.end))
        if not members or not any(m.type or m.members for m in members):
            return None
        title = self.title(titled)
        name = object_name(title)
        if not name or len(name.split()) > _MOST_WORDS:
            return None
        shown = tuple(
            ExampleDraft(role="message", text=s.text, span=s.span)
            for s in contents.shown
            if s.label.direction not in ("request", "error")
        )
        span = self.parts[section.start].block.span if section.level else members[0].span
        draft = MessageDraft(
            name=name,
            fields=tuple(as_field(member) for member in nest(members)),
            description="\n\n".join(contents.description[:2]),
            examples=shown,
            anchors=tuple(dict.fromkeys(self.anchors(section, name))),
            if_used=not self.is_stated(section, title, name),
            span=span,
        )
        return draft, contents.read | used

    def listed(self, section: Section) -> list[Member]:
        """Return the members that the own parts of a section list."""
        indexes = [at for at in section.own() if at not in self.taken]
        contents = read_parts(self.parts, indexes, frozenset({section.start}))
        return [m for group in contents.groups for m in group.members]

    def indexes(self, section: Section) -> Iterator[int]:
        """Yield the own parts of a section, and those of sections below it that name a part."""
        if section is self.root and section.sections and not section.title:
            # A page without a title in front matter: its first heading is the title.
            return
        yield from section.own()
        for beside in self.beside(section):
            yield from self.indexes(beside)
        if section is self.root and not section.title:
            return
        # After another heading, they belong to that one.
        for below in takewhile(lambda s: s.is_role, section.sections):
            if below.start not in self.taken:
                yield from self.indexes(below)

    def beside(self, section: Section) -> Iterator[Section]:
        """Yield the sections on the same level after a section that name its parts."""
        if section.is_role or section.parent is None:
            return
        siblings = section.parent.sections
        for sibling in siblings[siblings.index(section) + 1 :]:
            if not sibling.is_role or sibling.start in self.taken:
                return
            yield sibling

    def members(self, section: Section, contents: Contents) -> tuple[list[Member], set[int]]:
        """Return the members of a section, and the indexes of the sections that are members."""
        members = [
            member
            for group in attach(contents.groups, contents)
            if group.label.part != "headers"
            and not group.label.place
            and group.label.direction not in ("request", "error")
            for member in group.members
        ]
        used: set[int] = set()
        for below in (section, *(s for s in section.sections if s.is_role)):
            for child in below.sections:
                if member := self.attribute(child):
                    members.append(member)
                    self.attributes.add(child.start)
                    used.update(range(child.start, child.end))
        return members, used

    def attribute(self, section: Section) -> Member | None:
        """Return the member that a section describes."""
        if section.start in self.taken or section.end - section.start < 2:
            return None
        heading, below = self.parts[section.start].block, self.parts[section.start + 1].block
        if not isinstance(heading, Heading) or not isinstance(below, Paragraph):
            return None
        title = clean(heading.inline)
        source = title.source.split("{#")[0].strip()
        return read_attribute(Inline(source, title.span, title.markup), below)

    def title(self, section: Section) -> str:
        """Return the heading that names the message of a section."""
        while section.is_role and section.parent and section.parent.title:
            section = section.parent
        return section.title or self.page.front_matter.values.get("title", "")

    def anchors(self, section: Section, name: str) -> Iterator[str]:
        """Yield the targets of links to a message; "" is the page itself."""
        yield from section.anchors
        yield from sorted(self.local.get(section.start, ()))
        above = section.parent
        if section is self.root or section.level <= 1:
            yield ""
        while above:
            if above.is_role or plain(object_name(above.title)) == plain(name):
                yield from above.anchors if above.level else ("",)
            above = above.parent

    def is_stated(self, section: Section, title: str, name: str) -> bool:
        """Return whether a word in a heading says that the section is a message."""
        around = list(section.around())
        if any(plain(above.title) in OBJECT_GROUPS for above in around[1:]):
            return True
        if any(is_about_settings(heading) for heading in (title, *(s.title for s in around))):
            return False
        below = any(
            s.is_role and s.label.part in ("parameters", "schema") for s in section.sections
        )
        alone = section is self.root or section.level == 1
        return name != title or (below and alone)
