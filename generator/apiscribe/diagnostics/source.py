"""The origin of a fact: the text of a file, and a range of its lines.

Every fact and every diagnostic has a `Span`. Lines end at newlines, as in an editor; U+2028 and
similar characters do not end a line.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass
from functools import cached_property
from sys import intern


@dataclass(frozen=True, order=True, slots=True)
class Span:
    """Lines `line` to `end_line` of the file `path`, from 1, both included.

    `path` is relative to the spec folder and uses `/` on every platform. `column` is the first
    character within the first line, from 1; 0 if only the line is known.
    """

    path: str
    line: int
    end_line: int
    column: int = 0

    def __post_init__(self) -> None:
        # Every fact has a span, and a page has many facts.
        object.__setattr__(self, "path", intern(self.path))

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"

    @property
    def lines(self) -> str:
        """The lines, such as `4-7`, or `4` if it is only one."""
        return f"{self.line}" if self.line == self.end_line else f"{self.line}-{self.end_line}"


@dataclass(frozen=True)
class Source:
    """The text of one file, with Unix line endings and without a byte order mark."""

    path: str
    text: str

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The lines without their endings; line `n` of a span is `lines[n - 1]`."""
        return tuple(self.text.split("\n"))

    def span(self, line: int, end_line: int | None = None, column: int = 0) -> Span:
        """Return the span of lines `line` to `end_line`, or of one line."""
        return Span(self.path, line, end_line or line, column)


class Sources(MutableMapping[str, Source]):
    """The texts of all files that were read, by path.

    Few are read again, so the texts of a large spec are kept compressed.
    """

    _MANY = 500

    def __init__(self) -> None:
        self._texts: dict[str, bytes] = {}
        self._last = Source("", "")

    def __getitem__(self, path: str) -> Source:
        text = self._texts[path]
        if self._last.path != path:
            self._last = Source(path, zlib.decompress(text).decode())
        return self._last

    def __setitem__(self, path: str, source: Source) -> None:
        level = 1 if len(self._texts) > self._MANY else 0
        self._texts[path] = zlib.compress(source.text.encode(), level)
        self._last = source

    def __delitem__(self, path: str) -> None:
        del self._texts[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)
