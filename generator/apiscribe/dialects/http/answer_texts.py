"""The types of answers in running text: `200 ([Loom](#loom)): OK`, "Returns a list of [X](#x)"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from apiscribe.dialects.http.members import Member
from apiscribe.dialects.http.parts import clean
from apiscribe.dialects.http.prose_objects import read_object
from apiscribe.dialects.http.type_texts import TypeText, is_type, type_of_text
from apiscribe.dialects.http.words import BEGINS_LIST, FACTS, Label
from apiscribe.pages.blocks import Inline, Link, Paragraph

_WRAPPER = re.compile(r"\b(?:with|containing|contains)\s+(?:an?\s+)?`\w+`[^`\[]{0,20}$")
_STATUS_AND_TYPE = re.compile(
    r"\W*(?P<status>[1-5]\d\d)\s*\((?P<type>(?:[^()]|\([^()]*\))+)\)\s*[:–—-]\s*(?P<rest>.*)"
)
_LISTED = re.compile(r"\b(?:list|array|lists|arrays|collection)\b", re.IGNORECASE)
_LINK = re.compile(r"\[(?:[^\[\]\\]|\\.)+\]\([^()\s]*[^()]*\)")
_SENTENCE = re.compile(r"(?<=[\w)`*\]])\.(?:\s|$)")
_OBJECT = re.compile(r"\bobjects?$", re.IGNORECASE)
_MOST_LETTERS = 120  # before the word for returning


def whole_type(block: Paragraph) -> TypeText | None:
    """Return the type that a paragraph consists of: a link to a message, or a word for one."""
    inline = clean(block.inline)
    links, text = inline.parsed.links, inline.text.strip()
    if (links and links[0].text == text) or (len(text) < 40 and is_type(text)):
        return type_of_text(text, links, block.span)
    sentence = re.split(r"(?<=\w)\.(?:\s|$)", text)[0]
    named = [link for link in links if _OBJECT.search(link.text) and link.text in sentence]
    if len(named) == 1 and BEGINS_LIST.match(sentence):
        # "An array of up to 20 [note objects](#the-note-object)"
        type_ = type_of_text(named[0].text, tuple(named), block.span)
        return replace(type_, type=replace(type_.type, repeated=True))
    return None


def status_and_type(line: Inline) -> tuple[str, TypeText, str] | None:
    """Return the status, the type and the words of a line such as `200 ([Loom](#loom)): OK`."""
    match = _STATUS_AND_TYPE.fullmatch(line.source)
    if match is None:
        return None
    written = Inline(match["type"], line.span, line.markup)
    if not written.parsed.links and not is_type(written.text):
        return None
    type_ = type_of_text(written.text, written.parsed.links, line.span)
    return match["status"], type_, Inline(match["rest"], line.span, line.markup).prose


def returned_status(block: Paragraph) -> str:
    """Return the status that a sentence about an answer begins with, or ""."""
    sentence = _returning(clean(block.inline).text)
    status = re.match(r"\D{0,30}\b(2\d\d)\b(?!\s*\w*s\b)", sentence)
    return status[1] if status else ""


def returned_type(block: Paragraph) -> TypeText | list[Member] | None:
    """Return the type that a sentence states, or the fields of the object that it spells."""
    inline = clean(block.inline)
    for sentence in _returnings(inline.source):
        for link in _LINK.finditer(sentence):
            before = Inline(sentence[: link.start()], inline.span, inline.markup).text
            if _WRAPPER.search(sentence[: link.start()]):
                # "an object with `data`, an array of [X]": the link is not the answer
                return read_object(Inline(sentence, inline.span, inline.markup))
            if FACTS["holders"].search(before):
                return None  # "an object that contains a list of [X]"
            links = Inline(link[0], inline.span, inline.markup).parsed.links
            if links and len(before) < 60 and _is_in_pages(links[0]):
                type_ = type_of_text(links[0].text, links, block.span)
                if _LISTED.search(before):
                    type_ = replace(type_, type=replace(type_.type, repeated=True))
                return type_
    return None


def _is_in_pages(link: Link) -> bool:
    external = re.match(r"https?:|mailto:", link.target)
    return bool(link.text and not external and re.search(r"[#/\w]", link.target))


def _returning(text: str) -> str:
    """Return the first text about an answer; "" without one."""
    return next(_returnings(text), "")


def _returnings(text: str) -> Iterator[str]:
    """Yield the rest of each sentence behind a word for returning. In the passive, it is what comes
    before: "The sent [Message](#message) is returned".
    """
    for sentence in _SENTENCE.split(text):
        match = FACTS["returns"].search(sentence)
        if match and match.start() <= _MOST_LETTERS:
            after = sentence[match.end() :]
            passive = FACTS["passive"].search(sentence[: match.start()])
            if (passive and passive.end() == match.start()) or not after.strip(" ."):
                yield re.split(r"[,;]\s", sentence[: match.start()])[-1]
            else:
                yield after


def of_answer(label: Label, line: Inline) -> Label:
    """Return the label of fields as that of an answer, if the sentence before it is about one:
    "Returns a list of gates. A gate has these properties:".
    """
    before, _, last = line.text.strip().rpartition(". ")
    returns = FACTS["returns"].search(before)
    if not last or returns is None:
        return label
    listed = BEGINS_LIST.match(before[returns.end() :]) is not None
    return replace(label, direction="response", listed=listed)
