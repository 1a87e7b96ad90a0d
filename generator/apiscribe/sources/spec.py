"""A spec folder, or a folder of pages, as a source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from apiscribe.build import read
from apiscribe.drift.side import Fact, Side
from apiscribe.ir import Api, File
from apiscribe.lower.inference import LABEL_RULES, field_position, rule_name, shown_as_list
from apiscribe.sources.failure import SourceError

_NO_NUMBERS = "pages have no numbers, and no numbers.json keeps any"
_LABEL_RULES = {*map(rule_name, LABEL_RULES), rule_name(shown_as_list)}


def open_spec(text: str) -> Side:
    """The API of the folder's pages. Raises SourceError where a page has an error."""
    reading = read(Path(text))
    if errors := reading.report.at("error"):
        first = errors[0]
        raise SourceError(
            f"{text} has errors, and `apiscribe lint {text}` shows them; the first is at"
            f" {first.span}: {first.message}"
        )
    side = side_of_pages(reading.api, text)
    unknown = dict(side.unknown)
    if not reading.locked:
        unknown["numbers"] = _NO_NUMBERS
    return replace(side, unknown=unknown, texts=reading.spec.sources, folder=text)


def side_of_pages(api: Api, name: str) -> Side:
    """The side of an Api that was read from pages, with what their forms cannot tell."""
    marking = {file.dialect for file in api.files if _lists(file, inferred=False)}
    pages: dict[str, dict[Fact, str]] = {}
    for file in api.files:
        facts = pages.setdefault(file.page, {})
        if "hugo" in file.dialect:
            facts["streams"] = "Hugo pages have no mark for streams"
        if _lists(file, inferred=True):
            # A form that marked them all had marked this one.
            facts["labels of messages"] = "the page does not mark all lists"
            if not _lists(file, inferred=False):
                facts["labels"] = "the page marks no lists"
        elif file.dialect not in marking and _infers(api, file.dialect):
            facts["labels"] = facts["labels of messages"] = "no page of its form marks lists"
    unknown: dict[Fact, str] = {}
    if all(told == rule_name(field_position) for told in _tellers_of_numbers(api)):
        unknown["numbers"] = _NO_NUMBERS
    return Side(
        name=name,
        api=api,
        unknown=unknown,
        unknown_on={page: facts for page, facts in pages.items() if facts},
    )


def _lists(file: File, inferred: bool) -> bool:
    """Whether there is a list that a rule made, or one that the page marks."""
    return any(
        field.repeated and (field.inferred.get("repeated") in _LABEL_RULES) == inferred
        for message in file.messages
        for field in message.fields
    )


def _infers(api: Api, dialect: str) -> bool:
    return any(_lists(file, inferred=True) for file in api.files if file.dialect == dialect)


def _tellers_of_numbers(api: Api) -> Iterator[str]:
    for _, message in api.messages():
        if message.fields:
            yield message.inferred.get("numbers", "")
