"""Operations that a page only shows or mentions: `curl` commands, and sentences such as "Send a
`POST` request to `/v1/hives` with a JSON body".

They count on pages that write no operation in another way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from apiscribe.dialects.http.curl import curl_target, is_curl
from apiscribe.dialects.http.hits import LINE, Hit, of_text
from apiscribe.dialects.http.parts import Part, clean
from apiscribe.dialects.http.routes import VERBS, is_of_others
from apiscribe.dialects.http.sections import Section
from apiscribe.dialects.http.words import PROSE, Label, read_label
from apiscribe.pages.blocks import Bullets, Code, Heading, Inline, Paragraph
from apiscribe.workspace.late_pattern import late_pattern

_VERB = rf"[`*]*\b(?P<verb>{'|'.join(sorted(VERBS))})\b[`*]*"
_PATH = r"(?:\[?`(?P<code>(?:https?://|/)[^`\s]*)`|<?(?P<url>https?://[^\s<>`\"')]+))"
_WORDS = PROSE["words"].pattern
_ROUTE = late_pattern(
    rf"(?:(?P<lead>{PROSE['imperatives'].pattern})\W+(?:(?:an?|the|HTTP|authenticated|simple|new)\W+)*)?"
    rf"{_VERB}(?P<request>[\s-]*(?:{_WORDS}))?\s+(?:{PROSE['to'].pattern})\s+"
    rf"(?:(?:the|this|following|our|{_WORDS})\s+)*{_PATH}",
)
_MOST_SECTIONS = 4  # to each operation
_SENTENCE = re.compile(r"(?<=[.!?])\s+")


def command_hits(parts: Sequence[Part]) -> list[Hit]:
    """Return the operations that `curl` commands call, for a page that has no other evidence."""
    hits: list[Hit] = []
    for index, part in enumerate(parts):
        if isinstance(part.block, Code) and is_curl(part.block.text):
            verb, url = curl_target(part.block.text)
            if verb in VERBS and url:
                hits += of_text(verb, url, LINE, index, part.block.span)
    return hits


def example_hits(parts: Sequence[Part], root: Section, hits: Sequence[Hit]) -> Iterator[Hit]:
    """Yield the operations of example requests in sections that list members and write no
    operation, on a page that writes others: the command is all that shows the route.
    """
    found = {hit.index for hit in hits}
    for hit in command_hits(parts):
        section = root.section_of(hit.index)
        if not (heads_request(parts, hit.index) and section.is_role and section.parent):
            continue
        around = section.parent
        beside = any(each.label.part in ("parameters", "headers") for each in around.sections)
        if around.level and beside and not found & {*range(around.start, around.end)}:
            yield hit


def heads_request(parts: Sequence[Part], index: int) -> bool:
    """Return whether a part is below a heading such as "Example request"."""
    above = parts[index - 1].block if index else None
    label = read_label(clean(above.inline).text) if isinstance(above, Heading) else Label()
    return label.part == "example" and label.direction == "request" and not label.subject


def prose_hits(parts: Sequence[Part]) -> list[Hit]:
    """Return the operations in the running text of a page, in order; none if it is only one, or if
    most sections have none: such a page mentions the operations of others.
    """
    hits = list(_in_prose(parts))
    count = len({hit.route.key for hit in hits})
    headings = sum(isinstance(part.block, Heading) for part in parts)
    return hits if count > 1 and _MOST_SECTIONS * count >= headings else []


def _in_prose(parts: Sequence[Part]) -> Iterator[Hit]:
    """Yield the operations in sentences with the word "request" or an imperative beside the method.

    The path is code or a full address. A request that the server makes to its caller is none.
    """
    for index, part in enumerate(parts):
        for line in _texts(part):
            for sentence in _SENTENCE.split(line.source.replace("\n", " ")):
                match = _ROUTE.search(sentence)
                if match is None or not (match["request"] or match["lead"] or match.start() == 0):
                    continue
                if PROSE["others"].search(sentence):
                    continue
                path = (match["code"] or match["url"]).rstrip(".,;:")
                for hit in of_text(match["verb"], path, LINE, index, line.span):
                    if not is_of_others(hit.route):
                        yield hit


def _texts(part: Part) -> Iterator[Inline]:
    match part.block:
        case Paragraph(inline=inline):
            yield clean(inline)
        case Bullets(items=items):
            for item in items:
                if item.blocks and isinstance(item.blocks[0], Paragraph):
                    yield clean(item.blocks[0].inline)
        case _:
            return
