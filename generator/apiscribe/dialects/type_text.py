"""The text of a type → TypeDraft."""

from __future__ import annotations

import re

from apiscribe.model.draft import TypeDraft, ValueDraft
from apiscribe.pages.blocks import Inline

# Before the values of an enum that has no name, nothing follows `list of`.
# The ways in which pages write a list: `list of X`, `repeated X`, `list<X>`, `X[]`.
_LIST_OF = re.compile(r"(?:(?:list|array) of|repeated)(?:\s+(?P<name>.*)|$)", re.IGNORECASE)
_LIST = re.compile(r"(?:list|array)\s*(?:<(?P<angle>.*)>|\[(?P<square>.*)\])", re.IGNORECASE)
_BRACKETS = re.compile(r"(?P<name>.*\S)\s*\[\]")
# `[Name]` without its target: a template left the link half done.
_BROKEN_LINK = re.compile(r"\[(?P<name>[^\[\]]+)\]")
# **`stream`** before the type of a streaming method.
_STREAM = re.compile(r"\(?stream\)?(?P<blank>\s*)")


def read_type(cell: Inline) -> TypeDraft:
    """`string`, `[Name](link)`, `list of Name`, or the values of an enum as a list.

    A list of values may have the enum's name before it.
    """
    parsed = cell.parsed
    text = parsed.text
    linked = parsed.links[0].text if parsed.links else ""
    streams = False
    if mark := _STREAM.match(text):
        rest = text[mark.end() :]
        # A link may be glued to the mark: **`stream`**[Info](#info)
        streams = bool(mark["blank"] or (linked and rest.startswith(linked)))
        text = rest if streams else text
    name, listed = read_list(text)
    return TypeDraft(
        name=name,
        values=tuple(ValueDraft(name=item, span=cell.span) for item in parsed.items),
        repeated=True if listed else None,
        streams=streams,
        link=parsed.links[0].target if parsed.links else "",
        span=cell.span,
    )


def read_list(text: str) -> tuple[str, bool]:
    """The name of a type without the words that make a list of it, and whether there were any."""
    text = _unlinked(text)
    for way in (_LIST_OF, _LIST, _BRACKETS):
        if found := way.fullmatch(text):
            name = next(filter(None, found.groups()), "")
            return _unlinked(name.strip()), True
    return text, False


def _unlinked(text: str) -> str:
    found = _BROKEN_LINK.fullmatch(text)
    return found["name"] if found else text
