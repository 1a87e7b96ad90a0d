"""A drift as a self-contained HTML page, with both versions side by side."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from apiscribe.diagnostics.source import Span
from apiscribe.drift.change import GRADES, Change, Drift, Grade
from apiscribe.drift.change_kinds import KINDS
from apiscribe.drift.formats.presentation import (
    PageChanges,
    count_grades,
    group_by_page,
    headline,
    location,
)
from apiscribe.emit.encoders import Encoded, html_text
from apiscribe.emit.html_page import inlined
from apiscribe.emit.templates import render
from apiscribe.model.version import ApiVersion

_CONTEXT_LINES = 2
_MAX_LINES = 12
_MAX_OPEN_DETAILS = 12


@dataclass(frozen=True)
class _Line:
    """A source line; `state` is `changed` or `near`."""

    number: Encoded
    text: Encoded
    state: Encoded


@dataclass(frozen=True)
class _ChangeView:
    """A change, with a column of lines for each version."""

    grade: Encoded
    kind: Encoded
    symbol: Encoded
    message: Encoded
    consequence: Encoded
    locations: list[Encoded]
    columns: list[tuple[Encoded, list[_Line]]]
    details: list[Encoded]
    detail_count: int
    is_open: bool
    anchor: Encoded


@dataclass(frozen=True)
class _PageView:
    """The changes of a page."""

    page: Encoded
    anchor: Encoded
    counts: list[tuple[Encoded, int]]
    changes: list[_ChangeView]


def html_page(drift: Drift, old: ApiVersion, new: ApiVersion) -> str:
    """Return the page. Its script only filters the changes; without it all are visible."""
    counts = count_grades(drift.changes)
    return render(
        "drift/page.html.j2",
        inlined=inlined("drift"),
        old=html_text(drift.old),
        new=html_text(drift.new),
        headline=html_text(headline(drift)),
        grades=[(html_text(g), counts.get(g, 0), html_text(_GRADE_TITLES[g])) for g in GRADES],
        pages=[_page(group, old, new) for group in group_by_page(drift.changes)],
        not_compared=[html_text(f"{fact.fact}: {fact.reason}") for fact in drift.not_compared],
    )


_GRADE_TITLES: dict[Grade, str] = {
    "wire": "binary messages or calls break",
    "json": "requests or responses over HTTP/JSON break",
    "source": "code written against stubs or models does not compile",
    "docs": "only documentation changed",
    "safe": "nothing breaks",
}


def _page(group: PageChanges, old: ApiVersion, new: ApiVersion) -> _PageView:
    return _PageView(
        page=html_text(group.page),
        anchor=_anchor(group.page),
        counts=[(html_text(grade), count) for grade, count in count_grades(group.changes).items()],
        changes=[_view(change, old, new) for change in group.changes],
    )


def _view(change: Change, old: ApiVersion, new: ApiVersion) -> _ChangeView:
    spans = ((change.old, old), (change.new, new))
    columns = [_lines(span, version) for span, version in spans]
    locations = [html_text(location(span, version) if span else "") for span, version in spans]
    return _ChangeView(
        grade=html_text(change.grade),
        kind=html_text(change.kind),
        symbol=html_text(change.symbol),
        message=html_text(change.message),
        consequence=html_text(KINDS[change.kind].consequence),
        locations=locations,
        columns=list(zip(locations, columns, strict=True)) if any(columns) else [],
        details=[html_text(detail) for detail in change.details],
        detail_count=len(change.details),
        is_open=len(change.details) <= _MAX_OPEN_DETAILS,
        anchor=html_text(change.fingerprint),
    )


def _lines(span: Span | None, version: ApiVersion) -> list[_Line]:
    """Return the lines of a span, and some context."""
    source = version.texts.get(span.path) if span else None
    if source is None or span is None:
        return []
    last = min(span.end_line, span.line + _MAX_LINES)
    first = max(1, span.line - _CONTEXT_LINES)
    lines = []
    for number in range(first, min(len(source.lines), last + _CONTEXT_LINES) + 1):
        state = "changed" if span.line <= number <= last else "near"
        line = source.lines[number - 1].expandtabs(4)
        lines.append(_Line(html_text(str(number)), html_text(line), html_text(state)))
    return lines


def _anchor(text: str) -> Encoded:
    return html_text("p" + hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:12])
