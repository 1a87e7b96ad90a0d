"""`apiscribe lint`."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import click

from apiscribe.cli.printing import ALL, WITHOUT_NOTES, print_suggestions, show, tell_steps
from apiscribe.cli.specs import FOUND, format_option, read_all, specs_argument, verbose_option


@click.command()
@specs_argument
@click.option("--stats", is_flag=True, help="Print what was read of each page, too.")
@click.option("--suggest", is_flag=True, help="Print overlay entries for what is open, instead.")
@format_option
@verbose_option
def lint(specs: Sequence[Path], stats: bool, suggest: bool, form: str, verbose: bool) -> None:
    """Tell what is wrong with the pages of each SPEC, or worth a look. Writes nothing."""
    from apiscribe.stats import account_table, stats_table

    if stats and form != "text":
        raise click.UsageError("--stats is a table for people; it has no other format")

    readings = read_all(specs)
    if suggest:
        sys.exit(print_suggestions(readings))
    if stats:
        click.echo(stats_table(reading.api for reading in readings))
        click.echo()
        click.echo(account_table(sum((r.report.account for r in readings), Counter())))
        click.echo()
    if verbose:
        for reading in readings:
            tell_steps(reading.spec.name, reading.steps)
    counted = show(readings, form, ALL if verbose else WITHOUT_NOTES, err=False)
    if form == "text":
        hint = "" if verbose or not counted.notes else " (-v shows them)"
        silenced = f", {counted.silenced} silenced" if counted.silenced else ""
        found = f"{counted.findings} finding{'s'[: counted.findings != 1]}"
        notes = f"{counted.notes} note{'s'[: counted.notes != 1]}"
        click.echo(f"{found}, {notes}{silenced}{hint}")
    sys.exit(FOUND if counted.findings else 0)
