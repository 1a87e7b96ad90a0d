"""`python -m benchmarks`: measure, and write RESULTS.md with its charts."""

from __future__ import annotations

import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from subprocess import CalledProcessError

import click

from benchmarks import again, build, commands, growth, million_rows, serving
from benchmarks.charts import draw_charts
from benchmarks.kept import Measured, keep, kept, kept_points
from benchmarks.options import SIZES, Options
from benchmarks.processes import FailedError
from benchmarks.results import results, told
from benchmarks.row import Row

HERE = Path(__file__).parent

# In the order of RESULTS.md; one more goes here.
SECTIONS: Mapping[str, Callable[[Options], Iterator[Row]]] = {
    "build": build.rows,
    "again": again.rows,
    "commands": commands.rows,
    "growth": growth.rows,
    "serving": serving.rows,
    "a million rows": million_rows.rows,
}


@click.command()
@click.argument("sections", nargs=-1, type=click.Choice(list(SECTIONS)))
@click.option("--runs", default=5, show_default=True, help="Of each measurement.")
@click.option(
    "--sizes",
    default=",".join(map(str, SIZES)),
    show_default=True,
    help="Pages, at most, at which growth is measured.",
)
def main(sections: Sequence[str], runs: int, sizes: str) -> None:
    """Measure SECTIONS (default: all), and write RESULTS.md of all that was ever measured here.

    A section that fails keeps the rows that it had, the others go on, and the exit status is 1.
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
    """Measure a section, and keep its rows as they come; whether all went well."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as folder:
        options = Options(Path(folder), runs, tuple(map(int, sizes.split(","))))
        try:
            for row in SECTIONS[section](options):
                click.echo(told(row))
                rows.append(row)
                keep(Measured(section, started, runs, tuple(rows)))
        except (AssertionError, FailedError, CalledProcessError, OSError):
            click.echo(f"{section} failed:\n{traceback.format_exc()}", err=True)
            return False
    return True


def write_results() -> None:
    """Write RESULTS.md, and the charts beside it."""
    measured = kept(list(SECTIONS))
    rows = [row for section in measured for row in section.rows]
    charts = draw_charts(rows, kept_points(), HERE)
    (HERE / "RESULTS.md").write_text(results(measured, charts), "utf-8")


if __name__ == "__main__":
    main()
