"""The charts of RESULTS.md, readable on a light and a dark background.

The same figures produce the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib import pyplot
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, LogLocator, NullLocator, StrMethodFormatter

from benchmarks.build import COLD
from benchmarks.growth import fit
from benchmarks.measurements import Point
from benchmarks.row import Row

_GREY, _OURS, _THEIRS = "#7d8590", "#2f81f7", "#9aa4af"
_STYLE: dict[Any, Any] = {
    "svg.hashsalt": "apiscribe",
    "font.size": 9,
    **dict.fromkeys(
        ("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color"), _GREY
    ),
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def draw_charts(
    rows: Sequence[Row], points: Sequence[Point], folder: Path
) -> list[tuple[str, str]]:
    """Draw the charts for which figures exist. Return the title and file name of each."""
    drawn = []
    builds = [row for row in rows if row.what.startswith(COLD) and row.reference]
    with matplotlib.rc_context(_STYLE):
        if builds:
            _save(_builds(builds), folder / "build.svg")
            drawn.append(("A cold build beside other tools", "build.svg"))
        if len(points) > 1:
            _save(_growth(points), folder / "growth.svg")
            drawn.append(("Growth with the pages", "growth.svg"))
    return drawn


def _builds(rows: Sequence[Row]) -> Figure:
    """Draw a panel for each version: the time of apiscribe and of each other tool."""
    versions = list(dict.fromkeys(row.what for row in rows))
    figure, panels = pyplot.subplots(
        len(versions), 1, figsize=(8, 2 * len(versions)), squeeze=False
    )
    for panel, what in zip(panels[:, 0], versions, strict=True):
        others = [row for row in rows if row.what == what]
        names = ["apiscribe: everything", *(row.against for row in others)]
        values = [others[0].value, *(row.reference or 0.0 for row in others)]
        bars = panel.barh(names, values, color=[_OURS, *(_THEIRS for _ in others)])
        panel.bar_label(bars, fmt="%.1f s", padding=3, color=_GREY)
        panel.invert_yaxis()
        panel.set_title(what, loc="left")
    return figure


def _growth(points: Sequence[Point]) -> Figure:
    """Draw time and memory against pages on logarithmic axes, with the fitted line of the times."""
    figure, (time, memory) = pyplot.subplots(1, 2, figsize=(8, 3.2))
    pages = [point.pages for point in points]
    exponent, factor = fit(points)
    line = [factor * count**exponent for count in pages]
    _panel(time, pages, [point.seconds for point in points], "cold build, s")
    time.plot(pages, line, color=_GREY, linestyle="--", label=f"pages^{exponent:.2f}")
    time.legend(frameon=False)
    _panel(memory, pages, [point.megabytes for point in points], "peak memory, MB")
    return figure


def _panel(panel: Axes, pages: Sequence[int], values: Sequence[float], what: str) -> None:
    panel.loglog(pages, values, "o", color=_OURS)
    panel.xaxis.set_major_locator(FixedLocator(pages))
    panel.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    for axis in (panel.xaxis, panel.yaxis):
        axis.set_major_formatter(StrMethodFormatter("{x:,g}"))
        axis.set_minor_locator(NullLocator())
    panel.set_xlabel("pages")
    panel.set_title(what, loc="left")


def _save(figure: Figure, file: Path) -> None:
    figure.tight_layout()
    figure.savefig(file, transparent=True, metadata={"Date": None})
    pyplot.close(figure)
