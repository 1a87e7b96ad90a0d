"""What was measured, kept between runs: each section's rows by themselves, so that one that fails
takes nothing of the others with it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.row import Row

KEPT = Path(__file__).parent / ".kept"


@dataclass(frozen=True)
class Measured:
    """The rows of one section. `started`: when their run began, in UTC; `runs`: how often each was
    measured.
    """

    name: str
    started: str
    runs: int
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Point:
    """A cold build of so many pages: its median time, and the memory that it had at its peak."""

    pages: int
    seconds: float
    megabytes: float


def keep(measured: Measured, folder: Path = KEPT) -> None:
    """Keep a section in the place of what it was in the last run."""
    _write(folder / f"{measured.name}.json", asdict(measured))


def kept(names: Sequence[str], folder: Path = KEPT) -> list[Measured]:
    """Those of the sections that were ever measured."""
    found = [_read(folder / f"{name}.json") for name in names]
    return [
        Measured(**{**values, "rows": tuple(Row(**row) for row in values["rows"])})
        for values in found
        if values
    ]


def keep_points(points: Sequence[Point], folder: Path = KEPT) -> None:
    """Keep the points of the growth chart in the place of those of the last run."""
    _write(folder / "growth-points.json", [asdict(point) for point in points])


def kept_points(folder: Path = KEPT) -> list[Point]:
    """The points of the last run that measured growth."""
    return [Point(**values) for values in _read(folder / "growth-points.json") or []]


def _write(file: Path, values: Any) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(values, indent=1), "utf-8")


def _read(file: Path) -> Any:
    """What a file holds; None where there is none."""
    return json.loads(file.read_text("utf-8")) if file.is_file() else None
