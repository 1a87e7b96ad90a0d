"""The growth of time and memory with the number of pages, up to the ten thousand of the budget.

Also one page of extreme length.
"""

from __future__ import annotations

import math
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import linear_regression, median

from benchmarks.build import cold_build, cold_environment
from benchmarks.copies import write_copies
from benchmarks.measurements import Point, save_points
from benchmarks.options import Options
from benchmarks.processes import cost, seconds
from benchmarks.row import Row
from benchmarks.versions import versions

SECTION = "growth"
_SINGLE_RUN = 2_000  # pages above which a build is measured once
_MEGABYTES = 700.0
_MESSAGES, _FIELDS = 70, 100  # 7,000 rows on one page


def rows(options: Options) -> Iterator[Row]:
    """Yield the exponent of time, the memory at the largest size, and the long page."""
    yield _long_page(options.folder / "long", options.runs)
    points = []
    for size in options.sizes:
        points.append(_point(size, options.folder / "growth" / str(size), options.runs))
        save_points(points)
    least, most = points[0], points[-1]
    if len(points) > 1:
        yield Row(
            section=SECTION,
            what=f"exponent of cold build time, {least.pages:,} to {most.pages:,} pages",
            value=fit(points)[0],
            unit="",
            limit=1.1,
            note=", ".join(f"{point.pages:,}: {point.seconds:.1f} s" for point in points),
        )
    yield Row(
        section=SECTION,
        what=f"peak memory of a cold build of {most.pages:,} pages, children included",
        value=most.megabytes,
        unit="MB",
        limit=_MEGABYTES,
        note=", ".join(f"{point.pages:,}: {point.megabytes:,.0f} MB" for point in points),
    )


def fit(points: Sequence[Point]) -> tuple[float, float]:
    """Return exponent and factor of `seconds = factor × pages^exponent`, by least squares."""
    pages = [math.log(point.pages) for point in points]
    line = linear_regression(pages, [math.log(point.seconds) for point in points])
    return line.slope, math.exp(line.intercept)


def _point(size: int, folder: Path, runs: int) -> Point:
    spec = folder / "pages"
    pages = write_copies(versions(), size, spec)
    costs = []
    for _ in range(1 if size > _SINGLE_RUN else runs):
        costs.append(cost(cold_build(spec, folder), cold_environment(folder)))
    # Not between the runs: while a disk frees what is deleted, writes take ten times as long.
    shutil.rmtree(folder)
    times, memory = [one.seconds for one in costs], [one.megabytes for one in costs]
    return Point(pages, median(times), median(memory))


def _long_page(folder: Path, runs: int) -> Row:
    spec = folder / "pages"
    spec.mkdir(parents=True)
    (spec / "depot.md").write_text(long_page(), "utf-8")
    times = [seconds(cold_build(spec, folder), cold_environment(folder)) for _ in range(runs)]
    return Row(
        section=SECTION,
        what=f"cold build of one page with {_MESSAGES * _FIELDS:,} table rows",
        value=median(times),
        unit="s",
        limit=1.0,
    )


def long_page() -> str:
    """Return a page of one service with 7,000 table rows."""
    methods = "".join(
        f"| [**send_{n}**](depot.md#send_{n}) | [Parcel{n}](depot.md#parcel{n}) |"
        f" [Parcel{n}](depot.md#parcel{n}) |\n"
        for n in range(_MESSAGES)
    )
    sections = "".join(
        f"### send_{n}\n> **POST** /depot/v1/parcel/send-{n}\n>\n\n> Sends parcel {n}.\n\n"
        f"| Type | Message |\n| :--- | :--- |\n| Request | [Parcel{n}](depot.md#parcel{n}) |\n"
        f"| Response | [Parcel{n}](depot.md#parcel{n}) |\n\n"
        for n in range(_MESSAGES)
    )
    fields = "".join(
        f"| label_{n} | string | ✔ | What is written on side {n}. |\n" for n in range(_FIELDS)
    )
    messages = "".join(
        f"### Parcel{n}\n| Field | Type | Required | Description |\n"
        f"| :--- | :--- | :---: | :--- |\n{fields}\n"
        for n in range(_MESSAGES)
    )
    return (
        "---\ndescription: A depot keeps parcels.\n---\n# Depot\n\n"
        "> **Package : depot.api.v1**\n\n## Depot\n\n"
        '{% hint style="info" %}\n**Depot Methods:**\n{% endhint %}\n\n'
        f"| Method | Request | Response |\n| :--- | :--- | :--- |\n{methods}\n{sections}"
        f"## Message\n\n{messages}"
    )
