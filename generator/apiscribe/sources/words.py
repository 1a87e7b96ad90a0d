"""[words] of spec.toml → the house words of a spec. An entry without a meaning is an error."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from apiscribe.diagnostics.codes import Message
from apiscribe.diagnostics.codes.settings import protobuf_word, repeated_word, unknown_meaning
from apiscribe.diagnostics.did_you_mean import did_you_mean
from apiscribe.diagnostics.report import Report
from apiscribe.diagnostics.source import Source, Span
from apiscribe.model.house_words import HEADERS, MARKS, ROLES, HouseWords, house_words, plain
from apiscribe.model.settings import WordSettings
from apiscribe.model.type_words import SHIPPED_TYPES, shipped_type
from apiscribe.model.types import SCALARS, WELL_KNOWN


def words_of(settings: WordSettings) -> HouseWords:
    """Return the house words of a spec; an entry with an error is left out."""
    types = {word: name for word, name in settings.types.items() if shipped_type(name)}
    return house_words(
        headers=settings.headers, types=types, marks=settings.marks, roles=settings.roles
    )


def check_words(settings: WordSettings, source: Source, report: Report) -> None:
    """Report the entries of [words] that mean nothing, or two things."""
    tables: tuple[tuple[str, Mapping[str, str], Collection[str]], ...] = (
        ("headers", settings.headers, HEADERS),
        ("types", settings.types, SHIPPED_TYPES),
        ("marks", settings.marks, MARKS),
        ("roles", settings.roles, ROLES),
    )
    for table, words, known in tables:
        for word, message in _faults(table, words, known):
            report.add(message, _line_of(table, word, source), mark=word)


def _faults(
    table: str, words: Mapping[str, str], known: Collection[str]
) -> Iterator[tuple[str, Message]]:
    first: dict[str, str] = {}
    for word, meaning in words.items():
        is_known = shipped_type(meaning) if table == "types" else meaning in known
        if not is_known:
            suggestion = did_you_mean(meaning, known)
            listed = () if table == "types" else tuple(known)
            yield word, unknown_meaning(table, word, meaning, listed, suggestion)
        elif table == "types" and (word in SCALARS or f"google.protobuf.{word}" in WELL_KNOWN):
            yield word, protobuf_word(word)
        elif words[before := first.setdefault(plain(word), word)] != meaning:
            yield word, repeated_word(table, before, word)


def _line_of(table: str, word: str, source: Source) -> Span:
    """Return the line of an entry; without it in its own table, that of the table, or line 1."""
    entry = re.compile(rf"""\s*["']?{re.escape(word)}["']?\s*=""")
    within, at = False, 1
    for number, line in enumerate(source.lines, 1):
        if line.lstrip().startswith("["):
            within = line.strip().startswith(f"[words.{table}]")
            at = number if within else at
        elif within and entry.match(line):
            return source.span(number)
    return source.span(at)
