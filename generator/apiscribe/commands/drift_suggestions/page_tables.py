"""Tables of Markdown pages as their lines: the columns, and rows in the form of other rows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from apiscribe.diagnostics.source import Source
from apiscribe.dialects.http.words import column
from apiscribe.dialects.tables import role

_BAR = re.compile(r"(?<!\\)\|")
_DELIMITER = re.compile(r"\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*")
_NO_WORD = re.compile(r"[\W_]*")
# What a cell of a name may have beside it: marks of Markdown, and the names around it.
_MARKS = re.compile(r"[\s`*_\\]*")
_NAME = re.compile(r"\w[\w .:/@$+-]*")
_AROUND = re.compile(r"(?:[\w-]+(?:\[\])?\.)+")


@dataclass(frozen=True)
class Row:
    """A row of a table: its line, and its cells with their blanks, between the outer bars."""

    line: int
    before: str
    cells: tuple[str, ...]
    after: str


@dataclass(frozen=True)
class PageTable:
    """A table of a page: the roles of its columns, and its rows."""

    roles: tuple[str, ...]
    rows: tuple[Row, ...]

    def row_at(self, line: int) -> Row | None:
        """Return the row on a line of the page."""
        return next((row for row in self.rows if row.line == line), None)

    def row_text(self, like: Row, texts: Sequence[str]) -> str:
        """Return the line of a row with these cells, and the blanks of another row."""
        cells = []
        for at, (cell, text) in enumerate(zip(like.cells, texts, strict=True)):
            blank = cell[: len(cell) - len(cell.lstrip())] and " "
            is_aligned = len({len(row.cells[at]) for row in self.rows}) == 1 < len(self.rows)
            padded = f"{blank}{text}{blank}" if text else blank
            cells.append(padded.ljust(len(cell)) if is_aligned else padded)
        return f"{like.before}{'|'.join(cells)}{like.after}".rstrip()

    def filler(self, at: int) -> str:
        """Return what the cells of a column have that say nothing: a dash, or no text."""
        texts = (row.cells[at].strip() for row in self.rows)
        empty = Counter(text for text in texts if _NO_WORD.fullmatch(text))
        return empty.most_common(1)[0][0] if empty else ""


def table_at(source: Source, line: int) -> PageTable | None:
    """Return the table with a row on a line; None if the line is no row of a Markdown table with as
    many cells in each row.
    """
    lines = source.lines
    first = last = line - 1
    while first > 0 and _BAR.search(lines[first - 1]):
        first -= 1
    while last + 1 < len(lines) and _BAR.search(lines[last + 1]):
        last += 1
    texts = lines[first : last + 1]
    if len(texts) < 3 or not _DELIMITER.fullmatch(texts[1]) or line - 1 < first + 2:
        return None
    header, *rows = (_row(text, first + 1 + at) for at, text in enumerate(texts) if at != 1)
    if any(len(row.cells) != len(header.cells) for row in rows):
        return None
    roles = tuple(_role(cell.strip()) for cell in header.cells)
    return PageTable(roles, tuple(rows))


def _role(header: str) -> str:
    """Return the role of a column by its header; a field's name has one role in all dialects."""
    found = column(header) or role(header)
    return "name" if found == "field" else found


def _row(text: str, line: int) -> Row:
    inner = text.strip()
    before = text[: len(text) - len(text.lstrip())] + "|" * inner.startswith("|")
    inner = inner.removeprefix("|")
    closed = inner.endswith("|") and not inner.endswith("\\|")
    cells = _BAR.split(inner[:-1] if closed else inner)
    return Row(line, before, tuple(cells), "|" * closed)


def is_name(text: str) -> bool:
    """Return whether a text is a name without marks of Markdown."""
    return _NAME.fullmatch(text) is not None


def renamed(cell: str, old: str, new: str) -> str | None:
    """Return the text of a cell that only has a name, with another name; None of another cell."""
    parts = cell.strip().split(old)
    if len(parts) != 2 or not is_name(new):
        return None
    before, after = parts
    is_alone = _MARKS.fullmatch(_AROUND.sub("", before)) and _MARKS.fullmatch(after)
    return f"{before}{new}{after}" if is_alone else None
