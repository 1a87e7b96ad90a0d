"""Find the text on a page that a diagnostic is about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from apiscribe.diagnostics.source import Span

# A longer mark is searched for literally; a tolerant pattern for it would be slow.
_LONGEST_PATTERN = 200


def locate(mark: str, span: Span, lines: Sequence[str]) -> tuple[int, int, int]:
    """Return the line and the column of the mark in the span, both from 1, and its length.

    The first match after the span's start counts; whole words are preferred. Without a match or a
    mark, the result is the span's start, or the first non-blank character of its first line, and
    the length is 0.
    """
    begin = max(span.column - 1, 0)
    first = lines[span.line - 1] if span.line <= len(lines) else ""
    for pattern in _patterns(mark) if mark else ():
        for line, start in _search_starts(span, begin, lines):
            if match := pattern.search(lines[line - 1], start):
                return line, match.start() + 1, match.end() - match.start()
    if span.column:
        return span.line, min(span.column, len(first) + 1), 0
    return span.line, len(first) - len(first.lstrip()) + 1 if first.strip() else 1, 0


def _search_starts(span: Span, begin: int, lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield the lines to search, and the index to start at; the whole first line is last."""
    for line in range(span.line, min(span.end_line, len(lines)) + 1):
        yield line, begin if line == span.line else 0
    if begin and span.line <= len(lines):
        yield span.line, 0


def _patterns(mark: str) -> Iterator[re.Pattern[str]]:
    text = re.escape(mark)
    if len(mark) <= _LONGEST_PATTERN and mark.strip():
        # A name in the model has no escapes (`job\_id`) and single blanks.
        text = r"\s+".join(r"\\?".join(re.escape(char) for char in word) for word in mark.split())
    before = r"(?<!\w)" if re.match(r"\w", mark) else ""
    after = r"(?!\w)" if re.search(r"\w\Z", mark) else ""
    yield re.compile(before + text + after)
    yield re.compile(text)


def entry_lines(text: str, table: str) -> list[int]:
    """Return the lines of the `[[table]]` headers in a TOML text, from 1, in order.

    Entries in another notation, such as inline tables, have no such line.
    """
    header = re.compile(rf"\s*\[\[\s*{table}\s*\]\]")
    return [n for n, line in enumerate(text.split("\n"), 1) if header.match(line)]
