"""What a run of the benchmarks is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

SIZES = (280, 550, 1_000, 2_500, 5_000, 10_000)


@dataclass(frozen=True)
class Options:
    """`runs` of each measurement; growth is measured at `sizes`: pages, at most.

    What a section makes goes into `folder`, which is removed after the run.
    """

    folder: Path
    runs: int = 5
    sizes: tuple[int, ...] = SIZES
