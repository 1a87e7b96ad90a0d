"""The table of type words, and the texts that hold type arguments."""

from __future__ import annotations

from collections import Counter
from time import process_time

import pytest

from apiscribe.model import type_words
from apiscribe.model.type_words import split_format, split_list, split_map, split_null, type_of_word
from apiscribe.model.types import SCALARS, WELL_KNOWN
from apiscribe.pages.html_table import read_fragment
from apiscribe.pages.markdown_text import MARKDOWN

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


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("map<string, Book>", ("string", "Book")),
        ("dict[str, list[int]]", ("str", "list[int]")),
        ("map[string]Book", ("string", "Book")),
        ("Map<String, Map<String, Book>>", ("String", "Map<String, Book>")),
        ("{ [id: string]: Book }", ("string", "Book")),
        ("map of string to Book", ("string", "Book")),
        ("map", None),
        ("MapEntry", None),
        ("dict[str]", None),
        ("Heatmap<string, Book>", None),
    ],
)
def test_a_map_has_keys_and_values(text: str, parts: tuple[str, str] | None) -> None:
    assert split_map(text) == parts


@pytest.mark.parametrize(
    ("text", "name", "nullable"),
    [
        ("string | null", "string", True),
        ("null or Book", "Book", True),
        ("?string", "string", True),
        ("string?", "string", True),
        ("Optional[Book]", "Book", True),
        ("nullable string", "string", True),
        ("string (nullable)", "string", True),
        ("Nullable", "Nullable", False),
        ("NullableBook", "NullableBook", False),
        ("string | Book", "string | Book", False),
    ],
)
def test_a_type_may_be_null(text: str, name: str, nullable: bool) -> None:
    assert split_null(text) == (name, nullable)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("integer (int32)", ("integer", "int32")),
        ("string(uuid)", ("string", "uuid")),
        ("string<date-time>", ("string", "date-time")),
        ("number, double", ("number", "double")),
        ("string (round)", ("string (round)", "")),
        ("Book (uuid)", ("Book (uuid)", "")),
    ],
)
def test_a_type_word_may_have_a_format(text: str, parts: tuple[str, str]) -> None:
    assert split_format(text) == parts


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
    begins = process_time()
    split_list(text)
    split_map(text)
    split_null(text)
    split_format(text)
    read_fragment(text)
    assert process_time() - begins < 10
