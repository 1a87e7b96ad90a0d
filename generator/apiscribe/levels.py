"""`[[level]]` in spec.toml: which findings matter to the people of one API, and how much.

An entry is a rule for pages to come as well; a single finding that somebody has looked at is
accepted in overlay.toml instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase

from apiscribe.diagnostic_codes import CODES
from apiscribe.names import did_you_mean
from apiscribe.report import Diagnostic, Report
from apiscribe.source import Source, Span
from apiscribe.spec import LevelEntry, entry_line


def apply_levels(entries: Sequence[LevelEntry], source: Source, report: Report) -> None:
    """Give each finding the level of the last entry that matches it, or turn it off.

    Errors of apiscribe's own table keep their level: what would be written is broken. An entry that
    matches nothing is a note and no more, for the pages may have become better, or may not be
    there in a partial build.
    """
    usable = []
    for index, entry in enumerate(entries):
        span = _span(source, index)
        if fault := _fault(entry):
            report.add("malformed-spec", fault, span, mark=entry.code)
        else:
            usable.append((span, entry))
    # Entries about `unused-level` last: what they match is added here.
    for span, entry in sorted(usable, key=lambda each: fnmatchcase("unused-level", each[1].code)):
        if not any(_matches(entry, found) for found in report):
            said = f'"{entry.code}" at "{entry.at}" matches no finding'
            report.add("unused-level", said, span, mark=entry.code)
    for found in list(report):
        levels = [entry.level for _, entry in usable if _matches(entry, found)]
        if not levels:
            continue
        level = levels[-1]
        if level == "off":
            report.silence(found)
        else:
            report.regrade(found, level)


def _fault(entry: LevelEntry) -> str:
    """What is wrong with an entry, or nothing."""
    codes = [code for word, code in CODES.items() if fnmatchcase(word, entry.code)]
    if not codes:
        return f'"{entry.code}" is no code of a finding{did_you_mean(entry.code, CODES)}'
    if not entry.reason.strip():
        return f'the level of "{entry.code}" has no reason'
    if entry.level != "error" and all(code.level == "error" for code in codes):
        return f'"{entry.code}" is an error, and cannot be lowered to {entry.level}'
    return ""


def _matches(entry: LevelEntry, found: Diagnostic) -> bool:
    if CODES[found.code].level == "error" and entry.level != "error":
        return False
    return fnmatchcase(found.code, entry.code) and fnmatchcase(found.span.path, entry.at)


def _span(source: Source, index: int) -> Span:
    """The lines of an entry, up to the next table."""
    first = entry_line(source.text, "level", index)
    below = enumerate(source.lines[first:], first)
    last = next((n for n, line in below if line.startswith("[")), len(source.lines))
    return source.span(first, last)
