"""Definition lists: a term, and below it a line that begins with a colon.

CommonMark reads both as one paragraph, or as several where blank lines are between them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from apiscribe.diagnostics.source import Source
from apiscribe.pages.blocks import Block, Definition, Definitions, Inline, Paragraph

_TEXT = re.compile(r":[ \t]+(?P<text>\S.*)")


def read_definitions(
    paragraph: Paragraph, source: Source, above: Paragraph | None = None
) -> Definitions | Paragraph:
    """Return the definition list in a paragraph; the paragraph if it is another text.

    The first line, or the paragraph above, is a term; each term has one line or more that begin
    with a colon.
    """
    texts = (line.lstrip() for line in paragraph.inline.source.split("\n"))
    lines = list(enumerate(texts, paragraph.span.line))
    if above:
        lines.insert(0, (above.span.line, above.inline.source))
    if len(lines) < 2 or _TEXT.match(lines[0][1]) or not _TEXT.match(lines[1][1]):
        return paragraph
    markup = paragraph.inline.markup
    items: list[Definition] = []
    before, term = lines[0]
    for at, (number, line) in enumerate(lines):
        following = lines[at + 1][1] if at + 1 < len(lines) else ""
        match = _TEXT.match(line)
        if match and _TEXT.match(term):
            items[-1] = _continued(items[-1], match["text"])
        elif match:
            span = source.span(number)
            text = Inline(match["text"].strip(), span, markup)
            items.append(Definition(Inline(term.strip(), source.span(before), markup), text, span))
        elif not _TEXT.match(following) and items:
            items[-1] = _continued(items[-1], line)
        before, term = number, line
    return Definitions(tuple(items), source.span(lines[0][0], paragraph.span.end_line))


def _continued(item: Definition, line: str, between: str = "\n") -> Definition:
    text = Inline(f"{item.text.source}{between}{line.strip()}", item.text.span, item.text.markup)
    return Definition(item.term, text, item.span)


def join_definitions(blocks: Iterable[Block], source: Source) -> list[Block]:
    """Return the blocks with a definition list in place of the paragraphs that are one: terms,
    texts that begin with a colon, and indented paragraphs below a text.
    """
    joined: list[Block | list[Definition]] = []
    for block in blocks:
        above = joined[-1] if joined else None
        made = _below_term(above, block, source) if isinstance(block, Paragraph) else None
        if made:
            joined.pop()
            if not joined or not isinstance(joined[-1], list):
                joined.append([])
            below = joined[-1]
            assert isinstance(below, list)
            below += made.items
        elif isinstance(block, Paragraph) and isinstance(above, list) and _indents(block, source):
            above[-1] = _continued(above[-1], block.inline.source, "\n\n")
        else:
            joined.append(block)
    return [_list_of(block, source) if isinstance(block, list) else block for block in joined]


def _below_term(
    above: Block | list[Definition] | None, paragraph: Paragraph, source: Source
) -> Definitions | None:
    """Return the list of a paragraph below its first term, a paragraph of one line; or None."""
    if not isinstance(above, Paragraph) or above.span.line < above.span.end_line:
        return None
    made = read_definitions(paragraph, source, above)
    return made if isinstance(made, Definitions) else None


def _indents(paragraph: Paragraph, source: Source) -> bool:
    return source.lines[paragraph.span.line - 1].startswith(("  ", "\t"))


def _list_of(items: list[Definition], source: Source) -> Definitions:
    return Definitions(tuple(items), source.span(items[0].term.span.line, items[-1].span.end_line))
