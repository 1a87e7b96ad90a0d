"""Definition lists: a term, and below it a line that begins with a colon.

CommonMark reads both as one paragraph.
"""

from __future__ import annotations

import re

from apiscribe.diagnostics.source import Source
from apiscribe.pages.blocks import Definition, Definitions, Inline, Paragraph

_TEXT = re.compile(r":[ \t]+(?P<text>\S.*)")


def read_definitions(paragraph: Paragraph, source: Source) -> Definitions | Paragraph:
    """Return the definition list in a paragraph; the paragraph if it is another text.

    The first line is a term; each term has one line or more that begin with a colon.
    """
    lines = paragraph.inline.source.split("\n")
    if len(lines) < 2 or _TEXT.match(lines[0]) or not _TEXT.match(lines[1]):
        return paragraph
    first, markup = paragraph.span.line, paragraph.inline.markup
    items: list[Definition] = []
    for number, line in enumerate(lines):
        following = lines[number + 1] if number + 1 < len(lines) else ""
        span = source.span(first + number)
        match = _TEXT.match(line)
        if match and _TEXT.match(lines[number - 1]):
            items[-1] = _continued(items[-1], match["text"])
        elif match:
            term = lines[number - 1]
            text = Inline(match["text"].strip(), span, markup)
            items.append(
                Definition(
                    Inline(term.strip(), source.span(first + number - 1), markup), text, span
                )
            )
        elif not _TEXT.match(following) and items:
            items[-1] = _continued(items[-1], line)
    return Definitions(tuple(items), paragraph.span)


def _continued(item: Definition, line: str) -> Definition:
    text = Inline(f"{item.text.source}\n{line.strip()}", item.text.span, item.text.markup)
    return Definition(item.term, text, item.span)
