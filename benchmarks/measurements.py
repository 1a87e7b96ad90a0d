"""Measurements stored between runs, one file per section.

A failing section therefore does not affect the rows of others.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.row import Row

STORE = Path(__file__).parent / ".kept"


@dataclass(frozen=True)
class Section:
    """The rows of one section, the start of their run in UTC, and the runs of each measurement."""

    name: str
    started: str
    runs: int
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Point:
    """The median time and the peak memory of cold builds with that many pages."""

    pages: int
    seconds: float
    megabytes: float


def save_section(section: Section, folder: Path = STORE) -> None:
    """Store a section, and replace its earlier measurements."""
    _write(folder / f"{section.name}.json", asdict(section))


def load_sections(names: Sequence[str], folder: Path = STORE) -> list[Section]:
    """Return the stored ones of the sections."""
    stored = [_read(folder / f"{name}.json") for name in names]
    return [
        Section(**{**values, "rows": tuple(Row(**row) for row in values["rows"])})
        for values in stored
        if values
    ]


def save_points(points: Sequence[Point], folder: Path = STORE) -> None:
    """Store the points of the growth chart, and replace earlier ones."""
    _write(folder / "growth-points.json", [asdict(point) for point in points])


def load_points(folder: Path = STORE) -> list[Point]:
    """Return the points of the last run that measured growth."""
    return [Point(**values) for values in _read(folder / "growth-points.json") or []]


def _write(file: Path, values: Any) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(values, indent=1), "utf-8")


def _read(file: Path) -> Any:
    """Return the content of a JSON file, or None if it is missing."""
    return json.loads(file.read_text("utf-8")) if file.is_file() else None
