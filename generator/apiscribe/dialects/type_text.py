"""The text of a type cell → TypeDraft."""

from __future__ import annotations

import re

from apiscribe.draft import TypeDraft, ValueDraft
from apiscribe.pages.blocks import Inline

_LIST_OF = re.compile(r"(?:list|array) of\s+(?P<name>.*)", re.IGNORECASE)


def read_type(cell: Inline) -> TypeDraft:
    """`string`, `[Name](link)`, `list of Name`, or the values of an enum as a list.

    A list of values may have the enum's name before it.
    """
    reading = cell.reading
    listed = _LIST_OF.fullmatch(reading.text)
    return TypeDraft(
        name=listed["name"] if listed else reading.text,
        values=tuple(ValueDraft(name=item, span=cell.span) for item in reading.items),
        repeated=True if listed else None,
        link=reading.links[0].target if reading.links else "",
        span=cell.span,
    )
