"""Where a fact was read: the text of a file, and a range of its lines.

Everything that apiscribe says about a page, it says with a `Span`. Lines end at newlines, as an
editor counts them: U+2028 and its like are characters of a line, not ends of one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, order=True, slots=True)
class Span:
    """Lines `line` to `end_line` of the file `path`; both counted from 1, both included.

    `path` is relative to the spec's folder and written with `/`, so that it is the same on every
    machine. `column` is the character of the first line, from 1, that what is meant begins at; 0
    where only the line is known.
    """

    path: str
    line: int
    end_line: int
    column: int = 0

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


@dataclass(frozen=True)
class Source:
    """The text of one file, with Unix line ends and no byte order mark."""

    path: str
    text: str

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The lines without their ends; line `n` of a span is `lines[n - 1]`."""
        return tuple(self.text.split("\n"))

    def span(self, line: int, end_line: int | None = None, column: int = 0) -> Span:
        """The span of lines `line` to `end_line`, or of one line."""
        return Span(self.path, line, end_line or line, column)
