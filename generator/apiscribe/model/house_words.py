"""House words: the header, type, mark and role words of a spec's own pages, from [words].

A house word means a shipped word (house_words.toml), and that word is looked up in its place: each
dialect gives it the meaning that it has there. The words are part of a page to read. They are in
force in a `with` block only, and in its context only, so that no other spec is read by them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from apiscribe.workspace.late_pattern import late_pattern

# What a house word may mean → the shipped word for it.
HEADERS, MARKS, ROLES = (
    tomllib.loads(Path(__file__).with_name("house_words.toml").read_text("utf-8"))[kind]
    for kind in ("headers", "marks", "roles")
)

_LAST = re.compile(r"[(\[（]([^()\[\]（）]+)[)\]）]\s*$")
_BLANKS = re.compile(r"[\s_]+")
_EDGES = " .:：?*`()[]（）"
# A letter of a script that does not separate words by blanks.
_CJK = late_pattern("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class HouseWords:
    """The house words of a spec: pairs of a word in plain form and the shipped word."""

    headers: Pairs = ()
    types: Pairs = ()
    marks: Pairs = ()
    roles: Pairs = ()


NO_WORDS = HouseWords()
_IN_FORCE: ContextVar[HouseWords] = ContextVar("house words", default=NO_WORDS)


def house_words(
    *,
    headers: Mapping[str, str],
    types: Mapping[str, str],
    marks: Mapping[str, str],
    roles: Mapping[str, str],
) -> HouseWords:
    """Return the house words of the tables of [words]; entries without a known meaning are left
    out.
    """
    return HouseWords(
        headers=_pairs(headers, HEADERS),
        types=tuple((_plain_type(word), meaning) for word, meaning in types.items() if word),
        marks=_pairs(marks, MARKS),
        roles=_pairs(roles, ROLES),
    )


def _pairs(words: Mapping[str, str], shipped: Mapping[str, str]) -> Pairs:
    known = ((plain(word), shipped.get(meaning, "")) for word, meaning in words.items())
    return tuple((word, meaning) for word, meaning in known if word and meaning)


def plain(text: str) -> str:
    """Return a word in lower case, with single blanks and without the marks around it. A word of
    marks alone keeps them.
    """
    text = _BLANKS.sub(" ", text).strip()
    return text.strip(_EDGES).lower() or text


def _plain_type(text: str) -> str:
    """Return a type word in lower case; `X[]` and `X?` are other types than `X`."""
    return " ".join(text.split()).lower()


@contextmanager
def in_force(words: HouseWords) -> Iterator[None]:
    """Read by the house words within the block."""
    token = _IN_FORCE.set(words)
    try:
        yield
    finally:
        _IN_FORCE.reset(token)


def words_in_force() -> HouseWords:
    """Return the house words in force, as part of the key of a cache."""
    return _IN_FORCE.get()


def header(text: str) -> str:
    """Return the shipped header that a house header means; any other text itself."""
    return _meaning(_IN_FORCE.get().headers, text) or text


def mark(text: str) -> str:
    """Return the shipped mark that a house mark means; any other text itself."""
    return _meaning(_IN_FORCE.get().marks, text) or text


def type_word(text: str) -> str:
    """Return the shipped type word that a house type word means; "" for any other text."""
    pairs = _IN_FORCE.get().types
    return _by_word(pairs).get(_plain_type(text), "") if pairs else ""


def role(text: str) -> str:
    """Return the shipped label that a house role word means; "" for any other text."""
    return _meaning(_IN_FORCE.get().roles, text)


def with_last_mark(text: str) -> str:
    """Return a name with the shipped mark in place of a house mark in brackets behind it."""
    return _LAST.sub(lambda match: match[0].replace(match[1], mark(match[1])), text)


def with_marks(text: str) -> str:
    """Return a text with shipped marks in place of house marks."""
    return _replaced(_IN_FORCE.get().marks, text)


def with_roles(text: str) -> str:
    """Return a heading or a label with shipped words in place of house words."""
    return _replaced(_IN_FORCE.get().roles, text)


def _meaning(pairs: Pairs, text: str) -> str:
    return _by_word(pairs).get(plain(text), "") if pairs else ""


def _replaced(pairs: Pairs, text: str) -> str:
    if not pairs:
        return text
    meanings = _by_word(pairs)
    return _pattern(pairs).sub(lambda match: meanings.get(plain(match[0]), match[0]), text)


@lru_cache(maxsize=64)
def _by_word(pairs: Pairs) -> Mapping[str, str]:
    return dict(pairs)


@lru_cache(maxsize=64)
def _pattern(pairs: Pairs) -> re.Pattern[str]:
    """Return the pattern of the words with letters; longer ones come first."""
    parts = []
    words = [word for word, _ in pairs if re.search(r"\w", word)]
    for word in sorted(words, key=len, reverse=True):
        escaped = r"[\s_]+".join(map(re.escape, word.split(" ")))
        parts.append(escaped if _CJK.search(word) else rf"(?<![^\W_]){escaped}(?![^\W_])")
    return re.compile("|".join(parts) or r"(?!)", re.IGNORECASE)
