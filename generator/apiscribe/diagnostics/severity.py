"""`[[severity]]` in spec.toml: which findings matter to the people of one API, and how much.

An entry is a rule for pages to come as well; a single finding that somebody has looked at is
accepted in overlay.toml instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from apiscribe.diagnostics.codes import CODES, Level
from apiscribe.diagnostics.did_you_mean import did_you_mean
from apiscribe.diagnostics.locate import entry_lines
from apiscribe.diagnostics.report import Report
from apiscribe.diagnostics.source import Source, Span


class SeverityOverride(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Another level for diagnostics of a code."""

    code: Annotated[
        str,
        Meta(
            description="Code of the diagnostics, or a glob. A glob does not lower errors.",
            extra_json_schema={"anyOf": [{"enum": sorted(CODES)}, {"pattern": r"[*?\[]"}]},
        ),
    ]
    at: Annotated[str, Meta(description="Path of the page, or a glob.")] = "*"
    level: Annotated[
        Level | Literal["off"],
        Meta(description="The new level; `off` hides the diagnostics. Errors cannot be lowered."),
    ]
    reason: Annotated[
        str,
        Meta(
            description="Why the level is right, for reviewers.",
            extra_json_schema={"pattern": r"\S"},
        ),
    ]


def apply_severity(entries: Sequence[SeverityOverride], source: Source, report: Report) -> None:
    """Give each finding the level of the last entry that matches it, or turn it off.

    Errors of apiscribe's own table keep their level: what would be written is broken. An entry that
    matches nothing is a note and no more, for the pages may have become better, or may not be
    there in a partial build.
    """
    usable = []
    lines = entry_lines(source.text, "severity")
    for index, entry in enumerate(entries):
        span = _span(source, lines[index] if index < len(lines) else 1)
        if fault := _fault(entry):
            report.add("malformed-spec", fault, span, mark=entry.code)
        else:
            usable.append((span, entry))
    places = dict.fromkeys((found.code, found.span.path) for found in report)
    # Entries about `unused-severity` last: what they match is added here.
    for span, entry in sorted(
        usable, key=lambda each: fnmatchcase("unused-severity", each[1].code)
    ):
        if not any(_matches(entry, *place) for place in places):
            said = f'"{entry.code}" at "{entry.at}" matches no finding'
            report.add("unused-severity", said, span, mark=entry.code)
            places["unused-severity", span.path] = None
    # (code, path): what an entry asks of a finding is no more than these two.
    levels = {place: _level(place, [entry for _, entry in usable]) for place in places}
    for found in list(report):
        level = levels[found.code, found.span.path]
        if level is None:
            continue
        if level == "off":
            report.silence(found)
        else:
            report.regrade(found, level)


def _fault(entry: SeverityOverride) -> str:
    """What is wrong with an entry, or nothing."""
    codes = [code for word, code in CODES.items() if fnmatchcase(word, entry.code)]
    if not codes:
        return f'"{entry.code}" is no code of a finding{did_you_mean(entry.code, CODES)}'
    if not entry.reason.strip():
        return f'the level of "{entry.code}" has no reason'
    if entry.level != "error" and all(code.level == "error" for code in codes):
        return f'"{entry.code}" is an error, and cannot be lowered to {entry.level}'
    return ""


def _level(
    place: tuple[str, str], entries: Sequence[SeverityOverride]
) -> Level | Literal["off"] | None:
    """The level that the last entry that matches gives to findings of a code on a page."""
    matching = (entry.level for entry in reversed(entries) if _matches(entry, *place))
    return next(matching, None)


def _matches(entry: SeverityOverride, code: str, path: str) -> bool:
    if CODES[code].level == "error" and entry.level != "error":
        return False
    return fnmatchcase(code, entry.code) and fnmatchcase(path, entry.at)


def _span(source: Source, first: int) -> Span:
    """The lines of the entry that begins at line `first`, up to the next table."""
    count = len(source.lines)
    below = range(first, count)
    last = next((n for n in below if source.lines[n].startswith("[")), count)
    return source.span(first, last)
