"""A drift as Markdown, for a comment on a pull request."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from apiscribe.diagnostics.report import visible
from apiscribe.drift.change import BREAKING, Change, Drift
from apiscribe.drift.formats.presentation import group_by_page, headline, location
from apiscribe.model.version import ApiVersion

# GitHub accepts 65,536 characters in a comment.
_MAX_LENGTH = 60_000
_MARKUP = re.compile(r"([\\`*_{}\[\]()#+!|~@<>&-])")


def markdown_drift(drift: Drift, old: ApiVersion, new: ApiVersion) -> str:
    """Return breaking changes first, the others folded, cut to the length of a comment."""
    breaking = [change for change in drift.changes if change.grade in BREAKING]
    others = [change for change in drift.changes if change.grade not in BREAKING]
    lines = [f"### API drift: {headline(drift)}", ""]
    lines += [f"{_code(drift.old)} → {_code(drift.new)}", ""]
    lines += _sections(breaking, old, new, _MAX_LENGTH * 3 // 4)
    if others:
        lines += [f"<details><summary>{len(others)} that break no client</summary>", ""]
        lines += _sections(others, old, new, _MAX_LENGTH // 5)
        lines += ["</details>", ""]
    if drift.not_compared:
        lines += ["<details><summary>Not compared</summary>", ""]
        lines += [f"- {_text(f'{fact.fact}: {fact.reason}')}" for fact in drift.not_compared[:50]]
        lines += ["", "</details>", ""]
    return "\n".join(lines).rstrip() + "\n"


def _sections(
    changes: Sequence[Change], old: ApiVersion, new: ApiVersion, max_length: int
) -> list[str]:
    """Return a table per page, up to a number of characters."""
    lines: list[str] = []
    room, left = max_length, len(changes)
    for group in group_by_page(changes):
        title = f"**{_text(group.page)}**"
        head = [title, "", "| grade | change | location |", "| --- | --- | --- |"]
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
    spans = ((change.old, old), (change.new, new))
    locations = [_code(location(span, version)) for span, version in spans if span]
    what = f"{_code(change.symbol)} {_text(change.message)}"
    return f"| {change.grade} | {what} | {' → '.join(locations)} |"


def _text(text: str) -> str:
    """Escape the characters that have a meaning in Markdown, HTML or GitHub."""
    return _MARKUP.sub(lambda match: f"&#{ord(match[0])};", visible(text.replace("\n", " ")))


def _code(text: str) -> str:
    """Return the text as code, escaped for a table cell."""
    escaped = html.escape(visible(text.replace("\n", " "))).replace("|", "&#124;")
    return f"<code>{escaped.replace('@', '&#64;')}</code>"
