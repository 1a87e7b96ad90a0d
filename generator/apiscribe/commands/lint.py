"""`apiscribe lint`."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import click

from apiscribe.commands.printing import (
    ALL_LEVELS,
    WITHOUT_NOTES,
    print_diagnostics,
    print_profile,
    print_suggestions,
)
from apiscribe.commands.specs import (
    EXIT_PROBLEMS,
    compile_all,
    format_option,
    specs_argument,
    verbose_option,
)


@click.command()
@specs_argument
@click.option("--stats", is_flag=True, help="Also print what was read from each page.")
@click.option("--suggest", is_flag=True, help="Print suggested overlay entries instead.")
@format_option
@verbose_option
def lint(specs: Sequence[Path], stats: bool, suggest: bool, form: str, verbose: bool) -> None:
    """Check the pages of each SPEC (default: every folder in specs/) and report problems."""
    from apiscribe.commands.statistics import coverage_table, stats_table

    if stats and form != "text":
        raise click.UsageError("--stats needs --format text")

    compilations = compile_all(specs)
    if suggest:
        sys.exit(print_suggestions(compilations))
    if stats:
        click.echo(stats_table(compilation.api for compilation in compilations))
        click.echo()
        click.echo(coverage_table(sum((r.report.coverage for r in compilations), Counter())))
        click.echo()
    if verbose:
        for compilation in compilations:
            print_profile(compilation.spec.name, compilation.profile)
    counted = print_diagnostics(
        compilations, form, ALL_LEVELS if verbose else WITHOUT_NOTES, err=False
    )
    if form == "text":
        hint = "" if verbose or not counted.notes else " (-v shows them)"
        silenced = f", {counted.silenced} silenced" if counted.silenced else ""
        found = f"{counted.reported} finding{'s'[: counted.reported != 1]}"
        notes = f"{counted.notes} note{'s'[: counted.notes != 1]}"
        click.echo(f"{found}, {notes}{silenced}{hint}")
    sys.exit(EXIT_PROBLEMS if counted.reported else 0)
