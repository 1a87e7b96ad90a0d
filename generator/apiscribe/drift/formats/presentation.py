"""The parts that all formats share: changes grouped by page, counts, locations, source lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from apiscribe.diagnostics.report import visible
from apiscribe.diagnostics.source import Span
from apiscribe.drift.change import BREAKING, GRADES, Change, Drift, Grade
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


_PLACES: Mapping[Grade, str] = {
    "wire": "on the wire",
    "json": "in JSON",
    "source": "in source code",
}


def verdict(drift: Drift) -> str:
    """Return a sentence such as `11 of 29 changes break clients: 3 on the wire, 8 in JSON`."""
    number, counts = len(drift.changes), count_grades(drift.changes)
    broken = {grade: counts[grade] for grade in BREAKING if grade in counts}
    if not number:
        text = "No changes"
    elif not broken:
        text = f"None of {number} changes breaks clients"
        text = "The only change breaks no client" if number == 1 else text
    else:
        total = sum(broken.values())
        text = f"{total} of {number} change{'s'[: number != 1]} break{'s'[: total == 1]} clients: "
        text += ", ".join(f"{count} {_PLACES[grade]}" for grade, count in broken.items())
    accepted = len(drift.accepted)
    return f"{text}; {accepted} more accepted by the baseline" if accepted else text


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
