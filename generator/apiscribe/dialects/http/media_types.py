"""The media type of a request's body, as the page states it or its commands send it.

A page states that a body is a form by a label or a place ("Form data", `formData`), by the header
Content-Type, by a sentence with the media type, or by a `curl` command that sends one. A body that
the page also shows as JSON is JSON.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from apiscribe.dialects.http.curl import curl_body, curl_target, is_curl, sends_form
from apiscribe.dialects.http.members import Member
from apiscribe.dialects.http.parts import lines_of
from apiscribe.dialects.http.request_drafts import WITHOUT_BODY
from apiscribe.dialects.http.routes import RouteText
from apiscribe.dialects.http.words import MEDIA_TYPES, SENT, STATUSES, Label
from apiscribe.model.http import FILES, FORM
from apiscribe.model.type_words import type_of_word
from apiscribe.pages.blocks import Block, Bullets, Code, Paragraph, Table

_HEADER = re.compile(r"content-type\W+(?P<value>[\w.+/-]+)", re.IGNORECASE)
_NAME = re.compile(r"\W*content-type\W*")  # in a cell
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=\W*[A-Z])|(?<=[。；！])|\n")
_LONGEST_LINE = 2_000


@dataclass(frozen=True)
class SentMedia:
    """A kind of body: `json`, `form` (of either encoding), `urlencoded` or `multipart`. With a
    `verb`, a command sends it; its `address` is empty if the command has none.
    """

    kind: str
    verb: str = ""
    address: str = ""


def sent_media(block: Block, label: Label) -> Iterator[SentMedia]:
    """Yield the kinds of bodies that a part states for the request."""
    if label.direction in ("response", "error"):
        return
    match block:
        case Code() if is_curl(block.text):
            if kind := _command_kind(block.text):
                yield SentMedia(kind, *curl_target(block.text))
        case Code() if not re.match(r"\s*HTTP/", block.text):
            head = re.split(r"\n\s*\n", block.text.strip(), maxsplit=1)[0]
            yield from _in_header(head)
        case Paragraph() if is_curl(block.inline.source):
            if kind := _command_kind(block.inline.source):
                yield SentMedia(kind, *curl_target(block.inline.source))
        case Paragraph():
            for line in lines_of(block.inline):
                yield from _in_sentences(line.text)
        case Bullets():
            heads = [item.blocks[0] for item in block.items if item.blocks]
            for head in heads:
                if isinstance(head, Paragraph):
                    yield from _in_header(head.inline.text)
        case Table():
            for row in (block.header, *block.rows):
                texts = [cell.text.lower() for cell in row.cells]
                if texts and _NAME.fullmatch(texts[0]):
                    yield from map(SentMedia, _named(" ".join(texts[1:])))
        case _:
            return


def media_type_of(
    stated: Iterable[SentMedia],
    labels: Iterable[str],
    body: Collection[Member],
    routes: Collection[RouteText],
) -> str:
    """Return the media type of a body; "" for JSON. `labels` are the kinds of its labels."""
    kinds = {one.kind for one in stated if not one.verb or calls(one.verb, one.address, routes)} | {
        *labels
    }
    with_body = any(route.verb not in WITHOUT_BODY for route in routes)
    if "json" in kinds or not with_body or not kinds - {""}:
        return ""
    has_files = any(map(_is_file, body))
    is_multipart = "multipart" in kinds and "urlencoded" not in kinds
    return FILES if has_files or is_multipart else FORM


def calls(verb: str, address: str, routes: Iterable[RouteText]) -> bool:
    """Return whether a command with a verb and an address calls one of the routes."""
    segments = address.partition("?")[0].rstrip("/").split("/")
    for route in routes:
        steps = route.path.strip("/").split("/")
        fits = zip(steps, segments[-len(steps) :], strict=False)
        is_path = all("{" in step or step == segment for step, segment in fits)
        if route.verb == verb and (is_path or not address):
            return True
    return False


def _is_file(member: Member) -> bool:
    is_bytes = member.type is not None and type_of_word(member.type.type.name) == "bytes"
    return is_bytes or "multipart" in _named(member.description.lower())


def _command_kind(command: str) -> str:
    """Return the kind of body that a command sends; "" without one."""
    if stated := list(_in_header(command)):
        return stated[0].kind
    return "json" if curl_body(command) else sends_form(command)


def _in_header(text: str) -> Iterator[SentMedia]:
    """Yield the kind that a header Content-Type states."""
    for match in _HEADER.finditer(text[:_LONGEST_LINE]):
        if kind := MEDIA_TYPES.get(match["value"].lower()):
            yield SentMedia(kind)


def _in_sentences(text: str) -> Iterator[SentMedia]:
    """Yield the kinds that sentences state: "The body is `multipart/form-data`."."""
    for sentence in _SENTENCE.split(text[:_LONGEST_LINE]):
        words = sentence.lower()
        if not (SENT["not"].search(words) or STATUSES["returning"].search(words)):
            yield from map(SentMedia, _named(words))


def _named(text: str) -> Iterator[str]:
    return (kind for name, kind in MEDIA_TYPES.items() if name in text)
