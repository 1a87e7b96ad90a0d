"""The words of protobuf pages: headers, kinds, headings, marks and rules, from words.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from apiscribe.model import house_words

_TABLES = tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))
_WORD_BREAKS = re.compile(r"(?<=[a-z])(?=[A-Z])|[\s\xa0_]+")


def _reversed(table: str) -> Mapping[str, str]:
    return {word: meaning for meaning, words in _TABLES[table].items() for word in words}


_HEADERS, _KINDS = _reversed("headers"), _reversed("kinds")
_STREAMS, _SPANNED = _reversed("streams"), _TABLES["spanned"]
_LABELS = _reversed("labels")
_HEADINGS, _MARKS = _reversed("headings"), _reversed("marks")
RULES: Mapping[str, list[str]] = _TABLES["rules"]
PROTO_ROOTS: frozenset[str] = frozenset(_TABLES["folders"]["roots"])
# Keys of JSON that a component holds, by role; the first one counts.
JSON_KEYS: Mapping[str, list[str]] = _TABLES["json_keys"]
_UNION = re.compile(
    rf"(?:{'|'.join(map(re.escape, _SPANNED['union']))})\s+[`\"']?(?P<name>[A-Za-z_]\w*)\b",
    re.IGNORECASE | re.ASCII,
)
# The number of a section: `3.2 Messages`, `1) Messages`, `三、消息`.
_SECTION = re.compile(
    r"(?:\d{1,2}(?:\.\d{1,2}){0,4}(?:[.)．]?\s+|[.)．、](?=[^\W\d]))|[一二三四五六七八九十]{1,3}、)\s*"
)
FRONT_MATTER: frozenset[str] = frozenset(_TABLES["front_matter"]["package"])
# A pattern for the words of each kind, the longest first.
KIND_WORDS = {
    kind: "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    for kind, words in _TABLES["kinds"].items()
}


def plain(text: str) -> str:
    """Return words in lower case, with single spaces between them."""
    return _WORD_BREAKS.sub(" ", text.replace("gRPC", "grpc")).lower().strip(" ?:*")


def unnumbered(title: str) -> str:
    """Return the words of a heading without the number of its section."""
    match = _SECTION.match(title)
    return title[match.end() :] if match else title


def header_role(text: str) -> str:
    """Return the role of the column with a header; "" for an unknown one."""
    return _HEADERS.get(plain(house_words.header(text)), "")


def kind_of(word: str) -> str:
    """Return the kind of declaration that a word names, or ""."""
    return _KINDS.get(plain(word), "")


def heading_role(text: str) -> str:
    """Return `groups`, `contents`, `scalars`, `extensions` or `shapes`; "" for other headings."""
    return _HEADINGS.get(" ".join(unnumbered(text).lower().split()).strip(" :"), "")


def group_kind(text: str) -> str:
    """Return the kind of the declarations below a heading such as `Messages`, or ""."""
    if heading_role(text) != "groups":
        return ""
    text = unnumbered(text)
    return kind_of(text) or kind_of(plain(text).removesuffix("s"))


def listed_below(text: str) -> str:
    """Return `fields` or `values` for a header over all columns of a table; "" for other words."""
    return next((role for role in ("fields", "values") if plain(text) in _SPANNED[role]), "")


def union_name(text: str) -> str:
    """Return the name of the oneof that words begin with, as `Union field home.` does; or ""."""
    match = _UNION.match(text)
    return match["name"] if match else ""


def ends_union(text: str) -> bool:
    """Return whether words say that the fields of a oneof end: `End of union field home`."""
    return text.lower().startswith(tuple(_SPANNED["union_end"]))


def label_of(text: str) -> str:
    """Return `used by` or `underlying` for the words of a label; "" for other words."""
    return _LABELS.get(plain(text).strip("_(*"), "")


def stream_sides(text: str) -> str:
    """Return `none`, `request`, `response` or `both` for words about the streams of a method; ""
    for other words.
    """
    return _STREAMS.get(plain(text), "")


def mark(text: str) -> str:
    """Return the meaning of a label or another mark, or ""."""
    return _MARKS.get(plain(house_words.mark(text)).strip("().。!"), "")
