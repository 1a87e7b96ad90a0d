"""`apiscribe lint`."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from apiscribe.commands.printing import (
    ALL_LEVELS,
    ERRORS,
    WITHOUT_NOTES,
    print_diagnostics,
    print_profile,
    print_suggestions,
)
from apiscribe.commands.spec_paths import specs_of_pages
from apiscribe.commands.specs import (
    EXIT_PROBLEMS,
    compile_all,
    inputs_of,
    quiet_option,
    specs_argument,
)
from apiscribe.diagnostics.renderers import FORMATS
from apiscribe.diagnostics.summary import Summary
from apiscribe.workspace.kept_runs import depends_on

if TYPE_CHECKING:
    from apiscribe.sources.compilation import Compilation

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
@quiet_option
@click.option(
    "--watch", is_flag=True, help="Check again after each change of a file, until Ctrl-C."
)
def lint(
    specs: Sequence[Path],
    stats: bool,
    suggest: bool,
    form: str,
    verbose: bool,
    quiet: bool,
    watch: bool,
) -> None:
    """Check the pages of each SPEC (default: the specs of the current folder).

    A SPEC is a folder of pages, a page, or git:REVISION:PATH. Of a page that is part of a spec, its
    own problems are reported.
    """
    if stats and form != "text":
        raise click.UsageError("--stats needs --format text")
    check = partial(_check, stats=stats, suggest=suggest, form=form, verbose=verbose, quiet=quiet)
    if not watch:
        compilations = _compile(specs)
        inputs = inputs_of(specs, [compilation.spec for compilation in compilations])
        if inputs and not verbose:
            depends_on(inputs)
        sys.exit(check(compilations))
    if form != "text":
        raise click.UsageError("--watch needs --format text")
    from apiscribe.commands.watching import Round, Watch

    def act(found: Round) -> None:
        check(found.compilations)
        click.echo(f"{found.what}: checked ({time.perf_counter() - found.started:.2f} s)", err=True)

    sys.exit(Watch(specs).run_until_interrupted(act))


def _check(
    compilations: Sequence[Compilation],
    *,
    stats: bool,
    suggest: bool,
    form: str,
    verbose: bool,
    quiet: bool,
) -> int:
    """Print the problems of compilations, or what an option selects. Return the exit status."""
    from apiscribe.commands.statistics import coverage_table, stats_table

    if suggest:
        return print_suggestions(compilations)
    if form == _HTML:
        from apiscribe.commands.reading_report import reading_report

        page, counted = reading_report(compilations)
        click.echo(page, nl=False)
        if counted.reported and not quiet:
            click.echo(_count(counted, hint=False), err=True)
        return EXIT_PROBLEMS if counted.reported else 0
    if stats:
        click.echo(stats_table(compilation.api for compilation in compilations))
        click.echo()
        click.echo(coverage_table(sum((r.report.coverage for r in compilations), Counter())))
        click.echo()
    if verbose:
        for compilation in compilations:
            print_profile(compilation.spec.name, compilation.profile)
    levels = ALL_LEVELS if verbose else ERRORS if quiet else WITHOUT_NOTES
    counted = print_diagnostics(compilations, form, levels, err=False)
    if form == "text" and not quiet:
        click.echo(_count(counted, hint=not verbose))
    return EXIT_PROBLEMS if counted.reported else 0


def _compile(paths: Sequence[Path]) -> list[Compilation]:
    """Compile specs; of a spec that is named by its pages, keep the diagnostics of these."""
    specs = specs_of_pages(paths)
    compilations = compile_all(list(specs))
    for compilation in compilations:
        if pages := specs.get(compilation.spec.folder):
            report = compilation.report
            report.drop([each for each in report if each.span.path not in pages])
    return compilations


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
