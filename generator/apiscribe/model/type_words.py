"""Type words: what `integer`, `List<X>`, `X[]` and `map<K, V>` mean on any page or document.

The words are data, in type_words.toml. Whether a word counts is decided in `lower.type_words`: a
page may declare a message of the same name.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from apiscribe.model.house_words import type_word
from apiscribe.model.types import SCALARS

LIST_VALUE = "google.protobuf.ListValue"

_TABLES = tomllib.loads(Path(__file__).with_name("type_words.toml").read_text("utf-8"))


def _words(case: str) -> Mapping[str, str]:
    return {word: name for name, words in _TABLES[case].items() for word in words}


_ANY_CASE = {**{name: name for name in SCALARS}, **_words("any_case")}
_LOWER_CASE = _words("lower_case")
SHIPPED_TYPES = frozenset([*_ANY_CASE, *_LOWER_CASE])
_LISTS, _MAPS = _TABLES["generics"]["lists"], _TABLES["generics"]["maps"]
_PREFIXES = _TABLES["generics"]["prefixes"]

# Formats of OpenAPI that do not change the type. Source: the OpenAPI Format Registry.
FORMATS = frozenset(_TABLES["formats"]["of_strings"])

_FORMAT_WORDS = {
    word: format_ for format_, words in _TABLES["format_words"].items() for word in words
}

# The words that `<X>` may follow.
GENERICS = frozenset([*_LISTS, *_MAPS])

# How pages write a list. Before the values of an enum without a name, nothing follows `list of`.
_LIST_SPELLINGS = (
    re.compile(rf"(?:(?:{'|'.join(_LISTS)}) of|repeated)(?:\s+(.*)|$)", re.IGNORECASE),
    re.compile(r"\(slice of\)\s*(.+)", re.IGNORECASE),
    re.compile(rf"(?:{'|'.join(_PREFIXES)})\s+(.+)", re.IGNORECASE),
    re.compile(rf"(?:{'|'.join(_LISTS)})\s*(?:<(.+)>|\[(.+)\])", re.IGNORECASE),
    re.compile(r"(.*\S)\s*\[\]"),
    re.compile(r"\[\]\s*(\S.*)"),
)
_LONGEST = 500  # characters of a type's text; no longer text is taken apart
_IN_BRACKETS = re.compile(r"\[([^\[\]]+)\]")
# How pages write a map: its key, then its values. No key holds a bracket or a comma.
_MAP_SPELLINGS = (
    re.compile(
        rf"(?:{'|'.join(_MAPS)})\s*(?:<([^<>,]+),(.+)>|\[([^\[\],]+),(.+)\])", re.IGNORECASE
    ),
    re.compile(r"map\[([^\[\],]+)\]\s*(\S.*)", re.IGNORECASE),  # Go
    re.compile(r"\{\s*\[\s*\w+\s*:\s*(\w+)\s*\]\s*:\s*([^{};]+?);?\s*\}"),  # TypeScript
    re.compile(
        rf"(?:{'|'.join(_MAPS)}) (?:of|from) (\w+) to (\S.*)",
        re.IGNORECASE,
    ),
)
# How pages write that a value may be null.
_NULL_SPELLINGS = (
    re.compile(r"(\S.*?)\s*(?:\||/|\bor\b)\s*(?:null|nil|none)", re.IGNORECASE),
    re.compile(r"(?:null|nil|none)\s*(?:\||/|\bor\b)\s*(\S.*)", re.IGNORECASE),
    re.compile(r"(?:nullable|optional)\s*(?:<(.+)>|\[(.+)\])", re.IGNORECASE),
    re.compile(r"(\S.*?),?\s*\(?nullable\)?|nullable\s+(\S.*)", re.IGNORECASE),
    re.compile(r"\?\s*([A-Za-z]\S*)|(\S*[A-Za-z\]>])\s*\?"),
)
# `integer (int32)`, `string(uuid)`, `string<date-time>`, `number, double`
_FORMAT_SPELLING = re.compile(r"(\w+)\s*(?:\(\s*([\w-]+)\s*\)|<\s*([\w-]+)\s*>|,\s*([\w-]+))")


def usual_word(name: str) -> str:
    """Return the word that pages use most for a type; empty if there is none."""
    word: str = _TABLES["usual"].get(name, "")
    return word


def type_of_word(text: str) -> str:
    """Return the scalar or the full name of the message that a type word means, or ""."""
    return shipped_type(type_word(text) or text)


def shipped_type(text: str) -> str:
    """Return what a type word means that is not a house word, or ""."""
    word = " ".join(text.split())
    return _ANY_CASE.get(word.lower()) or _LOWER_CASE.get(word, "")


def format_of_word(text: str) -> str:
    """Return the format of the strings that a type word means: `uuid`, or "" for any text."""
    word = type_word(text) or text
    return _FORMAT_WORDS.get(word.strip().lower(), "") if type_of_word(text) == "string" else ""


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


@lru_cache(maxsize=1_000)
def split_map(text: str) -> tuple[str, str] | None:
    """Return the texts of a map's keys and values: `map<string, int32>`; None of any other type."""
    for spelling in _MAP_SPELLINGS if len(text) <= _LONGEST else ():
        if match := spelling.fullmatch(text.strip()):
            key, value = filter(None, match.groups())
            return key.strip(), value.strip()
    return None


def values_text(text: str) -> str:
    """Return the text of a map's values; any other text itself."""
    parts = split_map(text)
    return parts[1] if parts else text


@lru_cache(maxsize=1_000)
def split_null(text: str) -> tuple[str, bool]:
    """Return a type's text without the words that let it be null, and whether it had any."""
    for spelling in _NULL_SPELLINGS if len(text) <= _LONGEST else ():
        if match := spelling.fullmatch(text.strip()):
            return next(filter(None, match.groups()), "").strip(), True
    return text, False


def split_format(text: str) -> tuple[str, str]:
    """Return a type word and its format: `string (uuid)` → `string`, `uuid`; else the text, "".

    Both are type words, or the format is one of OpenAPI's.
    """
    match = _FORMAT_SPELLING.fullmatch(text.strip())
    if match and type_of_word(match[1]):
        format_ = next(filter(None, match.groups()[1:])).lower()
        if format_ in FORMATS or type_of_word(format_) in SCALARS:
            return match[1], format_
    return text, ""
