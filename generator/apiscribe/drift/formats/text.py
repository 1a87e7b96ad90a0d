"""A drift as text for terminals: page by page, with the source lines of both versions."""

from __future__ import annotations

from apiscribe.diagnostics.report import visible
from apiscribe.drift.change import Change, Drift
from apiscribe.drift.formats.presentation import group_by_page, headline, location, source_line
from apiscribe.model.version import ApiVersion

_WIDTH = 96
_MAX_DETAILS = 12


def text_drift(drift: Drift, old: ApiVersion, new: ApiVersion) -> str:
    """Return the changes one after another; the consequence of a kind follows its first change."""
    lines: list[str] = []
    explained: set[str] = set()
    for group in group_by_page(drift.changes):
        lines.append(visible(group.page))
        for change in group.changes:
            lines += _lines(change, old, new, change.kind not in explained)
            explained.add(change.kind)
        lines.append("")
    if drift.not_compared:
        lines.append("not compared:")
        lines += [f"  {visible(f'{fact.fact}: {fact.reason}')}" for fact in drift.not_compared]
        lines.append("")
    lines.append(headline(drift))
    return "".join(f"{line}\n" for line in lines)


def _lines(change: Change, old: ApiVersion, new: ApiVersion, explain: bool) -> list[str]:
    name = visible(change.symbol)
    lines = [f"  {change.grade}: {change.kind}: {name}", f"    {visible(change.message)}"]
    for sign, span, version in (("-", change.old, old), ("+", change.new, new)):
        if span:
            lines.append(f"    {sign} {location(span, version)}")
            if (text := source_line(span, version, change.symbol)) is not None:
                lines.append(f"    {sign}   {_cut(visible(text.strip().expandtabs(4)))}")
    if change.details:
        rest = len(change.details) - _MAX_DETAILS
        more = f", and {rest} more" if rest > 0 else ""
        lines.append(f"    details: {visible(', '.join(change.details[:_MAX_DETAILS]))}{more}")
    if explain:
        lines.append(f"    consequence: {change.consequence}")
    return lines


def _cut(text: str) -> str:
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 1]}…"
