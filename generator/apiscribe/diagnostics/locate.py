"""Where on a page the text stands that a finding is about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from apiscribe.diagnostics.source import Span

# A longer mark is looked for as it stands: a pattern of it would only be slow.
_LONGEST_PATTERN = 200


def place_of(mark: str, span: Span, lines: Sequence[str]) -> tuple[int, int, int]:
    """Line, column and length of the mark in the span, all from 1.

    The first one from where the span begins counts, on the first line that has one; a whole word
    comes before a part of one. Where there is none, or no mark, it is where the span begins, or the
    first character of its first line that is not blank, and the length is 0.
    """
    begin = max(span.column - 1, 0)
    first = lines[span.line - 1] if span.line <= len(lines) else ""
    for pattern in _patterns(mark) if mark else ():
        for line, start in _searched(span, begin, lines):
            if found := pattern.search(lines[line - 1], start):
                return line, found.start() + 1, found.end() - found.start()
    if span.column:
        return span.line, min(span.column, len(first) + 1), 0
    return span.line, len(first) - len(first.lstrip()) + 1 if first.strip() else 1, 0


def _searched(span: Span, begin: int, lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The lines to be looked through, and the index to begin at; the whole first line at last."""
    for line in range(span.line, min(span.end_line, len(lines)) + 1):
        yield line, begin if line == span.line else 0
    if begin and span.line <= len(lines):
        yield span.line, 0


def _patterns(mark: str) -> Iterator[re.Pattern[str]]:
    text = re.escape(mark)
    if len(mark) <= _LONGEST_PATTERN and mark.strip():
        # Names are read without their escapes, and with their blanks folded: `job\_id`.
        text = r"\s+".join(r"\\?".join(re.escape(char) for char in word) for word in mark.split())
    before = r"(?<!\w)" if re.match(r"\w", mark) else ""
    after = r"(?!\w)" if re.search(r"\w\Z", mark) else ""
    yield re.compile(before + text + after)
    yield re.compile(text)


def entry_lines(text: str, table: str) -> list[int]:
    """The lines of the `[[table]]` headers in a TOML text, one for each entry; entries that are
    written otherwise have none.
    """
    header = re.compile(rf"\s*\[\[\s*{table}\s*\]\]")
    return [n for n, line in enumerate(text.split("\n"), 1) if header.match(line)]
