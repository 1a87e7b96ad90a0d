"""[words] of spec.toml: how far the words of a house reach."""

from __future__ import annotations

import pytest

from apiscribe.diagnostics.source import Span
from apiscribe.dialects import tables
from apiscribe.dialects.http import words as http
from apiscribe.dialects.http.parts import clean
from apiscribe.dialects.protobuf import words as protobuf
from apiscribe.model.house_words import HEADERS, MARKS, ROLES, HouseWords, house_words, in_force
from apiscribe.model.type_words import format_of_word, type_of_word
from apiscribe.pages.blocks import Inline
from apiscribe.pages.markdown_text import MARKDOWN

WORDS = house_words(
    headers={"Typ": "name", "Gut Lesbar": "description"},
    types={"long": "int32", "Kennung": "uuid"},
    marks={"Ja": "no", "(muss)": "required", "!": "required"},
    roles={"Returns": "request", "Ort": "query"},
)


def readings() -> list[object]:
    """What recognisers read in words that the house gives another meaning."""
    shortcode = Inline("id {{< muss >}}", Span("page.md", 1, 1), MARKDOWN)
    return [
        http.column("typ"),
        protobuf.header_role("Typ"),
        tables.role("gut_lesbar?"),
        type_of_word("Long"),
        format_of_word("kennung"),
        http.presence("ja"),
        http.presence("`muss`"),
        http.presence("!"),
        protobuf.mark("Muss"),
        http.read_label("Returns").direction,
        http.place("ort"),
        clean(shortcode).source,
    ]


SHIPPED = ["type", "type", "", "int64", "", True, None, None, "", "response", "", "id "]
HOUSE = [
    *("name", "name", "description", "int32", "uuid", False, True, True, "required"),
    *("request", "query", "id (muss)"),
]


def test_a_word_of_the_house_outranks_a_shipped_word_and_only_in_its_spec() -> None:
    assert readings() == SHIPPED
    with in_force(WORDS):
        assert readings() == HOUSE
        with in_force(HouseWords()):  # a reference version has words of its own
            assert readings() == SHIPPED
        assert readings() == HOUSE
    assert readings() == SHIPPED


@pytest.mark.parametrize("word", HEADERS.values())
def test_every_header_has_a_meaning(word: str) -> None:
    assert http.column(word) or protobuf.header_role(word) or tables.role(word)


@pytest.mark.parametrize("word", MARKS.values())
def test_every_mark_has_a_meaning(word: str) -> None:
    assert http.presence(word) is not None or protobuf.mark(word)


@pytest.mark.parametrize("word", ROLES.values())
def test_every_role_has_a_meaning(word: str) -> None:
    label = http.read_label(word)
    assert label.is_role
    assert not label.subject


def test_letters_that_fold_into_others_are_no_words_of_the_house() -> None:
    with in_force(
        house_words(headers={}, types={}, marks={"muss": "required"}, roles={"s": "body"})
    ):
        assert http.read_label("ſ").place == ""
