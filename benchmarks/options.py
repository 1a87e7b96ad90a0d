"""The options of a run of the benchmarks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

SIZES = (280, 550, 1_000, 2_500, 5_000, 10_000)


@dataclass(frozen=True)
class Options:
    """The options of a section.

    `folder` is temporary, `runs` is the number of runs of each measurement, and `sizes` are the
    numbers of pages, at most, at which growth is measured.
    """

    folder: Path
    runs: int = 5
    sizes: tuple[int, ...] = SIZES
