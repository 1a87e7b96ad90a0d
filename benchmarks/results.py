"""RESULTS.md: every row that was measured, and whether it reached what it had to."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator, Sequence

from benchmarks.kept import Measured
from benchmarks.row import Row

_HEAD = """\
# What apiscribe costs

Written by `make bench`; how each row is measured stands in [README.md](README.md). Every value is a
median, and what it is compared with was measured in turns with it, in the same run.
"""
_COLUMNS = ("what", "measured", "against", "ratio", "reach", "")


def results(sections: Sequence[Measured], charts: Sequence[tuple[str, str]]) -> str:
    """The text of RESULTS.md. `charts` are titles and paths."""
    rows = [row for section in sections for row in section.rows]
    asked = [row for row in rows if row.limit is not None]
    reached = sum(row.reached for row in asked)
    parts = [_HEAD, _machine(), *_when(sections)]
    parts.append(f"{reached} of {len(asked)} rows are reached.\n")
    for name in dict.fromkeys(row.section for row in rows):
        table = "\n".join(_table(row for row in rows if row.section == name))
        parts.append(f"## {name.capitalize()}\n\n{table}\n")
    parts += (f"## {title}\n\n![{title}]({path})\n" for title, path in charts)
    return "\n".join(parts)


def told(row: Row) -> str:
    """A row for a terminal."""
    beside = f", {row.ratio:.2f} × {row.against}" if row.ratio is not None else ""
    note = f" ({row.note})" if row.note else ""
    return f"{_verdict(row):15} {row.what}: {_value(row.value, row.unit)}{beside}{note}"


def _machine() -> str:
    system = f"{platform.system()} on {platform.machine()}"
    return f"{os.cpu_count()} cores, Python {platform.python_version()}, {system}.\n"


def _when(sections: Sequence[Measured]) -> Iterator[str]:
    """When it was measured; a warning where sections are of different runs."""
    if len({(section.started, section.runs) for section in sections}) == 1:
        yield f"Measured {sections[0].started} UTC, {_runs(sections[0])}.\n"
    elif sections:
        yield "**The sections are of different runs** and compare less well:\n"
        yield "\n".join(
            f"- {section.name}: {section.started} UTC, {_runs(section)}" for section in sections
        ) + "\n"


def _runs(section: Measured) -> str:
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
        cells = (what, _value(row.value, row.unit), against, ratio, _reach(row), _verdict(row))
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _value(value: float, unit: str) -> str:
    """A value to three digits, as people write it."""
    digits = 0 if value >= 100 else 2 if value >= 1 else 3
    return f"{value:,.{digits}f} {unit}".strip()


def _reach(row: Row) -> str:
    if row.limit is None:
        return ""
    sign = "≥" if row.at_least else "≤"
    return (
        f"{sign} {row.limit:g} ×" if row.reference else f"{sign} {row.limit:g} {row.unit}".strip()
    )


def _verdict(row: Row) -> str:
    if row.limit is None:
        return ""
    return "reached" if row.reached else "**not reached**"
