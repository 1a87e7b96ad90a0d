"""Changes of the lines of pages, as text for `patch`."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from apiscribe.diagnostics.source import Source

_NO_NEWLINE = "\n\\ No newline at end of file\n"


@dataclass(frozen=True, kw_only=True)
class Edit:
    """A line of a page, from 1, that gets the text `new`, or another one with it below."""

    path: str
    line: int
    new: str
    replaces: bool = False


def edited(sources: Mapping[str, Source], edits: Iterable[Edit]) -> dict[str, Source]:
    """Return the pages with edits, by path."""
    by_path: defaultdict[str, list[Edit]] = defaultdict(list)
    for edit in edits:
        by_path[edit.path].append(edit)
    return {path: _edited(sources[path], listed) for path, listed in by_path.items()}


def _edited(source: Source, edits: Iterable[Edit]) -> Source:
    lines = list(source.lines)
    below: defaultdict[int, list[str]] = defaultdict(list)
    for edit in edits:
        if edit.replaces:
            lines[edit.line - 1] = edit.new
        else:
            below[edit.line].append(edit.new)
    result = [
        text for at, line in enumerate(lines, start=1) for text in (line, *dict.fromkeys(below[at]))
    ]
    return Source(source.path, "\n".join(result))


def patch(sources: Mapping[str, Source], edits: Iterable[Edit]) -> Iterator[str]:
    """Yield the edits of each page as a unified diff."""
    for path, source in sorted(edited(sources, edits).items()):
        before, after = _lines(sources[path].text), _lines(source.text)
        lines = difflib.unified_diff(before, after, f"a/{path}", f"b/{path}")
        yield "".join(line if line.endswith("\n") else f"{line}{_NO_NEWLINE}" for line in lines)


def _lines(text: str) -> list[str]:
    """Return the lines with their ends; those of `str.splitlines` are others, too."""
    *ended, last = text.split("\n")
    return [f"{line}\n" for line in ended] + [last] * bool(last)
