"""A drift as one HTML page that needs nothing else: both editions side by side."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

from apiscribe.diagnostics.source import Span
from apiscribe.drift.change import GRADES, Change, Drift, Grade
from apiscribe.drift.formats.shown import Group, counts, groups, headline, place
from apiscribe.drift.kinds import KINDS
from apiscribe.emit.encoders import Encoded, html_text
from apiscribe.emit.templates import render
from apiscribe.model.version import ApiVersion

_AROUND = 2
_FEW = 12


@dataclass(frozen=True)
class _Line:
    """A line of a page; `state` is `changed`, `near` or, where a side has no line, `none`."""

    number: Encoded
    text: Encoded
    state: Encoded


@dataclass(frozen=True)
class _View:
    """A change."""

    grade: Encoded
    kind: Encoded
    symbol: Encoded
    message: Encoded
    consequence: Encoded
    places: list[Encoded]
    columns: list[tuple[Encoded, list[_Line]]]
    details: list[Encoded]
    counted: int
    is_open: bool
    anchor: Encoded


@dataclass(frozen=True)
class _GroupView:
    """The changes of a page."""

    page: Encoded
    anchor: Encoded
    counted: list[tuple[Encoded, int]]
    changes: list[_View]


def html_page(drift: Drift, old: ApiVersion, new: ApiVersion) -> str:
    """The page. Its script only hides what a filter leaves out; without it all is shown."""
    style, script = (Encoded(render(f"drift/page.{end}")) for end in ("css", "js"))
    counted = counts(drift.changes)
    return render(
        "drift/page.html.j2",
        style=style,
        script=script,
        policy=html_text(_policy(style, script)),
        old=html_text(drift.old),
        new=html_text(drift.new),
        headline=html_text(headline(drift)),
        grades=[(html_text(g), counted.get(g, 0), html_text(_ABOUT[g])) for g in GRADES],
        groups=[_group(group, old, new) for group in groups(drift.changes)],
        not_compared=[html_text(f"{each.fact}: {each.reason}") for each in drift.not_compared],
    )


_ABOUT: dict[Grade, str] = {
    "wire": "binary messages or calls break",
    "json": "requests or answers over HTTP/JSON break",
    "source": "code against stubs or models no longer fits",
    "docs": "only text differs",
    "safe": "nothing breaks",
}


def _policy(style: str, script: str) -> str:
    """Nothing is loaded, and nothing runs but what stands in the page."""

    def hashed(text: str) -> str:
        digest = hashlib.sha256(text.encode()).digest()
        return f"'sha256-{base64.b64encode(digest).decode()}'"

    return f"default-src 'none'; style-src {hashed(style)}; script-src {hashed(script)}"


def _group(group: Group, old: ApiVersion, new: ApiVersion) -> _GroupView:
    return _GroupView(
        page=html_text(group.page),
        anchor=_anchor(group.page),
        counted=[(html_text(grade), count) for grade, count in counts(group.changes).items()],
        changes=[_view(change, old, new) for change in group.changes],
    )


def _view(change: Change, old: ApiVersion, new: ApiVersion) -> _View:
    sides = ((change.old, old), (change.new, new))
    columns = [_lines(span, side) for span, side in sides]
    places = [html_text(place(span, side) if span else "") for span, side in sides]
    return _View(
        grade=html_text(change.grade),
        kind=html_text(change.kind),
        symbol=html_text(change.symbol),
        message=html_text(change.message),
        consequence=html_text(KINDS[change.kind].consequence),
        places=places,
        columns=list(zip(places, columns, strict=True)) if any(columns) else [],
        details=[html_text(detail) for detail in change.details],
        counted=len(change.details),
        is_open=len(change.details) <= _FEW,
        anchor=html_text(change.fingerprint),
    )


def _lines(span: Span | None, side: ApiVersion) -> list[_Line]:
    """The lines of a place, and some around them."""
    source = side.texts.get(span.path) if span else None
    if source is None or span is None:
        return []
    last = min(span.end_line, span.line + 12)
    first = max(1, span.line - _AROUND)
    found = []
    for number in range(first, min(len(source.lines), last + _AROUND) + 1):
        state = "changed" if span.line <= number <= last else "near"
        line = source.lines[number - 1].expandtabs(4)
        found.append(_Line(html_text(str(number)), html_text(line), html_text(state)))
    return found


def _anchor(text: str) -> Encoded:
    return html_text("p" + hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:12])
