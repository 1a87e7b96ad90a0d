"""Write RESULTS.md: every measured row, and whether it meets its limit."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator, Sequence

from benchmarks.measurements import Section
from benchmarks.row import Row

_HEAD = """\
# The performance of apiscribe

Written by `make bench`; [README.md](README.md) describes how each row is measured. Every value is a
median. A value and its reference were measured in turns, in the same run.
"""
_COLUMNS = ("what", "measured", "against", "ratio", "limit", "")


def format_results(sections: Sequence[Section], charts: Sequence[tuple[str, str]]) -> str:
    """Return the text of RESULTS.md. `charts` are titles and paths."""
    rows = [row for section in sections for row in section.rows]
    limited = [row for row in rows if row.limit is not None]
    met = sum(row.meets_limit for row in limited)
    parts = [_HEAD, _machine(), *_dates(sections)]
    parts.append(f"{met} of {len(limited)} limits are met.\n")
    for name in dict.fromkeys(row.section for row in rows):
        table = "\n".join(_table(row for row in rows if row.section == name))
        parts.append(f"## {name.capitalize()}\n\n{table}\n")
    parts += (f"## {title}\n\n![{title}]({path})\n" for title, path in charts)
    return "\n".join(parts)


def format_row(row: Row) -> str:
    """Return a row for the terminal."""
    ratio = f", {row.ratio:.2f} × {row.against}" if row.ratio is not None else ""
    note = f" ({row.note})" if row.note else ""
    return f"{_verdict(row):11} {row.what}: {_value(row.value, row.unit)}{ratio}{note}"


def _machine() -> str:
    system = f"{platform.system()} on {platform.machine()}"
    return f"{os.cpu_count()} cores, Python {platform.python_version()}, {system}.\n"


def _dates(sections: Sequence[Section]) -> Iterator[str]:
    """Yield the date of the run, or a warning with the dates if there were several."""
    if len({(section.started, section.runs) for section in sections}) == 1:
        yield f"Measured {sections[0].started} UTC, {_runs(sections[0])}.\n"
    elif sections:
        yield "**The sections are from different runs** and are less comparable:\n"
        yield "\n".join(
            f"- {section.name}: {section.started} UTC, {_runs(section)}" for section in sections
        ) + "\n"


def _runs(section: Section) -> str:
    return f"{section.runs} run{'s'[: section.runs != 1]} of each"


def _table(rows: Iterator[Row]) -> Iterator[str]:
    yield "| " + " | ".join(_COLUMNS) + " |"
    yield "|" + " --- |" * len(_COLUMNS)
    for row in rows:
        what = f"{row.what} ({row.note})" if row.note else row.what
        against = (
            f"{row.against}: {_value(row.reference, row.unit)}" if row.reference else row.against
        )
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
        cells = (what, _value(row.value, row.unit), against, ratio, _limit(row), _verdict(row))
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _value(value: float, unit: str) -> str:
    """Format a value with about three digits."""
    digits = 0 if value >= 100 else 2 if value >= 1 else 3
    return f"{value:,.{digits}f} {unit}".strip()


def _limit(row: Row) -> str:
    if row.limit is None:
        return ""
    sign = "≥" if row.at_least else "≤"
    return (
        f"{sign} {row.limit:g} ×" if row.reference else f"{sign} {row.limit:g} {row.unit}".strip()
    )


def _verdict(row: Row) -> str:
    if row.limit is None:
        return ""
    return "met" if row.meets_limit else "**not met**"
