"""Objects in the section of an operation: a heading that the type of a field links to.

    | `settings` | [Hive Settings](#hive-settings) | The settings. |

    #### Hive Settings
    | Field | Type |

They are messages like those of other sections, although the operation owns what surrounds them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

from apiscribe.dialects.http.member_tables import kind
from apiscribe.dialects.http.ownership import Operation
from apiscribe.dialects.http.parts import Part, clean
from apiscribe.dialects.http.sections import Section
from apiscribe.dialects.http.words import Label
from apiscribe.pages.blocks import Table

# Site generators number the anchors of headings with the same words.
_NUMBERED = re.compile(r"-\d+$")


def release(parts: Sequence[Part], operations: Sequence[Operation]) -> Mapping[int, set[str]]:
    """Take objects from the operations; return their anchors by the start of their sections."""
    found: dict[int, set[str]] = {}
    for operation in operations:
        if operation.listed or operation.item:
            continue
        targets = _targets(parts, operation.indexes)
        own = set(operation.indexes)
        for section in operation.section.walk() if targets else ():
            anchors = {target for anchor in section.anchors for target in targets.get(anchor, ())}
            if section is operation.section or section.is_role or section.start not in own:
                continue
            if anchors and _lists_members(parts, section):
                found[section.start] = anchors
                own -= set(range(section.start, section.end))
        operation.indexes = [at for at in operation.indexes if at in own]
    return found


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
    label = Label(part="parameters")
    blocks = (parts[at].block for at in section.own())
    return any(isinstance(block, Table) and kind(block, label) == "members" for block in blocks)
