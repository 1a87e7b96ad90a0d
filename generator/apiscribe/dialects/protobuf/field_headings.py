"""Headings with a member each → a table, which the reader understands.

    ### name                    ### `frames` (repeated Frame)        ### CALM

    - Type: `string`            The frames.                          - Number: 1
    - Number: 1

A heading counts by its own words, by lines with labels below it, or by a line that is nothing but a
type, or the number of a value. It counts only if all headings below the declaration do, up to one
that cannot be a member by its name, such as `Examples`, or one of another declaration.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from apiscribe.dialects.protobuf.definition_lists import running_texts
from apiscribe.dialects.protobuf.headings import SIDES, split_parts
from apiscribe.dialects.protobuf.listed_fields import field_cells, is_type_text
from apiscribe.dialects.protobuf.made_tables import MadeRow, made_table
from apiscribe.dialects.protobuf.method_lines import labelled_lines
from apiscribe.dialects.protobuf.words import header_role, kind_of, mark
from apiscribe.pages.blocks import Block, Heading, Inline, Paragraph

_NAME = re.compile(r"(?:[A-Za-z_]\w*\.)*(?P<name>[A-Za-z_]\w*)", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,10}")
_MARKED = re.compile(r"[`\[*_]|<(?:code|a|em|i|span)\b")
# Labels of lines below a heading, by the role of a column.
_ROLES = frozenset(
    {"type", "number", "label", "oneof", "default", "required", "description", "name", "field"}
)
_LONGEST = 300  # characters of a heading, or of a line with a type


def with_field_headings(blocks: Sequence[Block]) -> Iterator[Block]:
    """Yield the blocks of a page, with tables in place of such headings and what is below them."""
    starts = [at for at, block in enumerate(blocks) if isinstance(block, Heading)]
    sections = [
        blocks[a:b] for a, b in zip([0, *starts], [*starts, len(blocks)], strict=True) if a < b
    ]
    at = 0
    while at < len(sections):
        yield from sections[at]
        at += 1
        rows = _rows(sections, at)
        if rows:
            last = sections[at + len(rows) - 1][-1].span
            yield made_table(rows, replace(rows[0].span, end_line=last.end_line))
            at += len(rows)


def _rows(sections: Sequence[Sequence[Block]], at: int) -> list[MadeRow]:
    """Return the rows of the sections from one on that are about a member each of the declaration
    above; none if one of them has another form.
    """
    owner = sections[at - 1][0]
    level = _level(sections, at)
    rows: list[MadeRow] = []
    if not isinstance(owner, Heading) or level <= owner.level:
        return rows
    while _level(sections, at) == level:
        row = _row(sections[at])
        if not row:
            break
        rows.append(row)
        at += 1
    kinds = {frozenset(row.cells) & {"field", "name"} for row in rows}
    ends = _level(sections, at) < level or (
        _level(sections, at) == level and not _may_be_member(sections[at])
    )
    return rows if len(kinds) == 1 and ends else []


def _level(sections: Sequence[Sequence[Block]], at: int) -> int:
    """Return the level of the heading of a section; 0 without one."""
    block = sections[at][0] if at < len(sections) else None
    return block.level if isinstance(block, Heading) else 0


def _may_be_member(section: Sequence[Block]) -> bool:
    """Return whether the words of a heading may be the name of a member."""
    part = split_parts(section[:1])[-1]
    return bool(part.name) and not part.kind and not part.role and not part.name[0].isupper()


def _row(section: Sequence[Block]) -> MadeRow | None:
    """Return the row of a section; None if it is not about a field or a value."""
    heading = section[0]
    if not isinstance(heading, Heading) or len(heading.inline.source) > _LONGEST:
        return None
    cells, below = dict(field_cells(heading.inline)), section[1:]
    if cells and cells["field"][0].isupper() and kind_of(cells["field"]) in SIDES:
        return None  # ### Input: `GetRequest`
    if not cells:
        name = _NAME.fullmatch(heading.inline.text.strip("` "))
        facts = _facts(below[0], heading.inline) if name and below else {}
        if not name or not facts:
            return None
        role = "field" if "type" in facts else "name"
        if role == "field" and name["name"][0].isupper():
            return None  # #### Request
        cells, below = {**facts, role: name["name"]}, below[1:]
    texts = running_texts(below)
    if texts is None or (cells.get("description") and texts):
        return None
    described = "\n\n".join(texts) or cells.get("description", "")
    return MadeRow(
        cells={**cells, "description": described},
        span=heading.span,
        anchors=heading.anchors,
        markup=heading.inline.markup,
    )


def states_field(heading: Heading, block: Block | None = None) -> bool:
    """Return whether a heading, or a block below it, states the type of a field."""
    if block is None:
        return bool(field_cells(heading.inline))
    return "type" in _facts(block, heading.inline)


def _facts(block: Block, line: Inline) -> dict[str, str]:
    """Return the type, the number and other facts in a block, by role; none if a line of it is
    another text.
    """
    if isinstance(block, Paragraph) and (alone := _alone(block.inline)):
        return alone
    facts: dict[str, str] = {}
    for label, value in labelled_lines(block):
        role = header_role(label)
        if role not in _ROLES or role in facts:
            return {}
        facts[role] = value.source if value.markup is line.markup else value.text
    if "type" in facts:
        return facts if is_type_text(facts["type"], line) else {}
    return facts if _NUMBER.fullmatch(facts.get("number", "").strip("` ")) else {}


def _alone(line: Inline) -> dict[str, str]:
    """Return the type or the number that is all of a line, with a mark such as that of code."""
    if len(line.source) > _LONGEST or not _MARKED.search(line.source):
        return {}
    text = line.text
    if _NUMBER.fullmatch(text):
        return {"number": text}
    words = [word for word in text.split() if not mark(word)]
    return {"type": line.source} if words and is_type_text(line.source, line) else {}
