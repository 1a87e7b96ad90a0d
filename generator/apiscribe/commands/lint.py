"""`apiscribe lint`."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import click

from apiscribe.commands.printing import ALL, WITHOUT_NOTES, print_profile, print_suggestions, show
from apiscribe.commands.specs import (
    FOUND,
    compile_all,
    format_option,
    specs_argument,
    verbose_option,
)
from apiscribe.diagnostics.summary import Summary


@click.command()
@specs_argument
@click.option("--stats", is_flag=True, help="Also print how much of each page was read.")
@click.option(
    "--suggest", is_flag=True, help="Print overlay entries that resolve diagnostics instead."
)
@format_option
@verbose_option
def lint(specs: Sequence[Path], stats: bool, suggest: bool, form: str, verbose: bool) -> None:
    """Print the diagnostics of each SPEC. Writes nothing."""
    from apiscribe.commands.statistics import coverage_table, stats_table

    if stats and form != "text":
        raise click.UsageError("--stats prints a table; it works only with --format text")

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
    counted = show(compilations, form, ALL if verbose else WITHOUT_NOTES, err=False)
    if form == "text":
        click.echo(_count(counted, hint=not verbose))
    sys.exit(FOUND if counted.reported else 0)


def _count(counts: Summary, hint: bool) -> str:
    """Return such as `1 error, 2 warnings, 4 notes (show notes with -v)`."""
    parts = [
        f"{number} {word}{'s'[: number != 1]}"
        for number, word in ((counts.errors, "error"), (counts.warnings, "warning"))
        if number
    ]
    parts = parts or ["no errors or warnings"]
    if counts.notes:
        parts.append(f"{counts.notes} note{'s'[: counts.notes != 1]}")
    if counts.silenced:
        parts.append(f"{counts.silenced} silenced")
    return ", ".join(parts) + (" (show notes with -v)" if hint and counts.notes else "")
