"""Type words: what `integer`, `List<X>`, `X[]` and `map<K, V>` mean on any page or document.

The words are data, in type_words.toml. Whether a word counts is decided in `lower.type_words`: a
page may declare a message of the same name.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from apiscribe.model.types import SCALARS

LIST_VALUE = "google.protobuf.ListValue"

_TABLES = tomllib.loads(Path(__file__).with_name("type_words.toml").read_text("utf-8"))


def _words(case: str) -> Mapping[str, str]:
    return {word: name for name, words in _TABLES[case].items() for word in words}


_ANY_CASE = {**{name: name for name in SCALARS}, **_words("any_case")}
_LOWER_CASE = _words("lower_case")
_LISTS, _MAPS = _TABLES["generics"]["lists"], _TABLES["generics"]["maps"]

# The words that `<X>` may follow.
GENERICS = frozenset([*_LISTS, *_MAPS])

# How pages write a list. Before the values of an enum without a name, nothing follows `list of`.
_LIST_SPELLINGS = (
    re.compile(rf"(?:(?:{'|'.join(_LISTS)}) of|repeated)(?:\s+(.*)|$)", re.IGNORECASE),
    re.compile(r"\(slice of\)\s*(.+)", re.IGNORECASE),
    re.compile(rf"(?:{'|'.join(_LISTS)})\s*(?:<(.+)>|\[(.+)\])", re.IGNORECASE),
    re.compile(r"(.*\S)\s*\[\]"),
    re.compile(r"\[\]\s*(\S.*)"),
)
_IN_BRACKETS = re.compile(r"\[([^\[\]]+)\]")
# `Map<K, V>`, `dict[K, V]`; Go writes `map[K]V`.
_MAP_SPELLING = re.compile(
    rf"(?:{'|'.join(_MAPS)})\s*(?:<.+>|\[[^,]+,.+\])|map\[[^\[\]]+\]\s*\S.*", re.IGNORECASE
)


def type_of_word(text: str) -> str:
    """Return the scalar or the full name of the message that a type word means, or ""."""
    word = " ".join(text.split())
    return _ANY_CASE.get(word.lower()) or _LOWER_CASE.get(word, "")


def split_list(text: str) -> tuple[str, bool]:
    """Return a type's name without the words that make it a list, and whether it had any.

    `[X]` is a list only of type words: around another name, it is a link without its target.
    """
    if type_of_word(text):
        return text, False
    for spelling in _LIST_SPELLINGS:
        if match := spelling.fullmatch(text):
            return next(filter(None, match.groups()), "").strip(), True
    match = _IN_BRACKETS.fullmatch(text)
    if match and type_of_word(match[1]):
        return match[1].strip(), True
    return text, False


def is_map(text: str) -> bool:
    """Return whether a text is a map with its types: `map<string, int32>`."""
    return _MAP_SPELLING.fullmatch(text) is not None
