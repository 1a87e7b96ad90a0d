"""Sentences that say that an answer is the item of its operation: "Returns the updated loom".

The noun is that of a collection in the path: the item of `/looms/{id}/parts` is a part, and of
`/looms/{id}/stop` a loom. Of PUT and PATCH, "Returns the updated …" in another language is enough.
A list of such items is the answer to a GET of their collection.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from apiscribe.dialects.http.routes import RouteText
from apiscribe.dialects.http.words import ITEM, ITEM_ASIDE, STATUSES
from apiscribe.model.names import words
from apiscribe.model.plurals import singular

_SENTENCE = re.compile(r"(?<=[.!?。])\s+|(?<=。)|\n")
# After a noun that is the whole answer; "the loom count" and "the loom's parts" are others.
_ENDS = r"(?=[`*_]*\s*(?:[.,;:(（)—–]|$|or\b|if\b|when\b|unless\b|as\b))"
_FAILURE = re.compile(r"\W+[45]\d\d\b")
_CHANGED = re.compile(r"/(?P<collection>[^/{}]+)/\{[^{}]*\}/?$")
_OF_CHANGES = frozenset({"PUT", "PATCH"})


def collection_of_item(text: str, routes: Sequence[RouteText]) -> str:
    """Return the word of the path for the item that a text calls the answer, or ""."""
    for sentence in _SENTENCE.split(text):
        stated = STATUSES["returning"].search(sentence)
        if stated is None:
            continue
        rest = sentence[stated.start() :]
        condition = STATUSES["conditions"].search(rest)
        whole = rest[: condition.start()] if condition else rest
        whole = _FAILURE.split(whole)[0]
        folded = whole.casefold()
        for route in routes:
            for collection, noun in _collections(route):
                if noun.casefold() in folded and any(
                    re.search(pattern, whole, re.IGNORECASE) for pattern in _spellings(noun)
                ):
                    return collection
            changed = _CHANGED.search(route.path) if route.verb in _OF_CHANGES else None
            if changed and ITEM["changed"].search(whole):
                return changed["collection"]
    return ""


def collection_of_list(text: str, routes: Sequence[RouteText]) -> str:
    """Return the word at the end of a path for the items that a text calls the answer: "Returns a
    list of looms", "Responds with an array of loom objects"; "" for other answers.
    """
    for sentence in _SENTENCE.split(text):
        stated = STATUSES["returning"].search(sentence)
        rest = sentence[stated.end() :] if stated else ""
        for route in routes if rest else ():
            word = route.path.rstrip("/").rpartition("/")[2].removesuffix(".json")
            plural = " ".join(words(word)).lower()
            if route.verb != "GET" or "{" in word or singular(plural) == plural:
                continue
            if re.match(_listed(plural, singular(plural)), rest, re.IGNORECASE):
                return word
    return ""


def _listed(plural: str, noun: str) -> str:
    """Return the pattern of "a list of looms", "an array of all loom objects", "all looms"."""
    lists, forms = ITEM["lists"].pattern, ITEM["plural_forms"].pattern
    items = rf"[`*_\[]*(?:{re.escape(plural)}|{re.escape(noun)}[`*_\]]*\s+(?:{forms})){_ENDS}"
    every = r"all\s+(?:(?:the|your)\s+)?"
    with_status = r"\W*(?:with\b\W*)?(?:\d{3}\b[\s\w]{0,20}?\W*(?:(?:with|and)\b\W*)?)?"
    return (
        rf"{with_status}(?:(?:an?\s+)?(?:json\s+)?(?:{lists})\s+of\s+(?:{every})?|{every}){items}"
    )


def _spellings(noun: str) -> Iterator[str]:
    """Yield the patterns of a noun that is an answer: "the updated loom", "a loom object", "a new
    instance of `Loom`". Before and behind words such as "object", nothing else may narrow it.
    """
    article, form, fresh = (ITEM[key].pattern for key in ("articles", "forms", "fresh"))
    code = rf"[`*_]*{re.escape(noun)}[`*_]*"
    # "an image for the loom" and "a response to a loom" are no loom.
    alone = "".join(rf"(?<!\b{word} )" for word in ITEM_ASIDE)
    yield rf"{alone}\b(?:{article})\s+(?:\w+\s+){{0,2}}[`*_\[]*{re.escape(noun)}{_ENDS}"
    begin = rf"(?:{article})\s+(?:(?:{fresh})\s+)?"
    yield rf"{begin}{code}\s+(?:{form})(?:{_ENDS}|\s+(?:for|with)\b)"
    yield rf"{begin}(?:{form})\s+of\s+(?:(?:{article})\s+)?{code}{_ENDS}"


def _collections(route: RouteText) -> Iterator[tuple[str, str]]:
    """Yield the words of a path that are plurals, from the last, each with its singular."""
    for segment in reversed(route.path.split("/")):
        if "{" in segment:
            continue
        word = " ".join(words(segment)).lower()
        if (noun := singular(word)) != word:
            yield segment, noun
