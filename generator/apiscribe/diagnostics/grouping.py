"""Diagnostics as they are shown: placed, one for each cause, in the order of the pages."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from apiscribe.diagnostics.codes import CODES, Level
from apiscribe.diagnostics.locate import place_of
from apiscribe.diagnostics.report import Diagnostic
from apiscribe.diagnostics.source import Source

_MOST_NAMED = 10
# Where something stands is no part of what it is: "is declared at pages/Book.md:12 already".
_LINE_NUMBER = re.compile(r"(?:(?<=\.md:)|(?<=\.markdown:)|(?<=\.txt:)|(?<=on line ))\d+")


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a finding is, as an editor shows it: line and column from 1, columns in characters.

    `path` begins as the user named the spec's folder. `length` counts the characters that the
    finding is about; 0 where only the line is known, and then `end_line` may be a later one.
    """

    path: str
    line: int
    column: int
    end_line: int
    length: int = 0
    mark: str = ""

    @property
    def from_here(self) -> str:
        """The path from the working folder, as programs want it: with `/`, and never absolute."""
        return Path(os.path.relpath(self.path)).as_posix()


@dataclass(frozen=True, kw_only=True)
class DiagnosticGroup:
    """A diagnostic to be shown.

    `row` is the line that it stands on; None where the file has no such line. `why` is what its
    code means, `help` what the reader can do. `also` are the other places of one cause.
    `fingerprint` stays the same when lines move.
    """

    code: str
    level: Level
    message: str
    place: Place
    row: str | None
    why: str
    help: str
    also: tuple[Place, ...] = ()
    fingerprint: str


def group_by_cause(
    diagnostics: Iterable[Diagnostic], sources: Mapping[str, Source], folder: str = ""
) -> list[DiagnosticGroup]:
    """The diagnostics of one spec, which is in `folder`, by page, line and column.

    Those of one code, level and cause are one finding, at the first of their places.
    """
    placed = [(_place(found, sources, folder), found) for found in diagnostics]
    placed.sort(key=lambda each: _order(*each))
    causes: dict[tuple[object, ...], list[tuple[Place, Diagnostic]]] = {}
    for place, found in placed:
        key = (found.code, found.level, found.cause) if found.cause else (found,)
        causes.setdefault(key, []).append((place, found))
    seen: dict[str, int] = {}
    return [_finding(places, sources, seen) for places in causes.values()]


def _order(place: Place, found: Diagnostic) -> tuple[object, ...]:
    return place.path, place.line, place.column, found.code, found.message


def _place(found: Diagnostic, sources: Mapping[str, Source], folder: str) -> Place:
    span = found.span
    source = sources.get(span.path)
    line, column, length = place_of(found.mark, span, source.lines if source else ())
    path = f"{folder.rstrip('/')}/{span.path}" if folder else span.path
    return Place(
        # Handlers lie beside the spec: `specs/shop/../../handlers/shop/order.py`.
        path=Path(os.path.normpath(path)).as_posix() if span.path.startswith("../") else path,
        line=line,
        column=column,
        end_line=line if length else span.end_line,
        length=length,
        mark=found.mark,
    )


def _finding(
    places: Sequence[tuple[Place, Diagnostic]],
    sources: Mapping[str, Source],
    seen: dict[str, int],
) -> DiagnosticGroup:
    (place, found), *others = places
    source = sources.get(found.span.path)
    row = source.lines[place.line - 1] if source and place.line <= len(source.lines) else None
    code = CODES[found.code]
    advice = found.help or code.action
    if others:
        advice = f"{advice.rstrip('.')}. The same in {_named(*places)}."
    facts = _fingerprint(found, row or "")
    seen[facts] = seen.get(facts, 0) + 1
    return DiagnosticGroup(
        code=found.code,
        level=found.level,
        message=sound(found.message),
        place=place,
        row=row,
        why=code.summary,
        help=sound(advice),
        also=tuple(other for other, _ in others),
        fingerprint=f"{facts}:{seen[facts]}",
    )


def sound(text: str) -> str:
    """The text without bytes of a file name that are not UTF-8, for no JSON can hold them."""
    return text.encode("utf-8", "backslashreplace").decode()


def _named(first: tuple[Place, Diagnostic], *others: tuple[Place, Diagnostic]) -> str:
    """`3 more places: lines 12, 15 (name); b.md:3`; the nearest ones where there are many.

    Pages go by their paths in the spec, as they do in messages.
    """
    differ = any(found.mark != first[1].mark for _, found in others)
    parts = []
    for path, group in groupby(others[:_MOST_NAMED], key=lambda each: each[1].span.path):
        lines = [
            f"{place.line} ({found.mark})" if differ and found.mark else str(place.line)
            for place, found in group
        ]
        here = f"line{'s'[: len(lines) > 1]} " if path == first[1].span.path else f"{path}:"
        parts.append(here + ", ".join(dict.fromkeys(lines)))
    rest = len(others) - _MOST_NAMED
    more = f" and {rest} more" if rest > 0 else ""
    count = f"{len(others)} more place{'s'[: len(others) > 1]}"
    return f"{count}: {'; '.join(parts)}{more}"


def _fingerprint(found: Diagnostic, row: str) -> str:
    said = _LINE_NUMBER.sub("", found.message)
    facts = "\0".join((found.code, found.span.path, said, found.mark, row.strip()))
    return hashlib.sha256(facts.encode("utf-8", "backslashreplace")).hexdigest()[:20]
