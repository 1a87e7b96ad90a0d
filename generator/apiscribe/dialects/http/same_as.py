"""Sentences that point at another operation in place of a list: "the same fields as [X]"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from apiscribe.dialects.http.sections import slug
from apiscribe.dialects.http.words import SAME, STATUSES, read_label
from apiscribe.pages.blocks import Inline

_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=\W*[A-ZÀ-Þ\u0400-\u042f`*])|(?<=[。；！])")
_QUOTED = re.compile(r"[«“„\"「『](?P<title>[^«»“”„\"「」『』]{3,80})[»”“\"」』]")
_NAMES = re.compile(
    r"[\s:]*(?P<names>(?:(?:`|\*\*)[\w.\[\]-]+(?:`|\*\*)[\s,]*(?:and|or|und|et|y|e|и)?\s*)+)"
)
_MARKED = re.compile(r"(?:`|\*\*)([\w.\[\]-]+)(?:`|\*\*)")
_LONGEST_LABEL = 120


@dataclass(frozen=True)
class SameAs:
    """A reference to another operation with the same answer or request.

    `target` is a link to the section of the operation; without a target, it is the operation that
    creates the item. `answer`: the answers are the same. Otherwise the requests are, except for the
    fields in `without`.
    """

    target: str
    answer: bool
    optional: bool = False
    without: tuple[str, ...] = ()


def same_as(line: Inline, in_answer: bool) -> Iterator[SameAs]:
    """Yield the references to operations in a line; `in_answer`: the line is about an answer."""
    at = 0
    for sentence in _SENTENCE.split(line.source):
        at = line.source.index(sentence, at)
        links = Inline(sentence, line.span, line.markup).parsed.links
        link = next((k for k in links if k.text and "://" not in k.target), None)
        match = SAME["words"].search(sentence)
        if match is None and not (link and _is_about_payload(sentence)):
            continue
        before = line.source[: at + (match.start() if match else 0)]
        answer = in_answer or STATUSES["returning"].search(before) is not None
        quoted = _QUOTED.search(sentence) if match and link is None else None
        if quoted and sentence[quoted.end() :].startswith("の"):
            continue  # a part of what the other operation has
        about_request = _is_about_request(sentence)
        unnamed = link is None and quoted is None
        if unnamed and (not about_request or not SAME["alone"].search(sentence)):
            continue
        if not (answer or about_request):
            continue
        yield SameAs(
            target=link.target if link else f"#{slug(quoted['title'])}" if quoted else "",
            answer=answer and not unnamed,
            optional=SAME["optional"].search(line.source) is not None,
            without=_left_out(sentence),
        )


def _left_out(sentence: str) -> tuple[str, ...]:
    """Return the names of the fields that a sentence leaves out."""
    left = SAME["without"].search(sentence)
    names = _NAMES.match(sentence, left.end()) if left else None
    return tuple(_MARKED.findall(names["names"])) if names else ()


def _is_about_payload(sentence: str) -> bool:
    """Return whether a sentence points at what an answer holds: "See [X] for the payload"."""
    words = sentence.split("](", 1)[-1]
    return SAME["see"].match(sentence) is not None and SAME["payload"].search(words) is not None


def _is_about_request(sentence: str) -> bool:
    label = read_label(sentence[:_LONGEST_LABEL])
    return label.part == "parameters" or label.direction == "request" or label.place == "body"
