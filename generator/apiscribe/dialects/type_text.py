"""The text of a type cell → TypeDraft."""

from __future__ import annotations

import re

from apiscribe.draft import TypeDraft, ValueDraft
from apiscribe.pages.blocks import Inline

# Before the values of an enum that has no name, nothing follows it.
_LIST_OF = re.compile(r"(?:list|array) of(?:\s+|$)", re.IGNORECASE)
# `[Name]` without its target: a template left the link half done.
_BROKEN_LINK = re.compile(r"\[[^\[\]]*\]")
# **`stream`** before the type of a streaming method.
_STREAM = re.compile(r"stream\s+")


def read_type(cell: Inline) -> TypeDraft:
    """`string`, `[Name](link)`, `list of Name`, or the values of an enum as a list.

    A list of values may have the enum's name before it.
    """
    reading = cell.reading
    name, streams = _cut(_STREAM, reading.text)
    name, listed = _cut(_LIST_OF, name)
    return TypeDraft(
        name=name[1:-1] if _BROKEN_LINK.fullmatch(name) else name,
        values=tuple(ValueDraft(name=item, span=cell.span) for item in reading.items),
        repeated=True if listed else None,
        streams=streams,
        link=reading.links[0].target if reading.links else "",
        span=cell.span,
    )


def _cut(mark: re.Pattern[str], text: str) -> tuple[str, bool]:
    """The text without the mark at its start, and whether there was one."""
    found = mark.match(text)
    return (text[found.end() :], True) if found else (text, False)
