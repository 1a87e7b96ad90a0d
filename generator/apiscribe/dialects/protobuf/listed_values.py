"""Members without a table: enum values in bullets, `- RED = 1`, and sentences for no members."""

from __future__ import annotations

import re

from apiscribe.dialects.protobuf.words import mark
from apiscribe.model.draft import ValueDraft
from apiscribe.pages.blocks import Block, Bullets, Paragraph

_REST = r"(?:(?:\s*[-–—:.]|\s*//)?\s+(?P<description>.+)|\s*[-–—:.])?"
_LISTED = re.compile(
    r"[`*]*(?P<name>[A-Za-z_]\w*)[`*]*\s*[*_]?(?:=|:|\()\s*`?(?P<number>-?\d{1,10})`?\)?[*_]?;?"
    + _REST,
    re.ASCII | re.DOTALL,
)
# 0 – RED: a colour
_NUMBER_FIRST = re.compile(
    r"[`*]*(?P<number>-?\d{1,10})[`*]*\s*[=:–—-]\s*[`*]*(?P<name>[A-Z][A-Z\d_]+)[`*]*" + _REST,
    re.ASCII | re.DOTALL,
)


def read_listed_values(bullets: Bullets) -> list[ValueDraft]:
    """Read the values of an enum from bullets: `- RED = 1 - a colour`. If any bullet has another
    form, or two have the same name, there are none.
    """
    values: list[ValueDraft] = []
    for item in bullets.items:
        texts = [block.inline.prose for block in item.blocks if isinstance(block, Paragraph)]
        head = texts[0] if texts else ""
        match = _LISTED.fullmatch(head) or _NUMBER_FIRST.fullmatch(head)
        if not match or len(texts) < len(item.blocks):
            return []
        described = [(match["description"] or "").strip(), *texts[1:]]
        values.append(
            ValueDraft(
                name=match["name"],
                number=int(match["number"]),
                description="\n\n".join(filter(None, described)),
                span=item.span,
            )
        )
    return values if len({value.name for value in values}) == len(values) else []


def says_empty(block: Block) -> bool:
    """Return whether a paragraph only says that a message is empty: `No fields.`."""
    return isinstance(block, Paragraph) and mark(block.inline.text) == "empty"
