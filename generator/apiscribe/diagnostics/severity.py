"""`[[severity]]` in spec.toml: levels of diagnostics that the owners of one API choose.

An override also applies to future pages; a single diagnostic is accepted in overlay.toml instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from apiscribe.diagnostics.codes import CODES, Level, Message
from apiscribe.diagnostics.codes.settings import (
    lowered_error,
    severity_without_reason,
    unknown_severity_code,
    unused_severity,
)
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


def apply_severity_overrides(
    entries: Sequence[SeverityOverride], source: Source, report: Report
) -> None:
    """Set the level of each diagnostic to that of the last matching entry, or silence it.

    Errors keep their level, because their output would be broken. An entry without effect is only a
    note: its pages may have improved, or may be missing from a partial build.
    """
    usable = []
    lines = entry_lines(source.text, "severity")
    for index, entry in enumerate(entries):
        span = _span(source, lines[index] if index < len(lines) else 1)
        if problem := _problem(entry):
            report.add(problem, span, mark=entry.code)
        else:
            usable.append((span, entry))
    places = dict.fromkeys((diagnostic.code, diagnostic.span.path) for diagnostic in report)
    # Entries about `unused-severity` last: this loop adds the diagnostics that they match.
    for span, entry in sorted(
        usable, key=lambda pair: fnmatchcase("unused-severity", pair[1].code)
    ):
        if not any(_matches(entry, *place) for place in places):
            report.add(unused_severity(entry.code, entry.at), span, mark=entry.code)
            places["unused-severity", span.path] = None
    # An entry matches on code and path only.
    levels = {place: _level(place, [entry for _, entry in usable]) for place in places}
    for diagnostic in list(report):
        level = levels[diagnostic.code, diagnostic.span.path]
        if level is None:
            continue
        if level == "off":
            report.silence(diagnostic)
        else:
            report.regrade(diagnostic, level)


def _problem(entry: SeverityOverride) -> Message | None:
    """Return what is wrong with an entry, if anything."""
    codes = [code for word, code in CODES.items() if fnmatchcase(word, entry.code)]
    if not codes:
        return unknown_severity_code(entry.code, did_you_mean(entry.code, CODES))
    if not entry.reason.strip():
        return severity_without_reason(entry.code)
    if entry.level != "error" and all(code.level == "error" for code in codes):
        return lowered_error(entry.code, entry.level)
    return None


def _level(
    place: tuple[str, str], entries: Sequence[SeverityOverride]
) -> Level | Literal["off"] | None:
    """Return the level of the last entry that matches a code and a path."""
    matching = (entry.level for entry in reversed(entries) if _matches(entry, *place))
    return next(matching, None)


def _matches(entry: SeverityOverride, code: str, path: str) -> bool:
    if CODES[code].level == "error" and entry.level != "error":
        return False
    return fnmatchcase(code, entry.code) and fnmatchcase(path, entry.at)


def _span(source: Source, first: int) -> Span:
    """Return the lines of the entry that begins at line `first`, up to the next table."""
    count = len(source.lines)
    below = range(first, count)
    last = next((n for n in below if source.lines[n].startswith("[")), count)
    return source.span(first, last)
