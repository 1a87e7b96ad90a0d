"""The table of type words, and the texts that hold type arguments."""

from __future__ import annotations

from collections import Counter
from time import perf_counter

import pytest

from apiscribe.model import type_words
from apiscribe.model.type_words import is_map, split_list, type_of_word
from apiscribe.model.types import SCALARS, WELL_KNOWN
from apiscribe.pages.html_table import read_fragment
from apiscribe.pages.markdown import MARKDOWN

TABLES = (type_words._TABLES["any_case"], type_words._TABLES["lower_case"])


def test_each_word_means_one_type_of_protobuf() -> None:
    words = Counter(word for table in TABLES for listed in table.values() for word in listed)
    assert [word for word, count in words.items() if count > 1 or word != word.lower()] == []
    assert {name for table in TABLES for name in table} <= SCALARS | WELL_KNOWN.keys()


@pytest.mark.parametrize("name", sorted(SCALARS))
def test_a_scalar_means_itself(name: str) -> None:
    assert type_of_word(name) == type_of_word(name.upper()) == name


@pytest.mark.parametrize(
    ("text", "name", "listed"),
    [
        ("string[]", "string", True),
        ("[]string", "string", True),
        ("[Integer]", "Integer", True),
        ("set of Book", "Book", True),
        ("Array<Map<string, Book>>", "Map<string, Book>", True),
        ("[]byte", "[]byte", False),
        ("byte[]", "byte[]", False),
        ("[Book]", "[Book]", False),
        ("Book", "Book", False),
        ("Listing<Book>", "Listing<Book>", False),
    ],
)
def test_a_list_is_its_items(text: str, name: str, listed: bool) -> None:
    assert split_list(text) == (name, listed)


def test_a_map_has_types() -> None:
    assert all(map(is_map, ("map<string, Book>", "dict[str, int]", "map[string]Book")))
    assert not any(map(is_map, ("map", "MapEntry", "dict[str]", "Heatmap<string, Book>")))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("List<Other>", "List<Other>"),
        ("list<link>", "list<link>"),
        ("Page<Link>", "Page<Link>"),
        ("Map<string, List<Other>>", "Map<string, List<Other>>"),
        ("List&lt;Other&gt;", "List<Other>"),
        ("the <name> of it", "the <name> of it"),
        ("<b>bold</b>", "bold"),
        ("list<br>of", "list of"),
        ("<Note>kept</Note>", "kept"),
        ("<Required/> kept", "kept"),
        ('<x-mark a="b"> kept', "kept"),
    ],
)
def test_a_type_argument_is_text_and_a_tag_is_not(text: str, words: str) -> None:
    assert MARKDOWN.parse(text).text == words
    assert read_fragment(text).text == words


@pytest.mark.parametrize("part", ["<x>", "List<x", "</x>", "map[a,", "list<", "[]", "<x ", "x<X>"])
def test_many_brackets_are_read_in_linear_time(part: str) -> None:
    text = part * 20_000
    begins = perf_counter()
    split_list(text)
    is_map(text)
    read_fragment(text)
    assert perf_counter() - begins < 10
