"""Findings for people: where, what, the line itself with a mark under it, why, what to do."""

from __future__ import annotations

from collections.abc import Sequence

from apiscribe.diagnostics.grouping import DiagnosticGroup
from apiscribe.diagnostics.report import visible
from apiscribe.diagnostics.summary import Summary

_FRAME_WIDTH = 100


def text_report(found: Sequence[DiagnosticGroup], _: Summary) -> str:
    """The findings one below the other, each line with its end.

    What a code means is told where it comes first.
    """
    told: set[str] = set()
    lines = []
    for each in found:
        lines += _lines(each, each.code not in told)
        told.add(each.code)
    return "".join(f"{line}\n" for line in lines)


def _lines(found: DiagnosticGroup, explained: bool) -> list[str]:
    place = found.place
    where = f"{visible(place.path)}:{place.line}:{place.column}"
    lines = [f"{where}: {found.level}: {found.code}: {visible(found.message)}"]
    if found.row is not None:
        lines += _frame(found.row, found)
    if explained:
        lines.append(f"    why: {found.why}")
    lines.append(f"    help: {visible(found.help)}")
    return lines


def _frame(row: str, found: DiagnosticGroup) -> list[str]:
    """The line, cut to what surrounds the mark where it is long, and the mark under it."""
    gutter = str(found.place.line)
    begin, end = found.place.column - 1, found.place.column - 1 + found.place.length
    column, stop = (len(row[:index].expandtabs(4)) for index in (begin, end))
    line = row.expandtabs(4)
    start = max(0, min(column - 40, len(line) - _FRAME_WIDTH)) if len(line) > _FRAME_WIDTH else 0
    shown = visible(line[start : start + _FRAME_WIDTH])
    before, after = "…" if start else "", "…" if len(line) > start + _FRAME_WIDTH else ""
    frame = [f"  {gutter} | {before}{shown}{after}"]
    if found.place.length:
        blank = " " * _width(before + line[start:column])
        marked = line[column : min(stop, start + _FRAME_WIDTH)]
        frame.append(f"  {' ' * len(gutter)} | {blank}{'^' * max(1, _width(marked))}")
    return frame


def _width(text: str) -> int:
    """The cells of a terminal that a text takes: 名 takes two, a combining accent none."""
    import wcwidth  # its tables take longer to load than the rest of the command

    return max(0, wcwidth.wcswidth(visible(text)))
