"""A drift as Markdown: for a comment on a pull request."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from apiscribe.diagnostics.report import visible
from apiscribe.drift.change import Change, Drift
from apiscribe.drift.formats.shown import groups, headline, place
from apiscribe.model.version import ApiVersion

# GitHub takes 65,536 characters for a comment.
_LONGEST = 60_000
_BREAKING = ("wire", "json", "source")
_MARKUP = re.compile(r"([\\`*_{}\[\]()#+!|~@<>&-])")


def markdown_drift(drift: Drift, old: ApiVersion, new: ApiVersion) -> str:
    """What breaks clients first and open, the rest folded; cut where it would be too long."""
    breaking = [change for change in drift.changes if change.grade in _BREAKING]
    others = [change for change in drift.changes if change.grade not in _BREAKING]
    lines = [f"### API drift: {headline(drift)}", ""]
    lines += [f"{_code(drift.old)} → {_code(drift.new)}", ""]
    lines += _sections(breaking, old, new, _LONGEST * 3 // 4)
    if others:
        lines += [f"<details><summary>{len(others)} that break nothing</summary>", ""]
        lines += _sections(others, old, new, _LONGEST // 5)
        lines += ["</details>", ""]
    if drift.not_compared:
        lines += ["<details><summary>Not compared</summary>", ""]
        lines += [f"- {_text(f'{each.fact}: {each.reason}')}" for each in drift.not_compared[:50]]
        lines += ["", "</details>", ""]
    return "\n".join(lines).rstrip() + "\n"


def _sections(changes: Sequence[Change], old: ApiVersion, new: ApiVersion, most: int) -> list[str]:
    """A table for each page, until there is no more room."""
    lines: list[str] = []
    room, left = most, len(changes)
    for group in groups(changes):
        head = [f"**{_text(group.page)}**", "", "| breaks | what | where |", "| --- | --- | --- |"]
        rows = []
        for change in group.changes:
            row = _row(change, old, new)
            if len(row) > room:
                break
            room -= len(row) + 1
            left -= 1
            rows.append(row)
        if rows:
            lines += [*head, *rows, ""]
    if left:
        lines += [f"… and {left} more: `apiscribe drift` shows all.", ""]
    return lines


def _row(change: Change, old: ApiVersion, new: ApiVersion) -> str:
    places = [
        _code(place(span, side)) for span, side in ((change.old, old), (change.new, new)) if span
    ]
    what = f"{_code(change.symbol)} {_text(change.message)}"
    return f"| {change.grade} | {what} | {' → '.join(places)} |"


def _text(text: str) -> str:
    """The text without a character that Markdown, HTML or GitHub obeys."""
    return _MARKUP.sub(lambda found: f"&#{ord(found[0])};", visible(text.replace("\n", " ")))


def _code(text: str) -> str:
    """The text as code, in a table too."""
    escaped = html.escape(visible(text.replace("\n", " "))).replace("|", "&#124;")
    return f"<code>{escaped.replace('@', '&#64;')}</code>"
