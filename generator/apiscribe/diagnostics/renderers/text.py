"""Render diagnostics for people: location, message, the marked line, why, and help."""

from __future__ import annotations

from collections.abc import Sequence

from apiscribe.diagnostics.grouping import DiagnosticGroup, Location
from apiscribe.diagnostics.report import visible
from apiscribe.diagnostics.summary import Summary

_FRAME_WIDTH = 100


def text_report(groups: Sequence[DiagnosticGroup], _: Summary) -> str:
    """Return the diagnostics as text; the first one of a code explains the code."""
    explained: set[str] = set()
    lines = []
    for group in groups:
        lines += _lines(group, explain=group.code not in explained)
        explained.add(group.code)
    return "".join(f"{line}\n" for line in lines)


def compact_report(groups: Sequence[DiagnosticGroup]) -> str:
    """Return the diagnostics as text with one line each."""
    lines = []
    for group in groups:
        count = len(group.also)
        more = f" (and in {count} more place{'s'[: count > 1]})" if count else ""
        lines.append(f"{_head(group)}{more}\n")
    return "".join(lines)


def _head(group: DiagnosticGroup) -> str:
    location = group.location
    where = f"{visible(location.path)}:{location.line}:{location.column}"
    return f"{where}: {group.level}: {group.code}: {visible(group.message)}"


def _lines(group: DiagnosticGroup, *, explain: bool) -> list[str]:
    lines = [_head(group)]
    if group.row is not None:
        lines += _frame(group.row, group.location)
    if explain:
        lines.append(f"    why: {group.why}")
    lines.append(f"    help: {visible(group.help)}")
    return lines


def _frame(row: str, location: Location) -> list[str]:
    """Return the line, cut to the surroundings of the mark if it is long, and the mark below it."""
    gutter = str(location.line)
    begin, end = location.column - 1, location.column - 1 + location.length
    column, stop = (len(row[:index].expandtabs(4)) for index in (begin, end))
    line = row.expandtabs(4)
    start = max(0, min(column - 40, len(line) - _FRAME_WIDTH)) if len(line) > _FRAME_WIDTH else 0
    shown = visible(line[start : start + _FRAME_WIDTH])
    before, after = "…" if start else "", "…" if len(line) > start + _FRAME_WIDTH else ""
    frame = [f"  {gutter} | {before}{shown}{after}"]
    if location.length:
        blank = " " * _width(before + line[start:column])
        marked = line[column : min(stop, start + _FRAME_WIDTH)]
        frame.append(f"  {' ' * len(gutter)} | {blank}{'^' * max(1, _width(marked))}")
    return frame


def _width(text: str) -> int:
    """Return the width of a text in terminal cells: 名 has two, a combining accent none."""
    import wcwidth  # its tables load slower than the rest of the command

    return max(0, wcwidth.wcswidth(visible(text)))
