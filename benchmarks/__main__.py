"""The command `python -m benchmarks`: measure, and write RESULTS.md with its charts."""

from __future__ import annotations

import os
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from subprocess import CalledProcessError

import click

from benchmarks import (
    again,
    build,
    commands,
    corpora,
    growth,
    million_rows,
    serving,
    starts,
    watches,
)
from benchmarks.charts import draw_charts
from benchmarks.measurements import Section, load_points, load_sections, save_section
from benchmarks.options import SIZES, Options
from benchmarks.processes import FailedError
from benchmarks.results import format_results, format_row
from benchmarks.row import Row

HERE = Path(__file__).parent
_MEMORY = "/dev/shm"

# In the order of RESULTS.md. Add a section here.
SECTIONS: Mapping[str, Callable[[Options], Iterator[Row]]] = {
    "build": build.rows,
    "again": again.rows,
    "watch": watches.rows,
    "commands": commands.rows,
    "growth": growth.rows,
    "other projects": corpora.rows,
    "starts": starts.rows,
    "serving": serving.rows,
    "a million rows": million_rows.rows,
}


@click.command()
@click.argument("sections", nargs=-1, type=click.Choice(list(SECTIONS)))
@click.option("--runs", default=5, show_default=True, help="Runs of each measurement.")
@click.option(
    "--sizes",
    default=",".join(map(str, SIZES)),
    show_default=True,
    help="Numbers of pages at which growth is measured, at most.",
)
def main(sections: Sequence[str], runs: int, sizes: str) -> None:
    """Measure SECTIONS (default: all), and write RESULTS.md from all stored measurements.

    If a section fails, its stored rows stay, the others are measured, and the exit status is 1.
    """
    started = f"{datetime.now(UTC):%Y-%m-%d %H:%M}"
    failed = False
    try:
        for name in sections or SECTIONS:
            failed |= not measure(name, started, runs, sizes)
    finally:
        write_results()
    sys.exit(failed)


def measure(section: str, started: str, runs: int, sizes: str) -> bool:
    """Measure a section, and store each row at once. Return whether it succeeded."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="benchmarks-", dir=memory()) as folder:
        options = Options(Path(folder), runs, tuple(map(int, sizes.split(","))))
        try:
            for row in SECTIONS[section](options):
                click.echo(format_row(row))
                rows.append(row)
                save_section(Section(section, started, runs, tuple(rows)))
        except (AssertionError, FailedError, CalledProcessError, OSError):
            click.echo(f"{section} failed:\n{traceback.format_exc()}", err=True)
            return False
    return True


def memory() -> str | None:
    """Return a folder in memory, so that no disk is measured; None if there is none."""
    return _MEMORY if os.access(_MEMORY, os.W_OK) else None


def write_results() -> None:
    """Write RESULTS.md and its charts."""
    sections = load_sections(list(SECTIONS))
    rows = [row for section in sections for row in section.rows]
    charts = draw_charts(rows, load_points(), HERE)
    (HERE / "RESULTS.md").write_text(format_results(sections, charts), "utf-8")


if __name__ == "__main__":
    main()
