"""Running text: the shortcuts for the markup of most lines read what markdown-it reads."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apiscribe.pages.markdown_text import _parse_any, _parse_pieces

# Marks, and what may stand beside them: letters, marks of other scripts, blanks, punctuation.
PARTS = (
    *("**", "*", "`", "``", "[", "]", "(", ")", "_", "__", "!", "#", "/", ".", ":", "-", "~", "|"),
    *("a", "b1", "foo_bar", "http", "é", "€", "—", "\u0301", "中", "ª", " ", "\n", "  \n", "\xa0"),
    *("**a**", "`a`", "[a](b)", "[**a**](b)", "[a](//b)", "[a](./B)", "[a b](#c)", "\t", "\x0b"),
)


@given(st.lists(st.sampled_from(PARTS), max_size=14).map("".join))
def test_simple_markup_is_read_as_by_the_parser(text: str) -> None:
    pieces = _parse_pieces(text)
    assert pieces is None or pieces == _parse_any(text)


@pytest.mark.parametrize(
    "text",
    [
        "**book_id** (string)   `Required`",
        "[**list_books**](./Book.md#list_books)",
        "**POST** /shop/v1/book/create",
        "[BookInfo](book.md#bookinfo) of the shop",
    ],
)
def test_most_lines_need_no_parser(text: str) -> None:
    assert _parse_pieces(text) == _parse_any(text)


@pytest.mark.parametrize(
    "text", ["a**b**", "**a**b", "![a](b)", "*a*", "_a_", "**a*", "`a", r"\*\*a\*\*", "[a](b c)"]
)
def test_other_markup_is_left_to_the_parser(text: str) -> None:
    assert _parse_pieces(text) is None
