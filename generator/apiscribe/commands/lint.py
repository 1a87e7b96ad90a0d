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
from apiscribe.commands.specs import EXIT_PROBLEMS, compile_all, specs_argument
from apiscribe.diagnostics.renderers import FORMATS
from apiscribe.diagnostics.summary import Summary

_HTML = "html"


@click.command()
@specs_argument
@click.option("--stats", is_flag=True, help="Also print what was read from each page.")
@click.option(
    "--suggest", is_flag=True, help="Print suggested overlay entries instead of problems."
)
@click.option(
    "--format",
    "form",
    type=click.Choice([*(form.name for form in FORMATS), _HTML]),
    default=FORMATS[0].name,
    show_default=True,
    help="Format of the diagnostics; html shows each page as it was read, with all facts.",
)
@click.option(
    "-v",
    "--verbose",
    is_flag=True,
    help="Also show notes and the duration of each step.",
)
def lint(specs: Sequence[Path], stats: bool, suggest: bool, form: str, verbose: bool) -> None:
    """Check the pages of each SPEC (default: every folder in specs/) and report problems."""
    from apiscribe.commands.statistics import coverage_table, stats_table

    if stats and form != "text":
        raise click.UsageError("--stats needs --format text")

    compilations = compile_all(specs)
    if suggest:
        sys.exit(print_suggestions(compilations))
    if form == _HTML:
        from apiscribe.commands.reading_report import reading_report

        page, counted = reading_report(compilations)
        click.echo(page, nl=False)
        sys.exit(EXIT_PROBLEMS if counted.reported else 0)
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
        click.echo(_count(counted, hint=not verbose))
    sys.exit(EXIT_PROBLEMS if counted.reported else 0)


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
