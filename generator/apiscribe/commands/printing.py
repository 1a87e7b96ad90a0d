"""Print diagnostics, and the files that were written."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from apiscribe.commands.specs import FOUND
from apiscribe.diagnostics.renderers import Summary, format_named, group_by_cause, summary

if TYPE_CHECKING:
    from apiscribe.diagnostics.renderers import DiagnosticGroup
    from apiscribe.diagnostics.report import Diagnostic
    from apiscribe.sources.compilation import Compilation
    from apiscribe.workspace.output_dir import Changes
    from apiscribe.workspace.profile import Profile

ALL = frozenset({"error", "warning", "note"})
_WORTH_A_BAR = 50
WITHOUT_NOTES, ERRORS = ALL - {"note"}, frozenset({"error"})


def tell(folder: Path, changes: Changes, check: bool, verbose: bool, err: bool) -> None:
    """Say what was, or would be, written; name each file where that was asked."""
    written, deleted = changes.written, changes.deleted
    if check or verbose:
        for path in written:
            click.echo(f"{'would write' if check else 'wrote'} {folder / path}", err=err)
        for path in deleted:
            click.echo(f"{'would delete' if check else 'deleted'} {folder / path}", err=err)
    state = "differ" if check else "written"
    gone = f", {len(deleted)} deleted" if deleted else ""
    click.echo(
        f"{folder}: {len(written)} {state}{gone}, {changes.total - len(written)} up to date",
        err=err,
    )


def progress_bar(what: str, things: Iterable[Any], total: int) -> Iterable[Any]:
    """The things, with a bar on a terminal that shows how many are done; nothing in a pipe."""
    if total < _WORTH_A_BAR or not sys.stderr.isatty():
        yield from things
        return
    with click.progressbar(things, length=total, label=what, file=sys.stderr) as bar:
        yield from bar


def print_profile(name: str, profile: Profile) -> None:
    """Say what the run over a spec did, and how long each step took."""
    for step in profile.steps:
        did = "".join(f" {number} {what}," for what, number in step.counts.items())
        click.echo(f"{name}: {step.name}:{did} {step.seconds:.2f} s", err=True)


def show(
    compilations: Sequence[Compilation],
    form: str,
    levels: frozenset[str],
    err: bool,
    also: frozenset[str] = frozenset(),
    counts: bool = True,
) -> Summary:
    """Print the diagnostics with some levels or codes, and return the counts.

    The counts include all diagnostics, or if not `counts`, only the printed ones.
    """

    def wanted(each: Diagnostic | DiagnosticGroup) -> bool:
        return each.level in levels or each.code in also

    found: list[DiagnosticGroup] = []
    silenced = 0
    for compilation in compilations:
        sources, folder = compilation.spec.sources, _shown(compilation.spec.folder)
        every = (*compilation.left_out, *compilation.report)
        found += group_by_cause(every if counts else filter(wanted, every), sources, folder)
        silenced += len(group_by_cause(compilation.report.silenced, sources))
    counted = summary(found, silenced)
    shown = list(filter(wanted, found))
    click.echo(format_named(form).render(shown, counted), nl=False, err=err)
    return counted


def _shown(folder: Path) -> str:
    return "" if folder == Path() else str(folder)


def print_suggestions(compilations: Sequence[Compilation]) -> int:
    """Print the overlay entries for what is open in the specs; 1 if there is any."""
    from apiscribe.emit.suggestions import suggested_overlay

    texts = [
        (compilation, suggested_overlay(compilation.api, compilation.report))
        for compilation in compilations
    ]
    for compilation, text in texts:
        if text:
            click.echo(f"# for {compilation.spec.folder / 'overlay.toml'}\n\n{text}")
    return FOUND if any(text for _, text in texts) else 0
