"""Objects in the section of an operation: a heading that the type of a field links to or names.

    | `settings` | [Hive Settings](#hive-settings) | The settings. |

    #### Hive Settings
    | Field | Type |

They are messages like those of other sections, although the operation owns what surrounds them. A
caption or a bold line above such a table is as good as a heading.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from apiscribe.dialects.http.listings import Operation
from apiscribe.dialects.http.member_tables import kind, table_roles
from apiscribe.dialects.http.parts import Part, clean
from apiscribe.dialects.http.request_drafts import WITHOUT_BODY
from apiscribe.dialects.http.sections import Section
from apiscribe.dialects.http.type_texts import is_type, read_type_text
from apiscribe.dialects.http.words import (
    UNTYPED,
    WHOLE,
    Label,
    ends_with_object,
    plain,
    read_label,
)
from apiscribe.pages.blocks import Block, Heading, Html, Inline, Paragraph, Table

# Site generators number the anchors of headings with the same words.
_NUMBERED = re.compile(r"-\d+$")
_ANCHOR = re.compile(r"<a\s[^<>]*></a>")
_CAPTION = re.compile(r"(?:\*\*|__)?(?P<words>\w[\w .-]{0,60})(?:\*\*|__)?:?")
_NO_NAMES = WHOLE | UNTYPED
_PARAMETERS = Label(part="parameters")


def with_headings(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Return the parts, with a heading for each caption that a type names and a table follows."""
    names = {name for part in parts for name in _named(part.block)}
    result: list[Part] = []
    level = 1
    for at, part in enumerate(parts):
        block = part.block
        if isinstance(block, Heading) and not part.quoted:
            level = block.level
        words = _caption(block, parts, at) if names and isinstance(block, Paragraph) else ""
        if words in names and isinstance(block, Paragraph):
            inline = Inline(words, block.span, block.inline.markup)
            part = Part(Heading(min(6, level + 1), inline, block.span), part.quoted)
        result.append(part)
    return tuple(result)


def _caption(block: Paragraph, parts: Sequence[Part], at: int) -> str:
    """Return the words of a paragraph right above a table that lists members, or ""."""
    below = next((p.block for p in parts[at + 1 : at + 3] if not isinstance(p.block, Html)), None)
    if not isinstance(below, Table):
        return ""
    match = _CAPTION.fullmatch(_ANCHOR.sub("", clean(block.inline).source).strip())
    is_object = match and not read_label(match["words"]).is_role
    return match["words"] if match and is_object and kind(below, _PARAMETERS) == "members" else ""


def _named(block: Block) -> Iterator[str]:
    """Yield the names in the column of types of a table that are no types of their own."""
    if not isinstance(block, Table) or kind(block, _PARAMETERS) not in ("members", "statuses"):
        return
    roles = table_roles(block, _PARAMETERS)
    at = roles.index("type") if "type" in roles else -1
    for row in block.rows:
        if 0 <= at < len(row.cells):
            name = read_type_text(row.cells[at]).type.name
            if name and not is_type(name) and not {name.lower(), plain(name)} & _NO_NAMES:
                yield name


def release(parts: Sequence[Part], operations: Sequence[Operation]) -> Mapping[int, set[str]]:
    """Take objects from the operations; return their anchors by the start of their sections."""
    found: dict[int, set[str]] = {}
    owners = {id(operation.section): operation.section for operation in operations}
    starts = {section.start: section for owner in owners.values() for section in owner.walk()}
    for operation in operations:
        if operation.listed or operation.item:
            continue
        targets = _targets(parts, operation.indexes)
        names = {plain(name) for at in operation.indexes for name in _named(parts[at].block)}
        own = set(operation.indexes)
        sections = [starts[at] for at in operation.indexes if at in starts]
        for section in sections:
            anchors = {target for anchor in section.anchors for target in targets.get(anchor, ())}
            if section is operation.section or section.is_role or section.start not in own:
                continue
            named = anchors or plain(section.title) in names
            if (named or _is_object(section, operation, sections)) and _lists_members(
                parts, section
            ):
                found[section.start] = anchors
                own -= set(range(section.start, section.end))
        operation.indexes = [at for at in operation.indexes if at in own]
    return found


def _is_object(section: Section, operation: Operation, sections: Iterable[Section]) -> bool:
    """Return whether a section is about an object by its heading, and that is not the body of a
    request: there is none, or another section has it.
    """
    if not ends_with_object(section.title):
        return False
    has_body = {route.verb for route in operation.routes} - WITHOUT_BODY
    return not has_body or any(s.is_role and s.label.place == "body" for s in sections)


def _targets(parts: Sequence[Part], indexes: Sequence[int]) -> Mapping[str, set[str]]:
    """Return the anchors that the tables link to, by themselves and without their numbers."""
    cells = (
        cell
        for at in indexes
        if isinstance(table := parts[at].block, Table)
        for row in table.rows
        for cell in row.cells
        if "](#" in cell.source or "href" in cell.source
    )
    links = (link for cell in cells for link in clean(cell).parsed.links)
    found: dict[str, set[str]] = defaultdict(set)
    for link in links:
        if link.target.startswith("#"):
            anchor = link.target[1:].lower()
            found[anchor].add(anchor)
            found[_NUMBERED.sub("", anchor)].add(anchor)
    return found


def _lists_members(parts: Sequence[Part], section: Section) -> bool:
    tables = (b for at in section.own() if isinstance(b := parts[at].block, Table))
    return any(kind(table, _PARAMETERS) == "members" for table in tables)
