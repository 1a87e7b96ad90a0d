"""Variants of an object: a section inside that of the object, which lists only the differences.

    ## Hive
    | Attribute | Type |

    ### Hive Minified
    #### Removed Attributes
    * `keeper`

    #### Added Attributes
    | Attribute | Type |

The variant has the members of the object around it, with these changes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from apiscribe.dialects.http.members import Member
from apiscribe.dialects.http.parts import Part, clean
from apiscribe.dialects.http.sections import Section
from apiscribe.dialects.http.type_texts import type_of_text
from apiscribe.dialects.http.words import VARIANTS, plain, read_label
from apiscribe.pages.blocks import Bullets, Inline, Paragraph

_CHANGED = re.compile(r"\s*`(?P<name>[\w.-]+)`\s*(?:is|:|=|→|->|—|–)\s*(?P<type>\S.*)", re.DOTALL)
_NAME = re.compile(r"\s*`?(?P<name>[\w.-]+)`?\s*")


def change(section: Section) -> str:
    """Return `added`, `removed` or `modified` for a heading such as `Added Attributes`, or ""."""
    first, _, rest = plain(section.title).partition(" ")
    return VARIANTS.get(first, "") if read_label(rest).part == "parameters" else ""


def is_variant(section: Section) -> bool:
    """Return whether a section lists only the differences from the object around it."""
    return bool(section.sections) and all(map(change, section.sections))


def members_of_variant(
    parts: Sequence[Part], section: Section, base: Sequence[Member], listed: Sequence[Member]
) -> list[Member]:
    """Return the members of a variant; `listed` are those in the tables of its sections."""
    removed: set[str] = set()
    changed: dict[str, Member] = {}
    for below in section.sections:
        items = list(_items(parts, below))
        if change(below) == "removed":
            removed.update(m["name"] for item in items if (m := _NAME.fullmatch(item.source)))
        for item in items if change(below) == "modified" else ():
            if match := _CHANGED.fullmatch(item.source):
                changed[match["name"]] = _changed(match["name"], match["type"], item)
    added = {member.name: member for member in listed if member.name not in removed}
    new = {**changed, **added}
    kept = (m for m in base if m.name not in removed)
    members = [replace(new.pop(m.name), depth=m.depth) if m.name in new else m for m in kept]
    return [*members, *new.values()]


def _items(parts: Sequence[Part], section: Section) -> Iterator[Inline]:
    """Yield the first lines of the bullets of a section."""
    for at in section.own():
        if isinstance(block := parts[at].block, Bullets):
            for item in block.items:
                if item.blocks and isinstance(head := item.blocks[0], Paragraph):
                    yield clean(head.inline)


def _changed(name: str, written: str, item: Inline) -> Member:
    """Return a member with its new type; with several, the type is open."""
    text = Inline(written, item.span, item.markup)
    links = text.parsed.links
    type_ = type_of_text(text.text, links, item.span) if len(links) < 2 else None
    return Member(name=name, type=type_, description=text.prose, span=item.span)
