"""Objects that a sentence spells: "an object with `data`, an array of [Cars](#car), and `more`, a
boolean". Each name needs its type behind it.
"""

from __future__ import annotations

import re

from apiscribe.dialects.http.members import Member
from apiscribe.dialects.http.type_texts import is_type, type_of_text
from apiscribe.pages.blocks import Inline

_HOLDER = re.compile(r"\b(?:with|containing|contains|of)\s+(?:(?:an?|the)\s+)?(?=`[\w.]+`)")
_FIELD = re.compile(
    r"`(?P<name>[\w.]+)`\s*[,:(–—]?\s*(?:(?:an?|the)\s+)?"
    r"(?P<type>(?:(?:array|list) of\s+)?(?:\[[^\[\]]+\]\([^()\s]+\)|[a-z]+))"
)
_BETWEEN = re.compile(r"\)?\s*,?\s*(?:and\s+)?")


def read_object(sentence: Inline) -> list[Member]:
    """Return the fields of the object that a sentence spells; none if a type is missing."""
    start = _HOLDER.search(sentence.source)
    members: list[Member] = []
    at = start.end() if start else len(sentence.source)
    while field := _FIELD.match(sentence.source, at):
        written = Inline(field["type"], sentence.span, sentence.markup)
        links = written.parsed.links
        if not links and not is_type(written.text):
            return []
        type_ = type_of_text(written.text, links, sentence.span)
        members.append(Member(name=field["name"], type=type_, span=sentence.span))
        between = _BETWEEN.match(sentence.source, field.end())
        at = between.end() if between else field.end()
    return [] if sentence.source[at : at + 1] == "`" else members
