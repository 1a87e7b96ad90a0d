"""Labels with a shape or a type behind them: `Query: { page?: number }`, `` Body: `Car` ``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from apiscribe.diagnostics.source import Span
from apiscribe.dialects.http.members import Member
from apiscribe.dialects.http.parts import Line
from apiscribe.dialects.http.shapes import read_shape
from apiscribe.dialects.http.type_texts import is_type, type_of_text
from apiscribe.dialects.http.words import BEGINS_LIST, SENT, Label
from apiscribe.pages.blocks import Inline

_LINK = re.compile(
    r"\s+(?:(?:an?|the)\s+)?(?P<type>(?:(?:list|array) of\s+)?\[[^\[\]]+\]\([^()\s]+\))"
)
_TYPE = re.compile(r"`(?P<type>[A-Z][a-z]\w*(?:\[\])?)`\.?")
_HOLDER = re.compile(
    r"(?:an?\s+)?(?:json\s+)?object\W*(?:(?:with|containing)\b.*\W)?", re.IGNORECASE
)


def shape_or_type(line: Line, span: Span) -> Sequence[Member]:
    """Return the parameters in a shape, or the body as a member with its type; none of others."""
    label = line.label
    if label.direction in ("response", "error"):
        return ()
    if label.place in ("path", "query"):
        return read_shape(line.rest, span) or ()
    named = _TYPE.fullmatch(line.rest) if label.place == "body" else None
    if named is None:
        return ()
    return [
        Member(name="body", type=type_of_text(named["type"], (), span), place="body", span=span)
    ]


def body_of_sentence(line: Inline) -> Sequence[Member]:
    """Return the body that a sentence states with a link: "The body is a [Car](#car)"."""
    said = SENT["is_body"].search(line.source)
    link = _LINK.match(line.source, said.end()) if said else None
    if said is None or link is None:
        return ()
    if SENT["not"].search(line.source[: said.start()].rpartition(". ")[2]):
        return ()  # "The response body is a [Car]"
    written = Inline(link["type"], line.span, line.markup)
    type_ = type_of_text(written.text, written.parsed.links, line.span)
    return [Member(name="body", type=type_, place="body", span=line.span)]


def held_below(label: Label, rest: Inline) -> Label | None:
    """Return the label of what is below a line that only states its kind; None for another line.

    Such lines are "Body: an array of entries" and "Response: an object".
    """
    if rest.parsed.links or "{" in rest.text:
        return None
    listed = BEGINS_LIST.match(rest.text) and not is_type(rest.text.strip(" .:"))
    if listed or _HOLDER.fullmatch(rest.text):
        return replace(label, listed=bool(listed))
    return None
