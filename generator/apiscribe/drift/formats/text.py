"""A drift for people: page by page, with the lines of both sides."""

from __future__ import annotations

from apiscribe.diagnostics.report import visible
from apiscribe.drift.change import Change, Drift
from apiscribe.drift.formats.shown import groups, headline, place, row
from apiscribe.model.version import ApiVersion

_WIDTH = 96
_MOST_DETAILS = 12


def text_drift(drift: Drift, old: ApiVersion, new: ApiVersion) -> str:
    """The changes one below the other; what a kind does to clients is told where it comes first."""
    lines: list[str] = []
    told: set[str] = set()
    for group in groups(drift.changes):
        lines.append(visible(group.page))
        for change in group.changes:
            lines += _lines(change, old, new, change.kind not in told)
            told.add(change.kind)
        lines.append("")
    if drift.not_compared:
        lines.append("not compared:")
        lines += [f"  {visible(f'{each.fact}: {each.reason}')}" for each in drift.not_compared]
        lines.append("")
    lines.append(headline(drift))
    return "".join(f"{line}\n" for line in lines)


def _lines(change: Change, old: ApiVersion, new: ApiVersion, explained: bool) -> list[str]:
    name = visible(change.symbol)
    lines = [f"  {change.grade}: {change.kind}: {name}", f"    {visible(change.message)}"]
    for sign, span, side in (("-", change.old, old), ("+", change.new, new)):
        if span:
            lines.append(f"    {sign} {place(span, side)}")
            if (text := row(span, side, change.symbol)) is not None:
                lines.append(f"    {sign}   {_cut(visible(text.strip().expandtabs(4)))}")
    if change.details:
        rest = len(change.details) - _MOST_DETAILS
        more = f", and {rest} more" if rest > 0 else ""
        lines.append(f"    with: {visible(', '.join(change.details[:_MOST_DETAILS]))}{more}")
    if explained:
        lines.append(f"    so: {change.consequence}")
    return lines


def _cut(text: str) -> str:
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 1]}…"
