"""Components of MDX with a member each in their attributes → a table.

    <Field name="roof" type="Roof" number={3} repeated>
    Its roofs.
    </Field>

The name of the component does not matter: its attributes tell what it is. All components of one
name in a row must have such attributes.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from apiscribe.dialects.protobuf.component_values import text_of
from apiscribe.dialects.protobuf.definition_lists import running_texts
from apiscribe.dialects.protobuf.listed_fields import is_type_text
from apiscribe.dialects.protobuf.made_tables import MadeRow, made_table
from apiscribe.dialects.protobuf.words import mark
from apiscribe.pages.blocks import Block, Component, Inline, Paragraph
from apiscribe.pages.html_text import HTML

_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,10}")
_ROLES = ("type", "number", "label", "oneof", "default", "description")


def with_component_members(blocks: Sequence[Block]) -> Iterator[Block]:
    """Yield the blocks of a page, with tables in place of such components."""
    at = 0
    while at < len(blocks):
        block = blocks[at]
        rows, end = _rows(blocks, at, block.name) if isinstance(block, Component) else ([], at + 1)
        if rows:
            span = replace(block.span, end_line=blocks[end - 1].span.end_line)
            yield made_table(rows, span)
        else:
            yield from blocks[at:end]
        at = end


def _rows(blocks: Sequence[Block], at: int, name: str) -> tuple[list[MadeRow], int]:
    """Return the rows of the components of a name from a position on, and the position behind them;
    no rows if one component is no member.
    """
    rows: list[MadeRow | None] = []
    start = at
    while at < len(blocks):
        block = blocks[at]
        if not isinstance(block, Component) or block.name != name or not block.opens:
            break
        end = at + 1 if block.closed else _end(blocks, at)
        rows.append(_row(block, blocks[at + 1 : end - 1]) if end else None)
        at = end or at + 1
    known = [row for row in rows if row]
    kinds = {frozenset(row.cells) & {"field", "name"} for row in known}
    return known if len(known) == len(rows) and len(kinds) == 1 else [], max(at, start + 1)


def _end(blocks: Sequence[Block], at: int) -> int:
    """Return the position behind the closing tag of a component; 0 if another one opens first."""
    opening = blocks[at]
    for n in range(at + 1, len(blocks)):
        block = blocks[n]
        if isinstance(block, Component):
            is_end = isinstance(opening, Component) and block.name == opening.name
            return n + 1 if is_end and not block.opens else 0
    return 0


def _row(component: Component, below: Sequence[Block]) -> MadeRow | None:
    """Return the row of a component with the name and the type of a field, or the name and the
    number of a value.
    """
    facts = component.attributes
    name, texts = text_of(facts, "name"), running_texts(below)
    cells = {role: text for role in _ROLES if (text := text_of(facts, role))}
    if not _NAME.fullmatch(name) or texts is None or (cells.get("description") and texts):
        return None
    if "type" in cells and not is_type_text(cells["type"], Inline("", component.span, HTML)):
        return None
    if "type" not in cells and not _NUMBER.fullmatch(cells.get("number", "")):
        return None
    words = [key for key, value in facts.items() if value == "true" and mark(key)]
    marks = {mark(word): word for word in words}
    if marks.keys() & {"repeated", "optional", "required"}:
        cells["label"] = ", ".join(word for word in words if mark(word) != "deprecated")
    markup = next((b.inline.markup for b in below if isinstance(b, Paragraph)), HTML)
    escaped = {
        role: html.escape(text, quote=False) if markup is HTML else text
        for role, text in cells.items()
    }
    text = "\n\n".join(texts) or escaped.get("description", "")
    text = f"**Deprecated.** {text}" if "deprecated" in marks else text
    role = "field" if "type" in cells else "name"
    return MadeRow(
        cells={**escaped, role: name, "description": text}, span=component.span, markup=markup
    )
