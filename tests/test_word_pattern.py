"""Patterns of words answer as one regular expression of all words does, in fewer searches."""

from __future__ import annotations

import re

from hypothesis import example, given
from hypothesis import strategies as st

from apiscribe.dialects.http.word_pattern import WordPattern

PATTERN = WordPattern(["default", "by default", "e-mail", "İstek", "größe", "默认", "기본값:", "*"])
NAMES = WordPattern(["default value", "istek", "默认"])
PARTS = ["default", "By Default", "DEFAULT VALUE", "default-value", "İstek", "istek", "ISTEK"]
PARTS += [
    "GRÖSSE",
    "größe",
    "默认",
    "参",
    "기본값:",
    "e-mail",
    "é",
    "_",
    "-",
    " ",
    "*",
    "x",
    "ſ",
    "K",
]


@given(st.lists(st.sampled_from(PARTS), max_size=5).map("".join))
@example("İstek")
@example("参default")
@example("default_value")
def test_a_text_is_searched_as_by_one_pattern(text: str) -> None:
    for words in (PATTERN, NAMES):
        whole = re.compile(words.pattern, re.IGNORECASE)
        assert [m.span() for m in words.finditer(text)] == [m.span() for m in whole.finditer(text)]
        assert bool(words.search(text)) == bool(whole.search(text))
        assert bool(words.match(text)) == bool(whole.match(text))
