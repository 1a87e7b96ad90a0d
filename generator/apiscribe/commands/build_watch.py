"""`apiscribe build --watch`."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import click

from apiscribe.commands.build import (
    add_stubs,
    missing_stubs_of,
    report_lost_services_of,
    stage,
)
from apiscribe.commands.printing import (
    ALL_LEVELS,
    ERRORS,
    print_diagnostics,
    print_profile,
    print_warnings,
)
from apiscribe.commands.watching import Round, Watch
from apiscribe.commands.write_outputs import StagedOutputs
from apiscribe.commands.writing import output_failures
from apiscribe.diagnostics.renderers import group_by_cause
from apiscribe.sources.compilation import Compilation
from apiscribe.workspace.interrupts import interrupts_held


class BuildWatch:
    """Builds specs, and builds them again after each change, with a line for each build."""

    def __init__(
        self,
        specs: Sequence[Path],
        out: Path,
        *,
        vendor: bool,
        only: tuple[str, ...],
        partial: bool,
        accept_losses: bool,
        verbose: bool,
        quiet: bool,
    ) -> None:
        """Watch specs. The options are those of `build`."""
        self._out, self._vendor, self._only = out, vendor, only
        self._reports_losses = not partial and not accept_losses
        self._verbose, self._quiet = verbose, quiet
        self._watch = Watch(specs, without=[out], partial=partial, accept_losses=accept_losses)
        # Name of an API → the compilation with the outputs in its folder.
        self._written: dict[str, Compilation] = {}
        self._known: frozenset[str] = frozenset()  # fingerprints of the last build's warnings

    def run(self) -> int:
        """Build until Ctrl-C. Return the exit status."""
        return self._watch.run_until_interrupted(self._build)

    def _build(self, found: Round) -> None:
        compilations = found.compilations
        new = [c for c in compilations if self._written.get(c.spec.name) is not c]
        with output_failures(), ExitStack() as stack:
            staged = self._stage(compilations, new, stack)
            self._print_diagnostics(compilations, new)
            if errors := _count_errors(compilations):
                text = f"{errors} error{'s'[: errors != 1]}; the outputs stay as they are"
            else:
                text = self._write(staged)
        seconds = time.perf_counter() - found.started
        click.echo(f"{found.what}: {text} ({seconds:.2f} s)")

    def _stage(
        self, compilations: Sequence[Compilation], new: Sequence[Compilation], stack: ExitStack
    ) -> list[StagedOutputs]:
        """Return the staged outputs of the new compilations; none if any compilation failed."""
        if any(compilation.failed for compilation in compilations):
            return []
        staged = stage(new, self._out, False, self._vendor, self._only, stack)
        if self._reports_losses:
            report_lost_services_of(staged)
        return staged

    def _print_diagnostics(
        self, compilations: Sequence[Compilation], new: Sequence[Compilation]
    ) -> None:
        """Print all errors, and the warnings that the last build did not have."""
        if self._verbose:
            print_diagnostics(new, "text", ALL_LEVELS, err=True, counts=False)
            return
        if not self._quiet:
            self._known = print_warnings(compilations, known=self._known)
        print_diagnostics(compilations, "text", ERRORS, err=True, counts=False)

    def _write(self, staged: Sequence[StagedOutputs]) -> str:
        """Write outputs. Return in words what was written."""
        stubs = list(missing_stubs_of(staged))
        with interrupts_held():
            for outputs in staged:
                if outputs.lock:
                    outputs.write_lock()
                    self._watch.lock_written(outputs.compilation, outputs.lock.text)
            for outputs in staged:
                outputs.write()
                self._written[outputs.compilation.spec.name] = outputs.compilation
            for folder, added in stubs:
                add_stubs(folder, added, check=False, err=False)
        if self._verbose:
            for outputs in staged:
                _print_details(outputs)
        return _words(staged)


def _count_errors(compilations: Sequence[Compilation]) -> int:
    errors = (group_by_cause(compilation.report.at("error"), {}) for compilation in compilations)
    return sum(map(len, errors))


def _print_details(outputs: StagedOutputs) -> None:
    """Print each changed file, and the duration of each step."""
    for path in outputs.changes.written:
        click.echo(f"wrote {outputs.folder / path}")
    for path in outputs.changes.deleted:
        click.echo(f"deleted {outputs.folder / path}")
    print_profile(outputs.compilation.spec.name, outputs.compilation.profile)


def _words(staged: Sequence[StagedOutputs]) -> str:
    """Return such as `4 files written, 1 deleted, 2 numbers assigned`."""
    written = sum(len(outputs.changes.written) for outputs in staged)
    deleted = sum(len(outputs.changes.deleted) for outputs in staged)
    assigned = sum(outputs.lock.assigned for outputs in staged if outputs.lock)
    reserved = sum(outputs.lock.reserved for outputs in staged if outputs.lock)
    parts = [f"{written} file{'s'[: written != 1]} written"]
    parts += [f"{deleted} deleted"] if deleted else []
    parts += [f"{assigned} number{'s'[: assigned != 1]} assigned"] if assigned else []
    parts += [f"{reserved} reserved"] if reserved else []
    left_out = {e.span.path for outputs in staged for e in outputs.compilation.left_out}
    parts += [f"{len(left_out)} page{'s'[: len(left_out) != 1]} left out"] if left_out else []
    return ", ".join(parts)
