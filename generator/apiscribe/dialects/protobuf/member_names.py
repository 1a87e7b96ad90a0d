"""Cells of names and labels: the name of a field, its number, its group, and marks beside it.

`oneof home.roof`, `roof oneof home`, `roof (3)`, `tags = 4 repeated, deprecated`; a label may be
`oneof home`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from apiscribe.dialects.protobuf.words import mark
from apiscribe.dialects.tables import Cells
from apiscribe.model.names import proto_json

_NUMBER = re.compile(r"\d{1,9}")
_IDENTIFIER = re.compile(r"[A-Za-z_]\w*", re.ASCII)


@dataclass(frozen=True)
class MemberName:
    """A name, and what the cell has beside it; `marks` are the meanings of other words."""

    name: str
    number: int | None = None
    group: str = ""
    marks: frozenset[str] = frozenset()


def split_name(text: str) -> MemberName:
    """Return the name in a cell and what is beside it. A text with any other word is a name as it
    is.
    """
    words = [word.strip("`*()[],;") for word in text.replace("=", " ").split()]
    if len(words) == 2 and mark(words[0]) == "oneof" and "." in words[1]:
        group, _, field = words[1].rpartition(".")
        return MemberName(field, group=identifier(group))
    number, rest = None, words[1:]
    if rest and _NUMBER.fullmatch(rest[0]) and _IDENTIFIER.fullmatch(words[0]):
        number, rest = int(rest[0]), rest[1:]
    group, marks, rest = _read_marks(rest)
    if rest or not words:
        return MemberName(text.strip("`* "))
    return MemberName(words[0], number, group, frozenset(marks))


def split_label(text: str) -> tuple[str, set[str]]:
    """Return the group and the marks of a label: `oneof home`, `repeated, deprecated`."""
    group, marks, rest = _read_marks([word.strip("`*()[]") for word in text.split()])
    if group and not rest:
        return identifier(group), marks
    return "", {mark(word) for word in re.split(r"[,;/]", text)}


def _read_marks(words: list[str]) -> tuple[str, set[str], list[str]]:
    """Return the group and the marks with which words begin, and the other words."""
    group, marks = "", set()
    while words and (meaning := mark(words[0])):
        words = words[1:]
        if meaning == "oneof" and words and not mark(words[0]) and identifier(words[0]):
            group, words = words[0], words[1:]
        else:
            marks.add(meaning)
    return group, marks, words


def name_in_anchor(name: str, row: Cells) -> str:
    """Return the name that the anchor of a row spells: `Job-retry_count` or `Job.retry_count` where
    the page prints the JSON name, `retryCount`.
    """
    spelled = [re.split(r"[-.]", anchor)[-1] for anchor in row.row.anchors]
    return next((text for text in spelled if proto_json(text) == name), name)


def identifier(text: str) -> str:
    """Return a text that is an identifier, without marks around it; or ""."""
    text = text.strip("`- ")
    return text if _IDENTIFIER.fullmatch(text) else ""
