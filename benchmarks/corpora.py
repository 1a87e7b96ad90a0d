"""Cold builds of other projects' pages, against one block parse of the same pages."""

from __future__ import annotations

import math
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import linear_regression

from benchmarks.build import cold_build, cold_environment
from benchmarks.options import Options
from benchmarks.processes import environment, medians, seconds
from benchmarks.row import Row
from benchmarks.versions import CORPUS, ROOT, pages_of

SECTION = "other projects"
_OTHER = CORPUS.parent / "other"
# Some of the pages have errors that only their owners can correct.
_STATUSES = (0, 1)


def rows(options: Options) -> Iterator[Row]:
    """Yield a row for each project with Markdown pages, and the exponent of time in bytes."""
    points = []
    for pages in sorted(_OTHER.glob("*/pages")):
        if not pages_of(pages):
            continue
        row, size = _project(pages, options.folder / "other" / pages.parent.name, options.runs)
        points.append((size, row.value))
        yield row
    if len(points) > 1:
        line = linear_regression(
            [math.log(size) for size, _ in points], [math.log(time) for _, time in points]
        )
        yield Row(
            section=SECTION,
            what="exponent of cold build time in bytes of pages, over these projects",
            value=line.slope,
            unit="",
            limit=1.05,
        )


def _project(pages: Path, folder: Path, runs: int) -> tuple[Row, int]:
    """Return the row of a project, and the bytes of its pages."""
    spec = folder / "spec"
    for file in pages_of(pages):
        (copy := spec / "pages" / file.relative_to(pages)).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copy)

    def build() -> float:
        (spec / "lock.json").unlink(missing_ok=True)
        command = [*cold_build(spec, folder), "--partial"]
        return seconds(command, cold_environment(folder), statuses=_STATUSES)

    parse = [sys.executable, "-m", "benchmarks.block_parse", str(spec)]
    jobs = {"build": build, "parse": lambda: seconds(parse, environment(), cwd=ROOT)}
    times = medians(jobs, runs)
    size = sum(file.stat().st_size for file in pages_of(spec))
    row = Row(
        section=SECTION,
        what=f"cold build of {pages.parent.name} ({size / 1e3:,.0f} KB)",
        value=times["build"],
        unit="s",
        against="one block parse of the pages",
        reference=times["parse"],
        limit=3.0,
    )
    return row, size
