"""A drift as a self-contained HTML page, with both versions side by side."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from apiscribe.diagnostics.source import Span
from apiscribe.drift.change import BREAKING, GRADES, Change, Drift, Grade
from apiscribe.drift.change_kinds import KINDS
from apiscribe.drift.formats.changed_words import Part, mark_changed_words
from apiscribe.drift.formats.presentation import (
    PageChanges,
    count_grades,
    group_by_page,
    location,
    verdict,
)
from apiscribe.emit.encoders import Encoded, html_text
from apiscribe.emit.html_page import inlined
from apiscribe.emit.templates import render
from apiscribe.model.version import ApiVersion

_CONTEXT_LINES = 2
_MAX_LINES = 12
_MAX_OPEN_DETAILS = 12


@dataclass(frozen=True, kw_only=True)
class _Line:
    """A source line in parts that differ from the other version or not; `state` is `changed` or
    `near`.
    """

    number: Encoded
    parts: list[tuple[Encoded, bool]]
    state: Encoded


@dataclass(frozen=True, kw_only=True)
class _SideView:
    """A change in one version, `old` or `new`."""

    name: Encoded
    is_only: bool
    location: Encoded
    lines: list[_Line]


@dataclass(frozen=True, kw_only=True)
class _ChangeView:
    """A change, with its lines in each version that has it."""

    grade: Encoded
    kind: Encoded
    message: Encoded
    consequence: Encoded
    sides: list[_SideView]
    has_lines: bool
    details: list[Encoded]
    detail_count: int
    is_open: bool
    fingerprint: Encoded


@dataclass(frozen=True, kw_only=True)
class _CardView:
    """The changes of a declaration in one half of the report; the worst grade first."""

    grade: Encoded
    symbol: Encoded
    changes: list[_ChangeView]


@dataclass(frozen=True, kw_only=True)
class _PageView:
    """The changes of a page in one half of the report."""

    page: Encoded
    anchor: Encoded
    counts: list[tuple[Encoded, int]]
    cards: list[_CardView]


@dataclass(frozen=True, kw_only=True)
class _HalfView:
    """The changes that break clients, or the others; the worst grade first."""

    title: Encoded
    pages: list[_PageView]


_GRADE_TITLES: dict[Grade, str] = {
    "wire": "binary messages or gRPC calls of old clients break",
    "json": "requests or responses over HTTP and JSON break",
    "source": "code that uses stubs or models does not compile",
    "docs": "only documentation changed",
    "safe": "nothing breaks",
}


def html_page(drift: Drift, old: ApiVersion, new: ApiVersion) -> str:
    """Return the page. Its script only filters the changes; without it all are visible."""
    counts = count_grades(drift.changes)
    return render(
        "drift/page.html.j2",
        inlined=inlined("drift"),
        old=html_text(drift.old),
        new=html_text(drift.new),
        verdict=html_text(verdict(drift)),
        is_breaking=any(grade in BREAKING for grade in counts),
        grades=[(html_text(g), counts.get(g, 0), html_text(_GRADE_TITLES[g])) for g in GRADES],
        halves=list(_halves(drift, old, new)),
        not_compared=[html_text(f"{fact.fact}: {fact.reason}") for fact in drift.not_compared],
    )


def _halves(drift: Drift, old: ApiVersion, new: ApiVersion) -> Iterator[_HalfView]:
    changes = sorted(drift.changes, key=lambda change: GRADES.index(change.grade))
    for title, is_breaking in (("Breaks clients", True), ("Breaks no client", False)):
        half = [change for change in changes if (change.grade in BREAKING) == is_breaking]
        if half:
            pages = [_page(group, title, old, new) for group in group_by_page(half)]
            yield _HalfView(title=html_text(title), pages=pages)


def _page(group: PageChanges, half: str, old: ApiVersion, new: ApiVersion) -> _PageView:
    return _PageView(
        page=html_text(group.page),
        anchor=_anchor(f"{half}\0{group.page}"),
        counts=[(html_text(grade), count) for grade, count in count_grades(group.changes).items()],
        cards=list(_cards(group.changes, old, new)),
    )


def _cards(changes: Iterable[Change], old: ApiVersion, new: ApiVersion) -> Iterator[_CardView]:
    """Yield a card for each declaration, in the order of its first change."""
    by_symbol: dict[str, list[Change]] = {}
    for change in changes:
        by_symbol.setdefault(change.symbol, []).append(change)
    for symbol, of_symbol in by_symbol.items():
        yield _CardView(
            grade=html_text(of_symbol[0].grade),
            symbol=html_text(symbol),
            changes=[_view(change, old, new) for change in of_symbol],
        )


def _view(change: Change, old: ApiVersion, new: ApiVersion) -> _ChangeView:
    sides = list(_sides(change, old, new))
    return _ChangeView(
        grade=html_text(change.grade),
        kind=html_text(change.kind),
        message=html_text(change.message),
        consequence=html_text(KINDS[change.kind].consequence),
        sides=sides,
        has_lines=any(side.lines for side in sides),
        details=[html_text(detail) for detail in change.details],
        detail_count=len(change.details),
        is_open=len(change.details) <= _MAX_OPEN_DETAILS,
        fingerprint=html_text(change.fingerprint),
    )


def _sides(change: Change, old: ApiVersion, new: ApiVersion) -> Iterator[_SideView]:
    texts = [_texts(span, version) for span, version in ((change.old, old), (change.new, new))]
    changed = mark_changed_words(*(list(lines.values()) for lines in texts))
    both = (("old", change.old, old), ("new", change.new, new))
    for (name, span, version), lines, parts in zip(both, texts, changed, strict=True):
        if span:
            yield _SideView(
                name=html_text(name),
                is_only=not (change.old and change.new),
                location=html_text(location(span, version)),
                lines=_with_context(span, version, dict(zip(lines, parts, strict=True))),
            )


def _texts(span: Span | None, version: ApiVersion) -> dict[int, str]:
    """Return the lines of a span by number; not all of a long span."""
    source = version.texts.get(span.path) if span else None
    if source is None or span is None:
        return {}
    last = min(span.end_line, span.line + _MAX_LINES, len(source.lines))
    return {at: source.lines[at - 1].expandtabs(4) for at in range(span.line, last + 1)}


def _with_context(
    span: Span, version: ApiVersion, changed: Mapping[int, list[Part]]
) -> list[_Line]:
    """Return the lines of a span, and some lines around them."""
    source = version.texts.get(span.path)
    if source is None or not changed:
        return []
    lines = []
    first = max(1, min(changed) - _CONTEXT_LINES)
    for number in range(first, min(len(source.lines), max(changed) + _CONTEXT_LINES) + 1):
        near = [(source.lines[number - 1].expandtabs(4), False)]
        parts = changed.get(number, near)
        lines.append(
            _Line(
                number=html_text(str(number)),
                parts=[(html_text(text), is_changed) for text, is_changed in parts],
                state=html_text("changed" if number in changed else "near"),
            )
        )
    return lines


def _anchor(text: str) -> Encoded:
    return html_text("p" + hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:12])
