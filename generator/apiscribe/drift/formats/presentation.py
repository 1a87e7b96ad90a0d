"""The parts that all formats share: changes grouped by page, counts, locations, source lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from apiscribe.diagnostics.report import visible
from apiscribe.diagnostics.source import Span
from apiscribe.drift.change import GRADES, Change, Drift, Grade
from apiscribe.model.version import ApiVersion


@dataclass(frozen=True)
class PageChanges:
    """The changes of one page, in order; `page` is its path in the version that has it."""

    page: str
    changes: tuple[Change, ...]


def group_by_page(changes: Sequence[Change]) -> list[PageChanges]:
    """Return the changes by page, ordered by their first changes."""
    pages: dict[str, list[Change]] = {}
    for change in changes:
        span = change.old or change.new
        pages.setdefault(span.path if span else "", []).append(change)
    return [PageChanges(page, tuple(group)) for page, group in pages.items()]


def count_grades(changes: Sequence[Change]) -> dict[Grade, int]:
    """Return the number of changes of each grade with any, the worst grade first."""
    counted = Counter(change.grade for change in changes)
    return {grade: counted[grade] for grade in GRADES if counted[grade]}


def headline(drift: Drift) -> str:
    """Return a line such as `12 changes: 3 wire, 9 safe`."""
    number = len(drift.changes)
    parts = ", ".join(f"{count} {grade}" for grade, count in count_grades(drift.changes).items())
    accepted = f"; {len(drift.accepted)} accepted" if drift.accepted else ""
    if not number:
        return f"no changes{accepted}"
    return f"{number} change{'s'[: number != 1]}: {parts}{accepted}"


def location(span: Span, version: ApiVersion) -> str:
    """Return a location such as `specs/shop/pages/book.md:12`, as editors accept it."""
    return visible(f"{path_of(span, version)}:{span.line}")


def path_of(span: Span, version: ApiVersion) -> str:
    """Return the path of a span's file, from the folder of the version."""
    folder = f"{version.folder.rstrip('/')}/" if version.folder else ""
    return f"{folder}{span.path}"


def source_line(span: Span | None, version: ApiVersion, symbol: str) -> str | None:
    """Return the first line of a span with the symbol's name (the row of an HTML table has several
    lines), else its first line; None if the version has no source text.
    """
    source = version.texts.get(span.path) if span else None
    if source is None or span is None or span.line > len(source.lines):
        return None
    lines = source.lines[span.line - 1 : span.end_line]
    name = symbol.rpartition(".")[2]
    return next((line for line in lines if name in line), lines[0])
