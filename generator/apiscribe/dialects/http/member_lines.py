"""Members in lines of running text, and in headings.

**id** `string` or `null`
`name` (string, required), `age` (integer). And so on.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from apiscribe.diagnostics.source import Span
from apiscribe.dialects.http.member_lists import read_text
from apiscribe.dialects.http.members import Member, make_member, read_name
from apiscribe.dialects.http.parts import labelled_line, lines_of
from apiscribe.dialects.http.type_texts import type_of_text
from apiscribe.dialects.http.words import presence, read_label
from apiscribe.pages.blocks import Inline, Paragraph

_MEMBER_LINE = re.compile(
    r"(?:\*\*`?(?P<name>[\w.\[\]-]+)`?\*\*\s+|`(?P<code>[\w.\[\]-]+)`\s+(?=\*\*))"
    r"(?:\*\*[\w\[\]<>| -]+\*\*|`[\w\[\]<>| -]+`"
    r"|(?:(?:list|array) of )?\[[^\[\]]+\]\([^()\s]+\)(?: objects?)?)"
    r"(?:\s+or\s+`?null`?)?\s*(?:[*_(]+\w+[*_)]+)?"
)
_IN_SERIES = re.compile(r"`[\w.\[\]-]+`(?:\s*\((?:[^()]|\([^()]*\))*\))?")
_SERIES = re.compile(
    rf"\s*(?P<series>{_IN_SERIES.pattern}(?:\W+(?:\w{{1,3}}\s+)?{_IN_SERIES.pattern})*)\s*(?:[.;]|$)"
)


def is_member_line(line: Inline) -> bool:
    """Return whether a line is only a bold name and its type: `**id** `string` or `null``."""
    match = _MEMBER_LINE.fullmatch(line.source.strip())
    return match is not None and not read_label(match["name"] or match["code"]).is_role


def read_line(paragraph: Paragraph, unmarked: bool) -> Member | None:
    """Return the member that a paragraph begins with, if the page gives its type or a mark."""
    line, *below = lines_of(paragraph.inline)
    more = " ".join(each.prose for each in below) if is_member_line(line) else ""
    member = read_text(line, paragraph.span, unmarked, more)
    match = _MEMBER_LINE.fullmatch(line.source.strip())
    stated = match is not None and match["code"]  # `author` **many-to-one**
    marked = member and (member.type or member.required is not None or stated)
    return member if marked else None


def read_lines(lines: Sequence[Inline], span: Span) -> list[Member]:
    """Return the members of which each line is one: `` `page=[integer]` ``; none if any is not."""
    members = [read_text(line, span, unmarked=False) for line in lines]
    typed = [m for m in members if m and (m.type or m.required is not None)]
    return typed if len(typed) == len(lines) else []


def read_series(inline: Inline) -> tuple[list[Member], str]:
    """Return the members of a series in one sentence, and the text behind it: `` `a` (string), `b`
    (integer, optional). Answers … ``. One of them has a type or a mark.
    """
    match = _SERIES.match(inline.source)
    if match is None:
        return [], inline.source
    found = (
        read_text(Inline(item[0], inline.span, inline.markup), inline.span, unmarked=False)
        for item in _IN_SERIES.finditer(match["series"])
    )
    members = [member for member in found if member]
    if not any(m.type or m.required is not None for m in members):
        return [], inline.source
    return members, inline.source[match.end() :].strip()


def has_series(line: Inline) -> bool:
    """Return whether a line has a label and a series of members: `` Body: `a` (string). … ``."""
    labelled = labelled_line(line)
    if labelled is None or not labelled.label.is_role:
        return False
    return bool(read_series(Inline(labelled.rest, line.span, line.markup))[0])


def read_marked(inline: Inline, span: Span) -> Member | None:
    """Return the member that text in code names, with the text behind it."""
    return read_text(inline, span, unmarked=False)


def read_attribute(title: Inline, below: Paragraph) -> Member | None:
    """Return the member that a heading names, and that the labelled lines below it describe:
    `**Type:** String`, `**Description:** …`.
    """
    name = read_name(title)
    if name is None:
        return None
    text, description, required = None, "", None
    current = ""
    values: list[str] = []
    for line in lines_of(below.inline):
        labelled = labelled_line(line)
        words = labelled.words.lower() if labelled else ""
        if words in ("type", "타입", "类型", "typ", "tipo"):
            value = Inline(labelled.rest if labelled else "", line.span, line.markup)
            text = type_of_text(value.text, value.parsed.links, line.span)
            current = "type"
        elif words in ("description", "설명", "说明", "beschreibung", "descripción"):
            description, current = labelled.rest if labelled else "", "description"
        elif (labelled and labelled.label.presence) or read_label(words).presence:
            required = presence(labelled.rest) if labelled else None
        elif labelled:
            current = ""
        elif current == "type" and (value_match := re.match(r"`([^`\s]+)`\s*=", line.source)):
            values.append(value_match[1])
    if text is None:
        return None
    if len(values) > 1:
        description += " One of " + ", ".join(f"`{value}`" for value in values)
    return make_member(name, text, description, below.span, required=required)
