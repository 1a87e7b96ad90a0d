"""Rows of pipe tables that go on after the end of their line.

Generators print the text of a comment into a cell as it is, with its line breaks:

| labels | string | Labels of the tree.

They are free text. |
| age | int32 |  |

CommonMark ends the table at the blank line, and reads the rest as a paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

CELL_END = re.compile(r"(?<!\\)\|")
# One that is no part of a text such as `GET|/trees`.
_SPACED_END = re.compile(r"(?<!\S)\|(?!\S)")
# The line below the header of a pipe table.
DELIMITERS = re.compile(r"[|:\s-]+")
_FENCE = re.compile(r"\s{0,3}(```|~~~)")
# Lines at which a cell cannot go on: they begin something else.
_ENDS = ("|", "#", "<a ", "<h")
_MOST_LINES = 100  # of a cell


def join_open_rows(text: str) -> tuple[str, Mapping[int, str]]:
    """Return the text with rows of several lines blanked, and the joined rows by line number.

    A row continues on the next line if it does not end with `|`, the other rows of its table do,
    and a line below ends with `|` and completes the number of cells. A `|` without space around it
    may belong to the text of a cell.
    """
    if "\n|" not in f"\n{text}":
        return text, {}
    lines = text.split("\n")
    joined: dict[int, str] = {}
    columns, fence = 0, ""
    at = 0
    while at < len(lines):
        line = lines[at].strip()
        match = _FENCE.match(lines[at])
        if match and fence in ("", match[1]):
            fence = "" if fence else match[1]
        elif fence or not line.startswith("|"):
            # Rows go on after a blank line.
            columns = columns if not line and not fence else 0
        elif _is_header(lines, at):
            columns = len(CELL_END.findall(line)) - 1
        elif columns and not _is_closed(line):
            last = _last_line(lines, at, columns)
            if last > at:
                joined[at + 1] = "\n".join(lines[at : last + 1])
                lines[at + 1 : last + 1] = [""] * (last - at)
                at = last
        at += 1
    return "\n".join(lines), joined


def _is_header(lines: Sequence[str], at: int) -> bool:
    """Return whether a line with a closing `|` is the header of a table."""
    below = lines[at + 1].strip() if at + 1 < len(lines) else ""
    return _is_closed(lines[at].strip()) and "-" in below and bool(DELIMITERS.fullmatch(below))


def _is_closed(line: str) -> bool:
    return line.endswith("|") and not line.endswith("\\|")


def _last_line(lines: Sequence[str], at: int, columns: int) -> int:
    """Return the position of the line that ends the row at `at`; `at` itself if there is none."""
    count = spaced = 0
    for number in range(at, min(len(lines), at + 1 + _MOST_LINES)):
        text = lines[number].strip()
        if number > at and text.startswith(_ENDS):
            return at
        count += len(CELL_END.findall(text))
        spaced += len(_SPACED_END.findall(text))
        if _is_closed(text):
            is_last = count == columns + 1 or (
                spaced <= columns + 1 <= count and bool(_SPACED_END.search(text, len(text) - 1))
            )
            return number if is_last else at
    return at
