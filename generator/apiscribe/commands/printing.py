"""Print diagnostics, changes of files, progress and suggestions."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from apiscribe.commands.colours import coloured
from apiscribe.commands.specs import EXIT_PROBLEMS
from apiscribe.diagnostics.renderers import (
    Summary,
    compact_report,
    format_named,
    group_by_cause,
    summary,
)

if TYPE_CHECKING:
    from apiscribe.diagnostics.renderers import DiagnosticGroup
    from apiscribe.diagnostics.report import Diagnostic
    from apiscribe.sources.compilation import Compilation
    from apiscribe.workspace.output_dir import Changes
    from apiscribe.workspace.profile import Profile

ALL_LEVELS = frozenset({"error", "warning", "note"})
WITHOUT_NOTES, ERRORS = ALL_LEVELS - {"note"}, frozenset({"error"})
_MIN_ITEMS = 50  # for a progress bar
_MOST_WARNINGS = 20  # printed by commands that do more than check pages


def print_changes(folder: Path, changes: Changes, check: bool, verbose: bool, err: bool) -> None:
    """Print how many files were written and deleted; with `check` or `verbose` also their paths."""
    written, deleted = changes.written, changes.deleted
    if check or verbose:
        for path in written:
            click.echo(f"{'would write' if check else 'wrote'} {folder / path}", err=err)
        for path in deleted:
            click.echo(f"{'would delete' if check else 'deleted'} {folder / path}", err=err)
    state = "differ" if check else "written"
    deletions = f", {len(deleted)} deleted" if deleted else ""
    counts = f"{len(written)} {state}{deletions}, {changes.total - len(written)} up to date"
    hint = "; to write them, run: apiscribe build" if check and (written or deleted) else ""
    click.echo(f"{folder}: {counts}{hint}", err=err)


def progress_bar(label: str, items: Iterable[Any], total: int) -> Iterable[Any]:
    """Yield the items, with a progress bar if stderr is a terminal and there are many."""
    if total < _MIN_ITEMS or not sys.stderr.isatty():
        yield from items
        return
    with click.progressbar(items, length=total, label=label, file=sys.stderr) as bar:
        yield from bar


def print_profile(name: str, profile: Profile) -> None:
    """Print the counts and the duration of each step."""
    for step in profile.steps:
        counts = "".join(
            f" {count} {noun if count != 1 else noun.removesuffix('s')},"
            for noun, count in step.counts.items()
        )
        click.echo(f"{name}: {step.name}:{counts} {step.seconds:.2f} s", err=True)


def print_diagnostics(
    compilations: Sequence[Compilation],
    form: str,
    levels: frozenset[str],
    err: bool,
    also: frozenset[str] = frozenset(),
    counts: bool = True,
) -> Summary:
    """Print the diagnostics of some levels, and those with a code in `also`.

    Return the summary of all diagnostics; with `counts=False` that of the printed ones, which is
    faster.
    """

    def is_printed(diagnostic: Diagnostic | DiagnosticGroup) -> bool:
        return diagnostic.level in levels or diagnostic.code in also

    groups: list[DiagnosticGroup] = []
    silenced = 0
    for compilation in compilations:
        sources, folder = compilation.spec.sources, _prefix(compilation.spec.shown_folder)
        diagnostics = (*compilation.left_out, *compilation.report)
        selected = diagnostics if counts else filter(is_printed, diagnostics)
        groups += group_by_cause(selected, sources, folder)
        silenced += len(group_by_cause(compilation.report.silenced, sources))
    counted = summary(groups, silenced)
    printed = list(filter(is_printed, groups))
    text = format_named(form).render(printed, counted)
    click.echo(coloured(text) if form == "text" else text, nl=False, err=err)
    return counted


def print_warnings(
    compilations: Sequence[Compilation],
    besides: frozenset[str] = frozenset(),
    known: frozenset[str] = frozenset(),
) -> frozenset[str]:
    """Print a line on stderr for each warning with another code than those `besides`, and another
    fingerprint than those `known`. Return the fingerprints of all warnings.
    """
    groups: list[DiagnosticGroup] = []
    for compilation in compilations:
        found = (each for each in compilation.report.at("warning") if each.code not in besides)
        sources, folder = compilation.spec.sources, _prefix(compilation.spec.shown_folder)
        groups += group_by_cause(found, sources, folder)
    new = [group for group in groups if group.fingerprint not in known]
    click.echo(coloured(compact_report(new[:_MOST_WARNINGS])), nl=False, err=True)
    if (more := len(new) - _MOST_WARNINGS) > 0:
        paths = " ".join(str(compilation.spec.shown_path) for compilation in compilations)
        click.echo(f"{more} more warnings; show all with: apiscribe lint {paths}", err=True)
    return frozenset(group.fingerprint for group in groups)


def _prefix(folder: Path) -> str:
    return "" if folder == Path() else str(folder)


def print_suggestions(compilations: Sequence[Compilation]) -> int:
    """Print the suggested overlay entries of the specs. Return the exit status: 1 if any exist."""
    from apiscribe.commands.read_back import check_overlay
    from apiscribe.emit.suggestions import suggested_overlay

    texts = [
        (compilation, suggested_overlay(compilation.api, compilation.report))
        for compilation in compilations
    ]
    for compilation, text in texts:
        if text:
            check_overlay(text)
            click.echo(f"# for {compilation.spec.shown_folder / 'overlay.toml'}\n\n{text}")
    return EXIT_PROBLEMS if any(text for _, text in texts) else 0
