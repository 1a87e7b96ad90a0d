"""Changes as all formats show them: grouped, counted, with their places."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from apiscribe.diagnostics.report import visible
from apiscribe.diagnostics.source import Span
from apiscribe.drift.change import GRADES, Change, Drift, Grade
from apiscribe.model.version import ApiVersion


@dataclass(frozen=True)
class Group:
    """The changes of one page, in order; it goes by the page's name on the side that has it."""

    page: str
    changes: tuple[Change, ...]


def groups(changes: Sequence[Change]) -> list[Group]:
    """The changes by page, in the order of their first ones."""
    found: dict[str, list[Change]] = {}
    for change in changes:
        span = change.old or change.new
        found.setdefault(span.path if span else "", []).append(change)
    return [Group(page, tuple(each)) for page, each in found.items()]


def counts(changes: Sequence[Change]) -> dict[Grade, int]:
    """How many changes there are of each grade that there is any of, the worst first."""
    counted = Counter(change.grade for change in changes)
    return {grade: counted[grade] for grade in GRADES if counted[grade]}


def headline(drift: Drift) -> str:
    """`12 changes: 3 wire, 9 safe`."""
    number = len(drift.changes)
    parts = ", ".join(f"{count} {grade}" for grade, count in counts(drift.changes).items())
    accepted = f"; {len(drift.accepted)} accepted" if drift.accepted else ""
    if not number:
        return f"no changes{accepted}"
    return f"{number} change{'s'[: number != 1]}: {parts}{accepted}"


def place(span: Span, side: ApiVersion) -> str:
    """`specs/shop/pages/book.md:12`, as an editor takes it."""
    folder = f"{side.folder.rstrip('/')}/" if side.folder else ""
    return visible(f"{folder}{span.path}:{span.line}")


def row(span: Span | None, side: ApiVersion, symbol: str) -> str | None:
    """The line that tells most of a symbol at a place: the first one with its name, for the row of
    an HTML table has many. None where there is no text to take it from.
    """
    source = side.texts.get(span.path) if span else None
    if source is None or span is None or span.line > len(source.lines):
        return None
    lines = source.lines[span.line - 1 : span.end_line]
    name = symbol.rpartition(".")[2]
    return next((line for line in lines if name in line), lines[0])
