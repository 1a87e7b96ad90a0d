"""Lines with a path behind a word that is nearly a method of HTTP: `GTE /books`.

Such a line is not an operation; a page is not corrected, but its loss is reported.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from apiscribe.diagnostics.source import Span
from apiscribe.dialects.http.routes import VERBS
from apiscribe.pages.blocks import Code, Heading, Page, Paragraph, Table

# A word in capitals and a path, with nothing but marks before and between them.
_LINE = re.compile(
    r"[\s`*_\"']*(?P<word>[A-Z]{2,8})[\s`*_:|]+(?P<path>(?:https?://[^\s/]+|\{\{?\w+\}\}?)?/[^\s`*|]*)"
)
_LONG = 5  # letters: a shorter word with another letter may be one of its own, such as PUB or PORT


@dataclass(frozen=True)
class Misspelt:
    """A word before a path, and the method that it nearly is."""

    word: str
    verb: str
    path: str
    span: Span


def misspelt_verbs(page: Page) -> Iterator[Misspelt]:
    """Yield the lines of a page that begin with a misspelt method and a path."""
    for block in page.all_blocks():
        match block:
            case Heading() | Paragraph():
                lines = block.inline.source.split("\n")
                numbers = range(block.span.line, block.span.end_line + 1)
                spans = [page.source.span(number) for number in numbers]
                spans += [block.span] * (len(lines) - len(spans))
            case Code():
                lines, spans = block.text.split("\n", 1)[:1], [block.span]
            case Table():
                lines = [" ".join(cell.text for cell in row.cells) for row in block.rows]
                spans = [row.span for row in block.rows]
            case _:
                continue
        for line, span in zip(lines, spans, strict=False):
            match = _LINE.match(line)
            if match and (verb := nearly_verb(match["word"])):
                yield Misspelt(match["word"], verb, match["path"], span)


def nearly_verb(word: str) -> str:
    """Return the method of HTTP that a word is but for one letter or the order of two, or "".

    The first letter must be right, and in short methods no letter may be another: SET, PUB and
    PORT are words of their own.
    """
    if word in VERBS:
        return ""
    return next((verb for verb in sorted(VERBS) if word[0] == verb[0] and _is_near(word, verb)), "")


def _is_near(word: str, verb: str) -> bool:
    at = next((i for i, pair in enumerate(zip(word, verb, strict=False)) if pair[0] != pair[1]), -1)
    if at < 0:
        return abs(len(word) - len(verb)) == 1
    rest, right = word[at:], verb[at:]
    swapped = rest[:2] == right[1::-1] and rest[2:] == right[2:]
    replaced = len(verb) >= _LONG and rest[1:] == right[1:]
    return swapped or replaced or rest[1:] == right or rest == right[1:]
