"""Group diagnostics for display: located, one per cause, in the order of the pages."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from apiscribe.diagnostics.codes import CODES, Level
from apiscribe.diagnostics.locate import locate
from apiscribe.diagnostics.report import Diagnostic
from apiscribe.diagnostics.source import Source

_MOST_LISTED = 10
# A fingerprint must not depend on lines: "already declared at pages/Book.md:12".
_LINE_NUMBER = re.compile(
    r"(?:(?<=\.md:)|(?<=\.mdx:)|(?<=\.html:)|(?<=\.markdown:)|(?<=\.txt:)|(?<=on line ))\d+"
)


@dataclass(frozen=True, kw_only=True)
class Location:
    """A range in a file, as editors count: line and column from 1, columns in characters.

    `path` begins with the spec folder as the user wrote it. `length` counts the marked characters.
    It is 0 if only the line is known; then `end_line` may be a later line.
    """

    path: str
    line: int
    column: int
    end_line: int
    length: int = 0
    mark: str = ""

    @property
    def relative_path(self) -> str:
        """The path from the working directory, with `/` on every platform."""
        return Path(os.path.relpath(self.path)).as_posix()


@dataclass(frozen=True, kw_only=True)
class DiagnosticGroup:
    """All diagnostics with one code, level and cause, as they are displayed.

    `row` is the line at `location`; None if the file has no such line. `why` is the summary of the
    code, `help` says what the reader can do. `also` are the other locations. The `fingerprint` does
    not change when lines move.
    """

    code: str
    level: Level
    message: str
    location: Location
    row: str | None
    why: str
    help: str
    also: tuple[Location, ...] = ()
    fingerprint: str


def group_by_cause(
    diagnostics: Iterable[Diagnostic], sources: Mapping[str, Source], folder: str = ""
) -> list[DiagnosticGroup]:
    """Return the diagnostics of the spec in `folder`, grouped, by page, line and column.

    A group is at the first of its locations.
    """
    located = [(_locate(diagnostic, sources, folder), diagnostic) for diagnostic in diagnostics]
    located.sort(key=lambda pair: _order(*pair))
    causes: dict[tuple[object, ...], list[tuple[Location, Diagnostic]]] = {}
    for location, diagnostic in located:
        code, level, cause = diagnostic.code, diagnostic.level, diagnostic.cause
        key = (code, level, cause) if cause else (diagnostic,)
        causes.setdefault(key, []).append((location, diagnostic))
    counts: dict[str, int] = {}
    return [_group(members, sources, counts) for members in causes.values()]


def _order(location: Location, diagnostic: Diagnostic) -> tuple[object, ...]:
    return location.path, location.line, location.column, diagnostic.code, diagnostic.message


def _locate(diagnostic: Diagnostic, sources: Mapping[str, Source], folder: str) -> Location:
    span = diagnostic.span
    source = sources.get(span.path)
    line, column, length = locate(diagnostic.mark, span, source.lines if source else ())
    path = f"{folder.rstrip('/')}/{span.path}" if folder else span.path
    return Location(
        # Handlers are outside the spec folder: `specs/shop/../../handlers/shop/order.py`.
        path=Path(os.path.normpath(path)).as_posix() if span.path.startswith("../") else path,
        line=line,
        column=column,
        end_line=line if length else span.end_line,
        length=length,
        mark=diagnostic.mark,
    )


def _group(
    members: Sequence[tuple[Location, Diagnostic]],
    sources: Mapping[str, Source],
    counts: dict[str, int],
) -> DiagnosticGroup:
    (location, first), *others = members
    source = sources.get(first.span.path)
    has_row = source and location.line <= len(source.lines)
    row = source.lines[location.line - 1] if source and has_row else None
    advice = first.help
    if others:
        advice = f"{advice.rstrip('.')}. Also in {_other_locations(*members)}."
    fingerprint = _fingerprint(first, row or "")
    counts[fingerprint] = counts.get(fingerprint, 0) + 1
    return DiagnosticGroup(
        code=first.code,
        level=first.level,
        message=encodable(first.message),
        location=location,
        row=row,
        why=CODES[first.code].summary,
        help=encodable(advice),
        also=tuple(other for other, _ in others),
        fingerprint=f"{fingerprint}:{counts[fingerprint]}",
    )


def encodable(text: str) -> str:
    """Return the text with escapes for bytes of file names that are not UTF-8.

    JSON cannot hold such bytes.
    """
    return text.encode("utf-8", "backslashreplace").decode()


def _other_locations(
    first: tuple[Location, Diagnostic], *others: tuple[Location, Diagnostic]
) -> str:
    """Return such as `3 more places: lines 12, 15 (name); b.md:3`, for the first few of them.

    Pages have their paths in the spec, as in messages.
    """
    differ = any(diagnostic.mark != first[1].mark for _, diagnostic in others)
    parts = []
    for path, group in groupby(others[:_MOST_LISTED], key=lambda pair: pair[1].span.path):
        lines = [
            (
                f'{location.line} ("{diagnostic.mark}")'
                if differ and diagnostic.mark
                else str(location.line)
            )
            for location, diagnostic in group
        ]
        prefix = f"line{'s'[: len(lines) > 1]} " if path == first[1].span.path else f"{path}:"
        parts.append(prefix + ", ".join(dict.fromkeys(lines)))
    rest = len(others) - _MOST_LISTED
    more = f" and {rest} more" if rest > 0 else ""
    count = f"{len(others)} more place{'s'[: len(others) > 1]}"
    return f"{count}: {'; '.join(parts)}{more}"


def _fingerprint(diagnostic: Diagnostic, row: str) -> str:
    message = _LINE_NUMBER.sub("", diagnostic.message)
    parts = (diagnostic.code, diagnostic.span.path, message, diagnostic.mark, row.strip())
    return hashlib.sha256("\0".join(parts).encode("utf-8", "backslashreplace")).hexdigest()[:20]
