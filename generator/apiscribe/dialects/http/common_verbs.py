"""The HTTP method that one sentence states for all operations: "Every call is `POST`"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from apiscribe.dialects.http.hits import HEADING, Hit, of_text
from apiscribe.dialects.http.parts import Part, clean
from apiscribe.dialects.http.routes import VERBS, is_path
from apiscribe.dialects.http.words import SECURITY, STATUSES, holds_word
from apiscribe.pages.blocks import Heading, Paragraph

_SENTENCE = re.compile(r"(?<=[.!?])\s+|(?<=。)|\n")
_VERB = re.compile(rf"(?<![\w/])(?:{'|'.join(sorted(VERBS))})(?!\w)")


def common_hits(parts: Sequence[Part], hits: Sequence[Hit]) -> Iterator[Hit]:
    """Yield an operation for each heading that is a path, if a sentence states the method of all
    and no heading with a path has one of its own.
    """
    headings = [
        (index, part.block, clean(part.block.inline).text.strip(" `*"))
        for index, part in enumerate(parts)
        if isinstance(part.block, Heading)
    ]
    paths = [heading for heading in headings if is_path(heading[2])]
    if not paths or any(hit.index >= paths[0][0] for hit in hits):
        return
    if verb := _stated_verb(parts[: paths[0][0]]):
        for index, block, path in paths:
            yield from of_text(verb, path, HEADING, index, block.span)


def _stated_verb(parts: Sequence[Part]) -> str:
    """Return the only method in a sentence about all calls, or ""."""
    for part in parts:
        if not isinstance(part.block, Paragraph):
            continue
        for sentence in _SENTENCE.split(clean(part.block.inline).text):
            verbs: set[str] = set(_VERB.findall(sentence))
            words = sentence.lower()
            about_all = any(holds_word(words, word) for word in SECURITY["all"])
            limited = STATUSES["conditions"].search(words) or "/" in words
            if about_all and len(verbs) == 1 and not limited:
                return next(iter(verbs))
    return ""
