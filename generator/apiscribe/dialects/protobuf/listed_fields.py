"""Bullets with a field each → tables, which the reader understands.

    - `roof` ([Roof](#roof)): Its roof.      - `repeated Frame frames = 2`: Its frames.
    - **frames** (repeated Frame) = 2        - **weight**: `double` – In grams.

A list counts only if each of its items has one of the forms, with a type that can be one of
protobuf: `(default)` and `(seconds)` are no types. An item `oneof home` may hold such a list.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from apiscribe.dialects.protobuf.made_tables import MadeRow, made_table
from apiscribe.dialects.protobuf.member_names import split_label
from apiscribe.dialects.protobuf.types import is_type, read_cell
from apiscribe.dialects.protobuf.words import union_name
from apiscribe.pages.blocks import Block, Bullets, Inline, Item, Paragraph, Table
from apiscribe.workspace.late_pattern import late_pattern

# Marks of Markdown and tags, around a name or a type.
_MARKS = r"[`*]*+(?:<[^<>]*>[`*]*+)*"
_NAME = rf"{_MARKS}(?P<name>[A-Za-z_]\w*){_MARKS}"
# Words, links of Markdown, and tags, or the types of a map.
_WORD = r"(?:\[[^\[\]]+\]\([^()\s]*\)|<[^<>]*>|[^()<>])"
_NUMBER = rf"(?:\s*=\s*{_MARKS}(?P<number>\d{{1,9}}){_MARKS};?{_MARKS})?"
_REST = r"(?:\s*(?:[-–—:：.]|//)?\s+(?P<description>\S.*)|\s*[-–—:：.]?)"
_FORMS = tuple(
    late_pattern(form + _REST, re.DOTALL | re.ASCII)
    for form in (
        # name (type) = 3
        rf"{_NAME}\s*[:：]?\s*{_MARKS}\((?P<type>{_WORD}+?)\){_MARKS}{_NUMBER}",
        # name: `type`, with marks or a link at the type
        rf"{_NAME}(?:\s*(?:[:：]|[-–—])\s*|(?<=[`*>])\s+)"
        rf"(?P<type>`[^`]+`(?:\[\])?|\[[^\[\]]+\]\([^()\s]*\)|<(?P<tag>code|a)\b.*?</(?P=tag)>"
        rf"|(?P<em>[_*])(?![_*\s])[^_*\n]{{1,200}}(?P=em)(?![_*\w]))"
        rf"(?P<label>(?:\s+[*_]?\([^()\n]{{1,60}}\)[*_]?){{1,3}})?{_NUMBER}",
        # `repeated Frame frames = 2;`
        rf"(?P<type>{_WORD}{{1,300}}?)\s+{_NAME}\s*=\s*{_MARKS}(?P<number>\d{{1,9}})\s*;?{_MARKS}",
    )
)
_RETURNS = ("→", "->", "returns")  # Get(GetRequest) → Hive
_LONGEST = 2000  # characters of an item's first paragraph


def read_listed_fields(bullets: Bullets) -> Table | None:
    """Return the table of a list of fields; None if an item has another form."""
    found = [_rows(item) for item in bullets.items]
    rows = [row for each in found for row in each]
    names = [row.cells["field"] for row in rows if row.cells]
    is_list = names and all(found) and len(set(names)) == len(names)
    return made_table(rows, bullets.span) if is_list else None


def is_listed_field(item: Item) -> bool:
    """Return whether an item of a list has the form of a field."""
    return bool(_rows(item))


def _rows(item: Item) -> list[MadeRow]:
    head = item.blocks[0] if item.blocks else None
    if not isinstance(head, Paragraph) or len(head.inline.source) > _LONGEST:
        return []
    if group := union_name(head.inline.text):
        return _rows_of_union(group, item)
    cells = field_cells(head.inline)
    below = _prose(item.blocks[1:])
    if not cells or below is None:
        return []
    cells["description"] = "\n\n".join(filter(None, [cells["description"], *below]))
    return [MadeRow(cells=cells, span=item.span, markup=head.inline.markup)]


def field_cells(line: Inline) -> dict[str, str]:
    """Return the cells of a line with a field, by role; none if it has no such form."""
    matches = (form.fullmatch(line.source.strip()) for form in _FORMS)
    match = next((m for m in matches if m and is_type_text(m["type"], line)), None)
    if not match or (match["description"] or "").startswith(_RETURNS):
        return {}
    label = _label(match.groupdict().get("label") or "")
    if label is None:
        return {}
    cells = label | {
        "field": match["name"],
        "type": match["type"].strip("` "),
        "description": (match["description"] or "").strip(),
    }
    return cells | ({"number": match["number"]} if match["number"] else {})


def _label(text: str) -> dict[str, str] | None:
    """Return the cells for words in brackets behind a type: `(oneof home)`, `(optional)`; None if
    one is another text.
    """
    cells: dict[str, str] = {}
    for words in re.findall(r"\(([^()]+)\)", text):
        group, marks = split_label(words)
        if group:
            cells["oneof"] = group
        elif "" in marks:
            return None
        else:
            cells["label"] = ", ".join(filter(None, [cells.get("label"), words]))
    return cells


def _rows_of_union(group: str, item: Item) -> list[MadeRow]:
    """Return the fields of the list below an item about a oneof."""
    inner = [block for block in item.blocks if isinstance(block, Bullets)]
    found = [_rows(each) for each in inner[0].items] if len(inner) == 1 else []
    rows = [row for each in found for row in each]
    if not rows or not all(found):
        return []
    grouped = (
        MadeRow(cells={**row.cells, "oneof": group}, span=row.span, markup=row.markup)
        for row in rows
    )
    return [MadeRow(cells={}, span=item.span), *grouped]


def is_type_text(text: str, line: Inline) -> bool:
    """Return whether a part of a line can be a type of protobuf, with its label."""
    cell = Inline(text.strip("` "), line.span, line.markup)
    return is_type(read_cell(cell, {}).type.name)


def _prose(blocks: Iterable[Block]) -> list[str] | None:
    """Return the texts below the first paragraph of an item; None if one is no running text."""
    texts = [block.inline.source if isinstance(block, Paragraph) else None for block in blocks]
    known = [text for text in texts if text is not None]
    return known if len(known) == len(texts) else None
