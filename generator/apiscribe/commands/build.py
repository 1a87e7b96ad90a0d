"""`apiscribe build`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from apiscribe.commands.printing import (
    ALL_LEVELS,
    ERRORS,
    WITHOUT_NOTES,
    print_changes,
    print_diagnostics,
    print_profile,
    print_warnings,
)
from apiscribe.commands.specs import (
    EXIT_PROBLEMS,
    Failure,
    compile_all,
    format_option,
    inputs_of,
    only_option,
    quiet_option,
    specs_argument,
)
from apiscribe.commands.writing import output_failures, writing
from apiscribe.diagnostics.renderers import group_by_cause
from apiscribe.workspace.kept_runs import depends_on

if TYPE_CHECKING:
    from apiscribe.commands.write_outputs import LockChange, StagedOutputs
    from apiscribe.sources.compilation import Compilation
    from apiscribe.sources.spec_folder import Spec


# Codes that are always printed: they explain changes of lock.json.
OF_NUMBERS = frozenset({"likely-rename", "merged-lock"})


@click.command()
@specs_argument
@click.option(
    "--out",
    default="generated",
    show_default=True,
    type=click.Path(path_type=Path),
    help="Output folder; each API gets a subfolder.",
)
@click.option("--check", is_flag=True, help="Write nothing; report what would change.")
@click.option(
    "--vendor",
    is_flag=True,
    help="Copy the runtime beside each package, as `vendor_runtime = true` in spec.toml.",
)
@only_option
@click.option("--partial", is_flag=True, help="Leave out pages with errors, and write the rest.")
@click.option(
    "--accept-losses",
    is_flag=True,
    help="Also remove declarations that the last build read and this one cannot, although they are"
    " still on the page.",
)
@format_option
@click.option(
    "-v",
    "--verbose",
    is_flag=True,
    help="Also show notes, each changed file, and the duration of each step.",
)
@quiet_option
@click.option(
    "--watch", is_flag=True, help="Build again after each change of a file, until Ctrl-C."
)
def build(
    specs: Sequence[Path],
    out: Path,
    check: bool,
    vendor: bool,
    only: tuple[str, ...],
    partial: bool,
    accept_losses: bool,
    form: str,
    verbose: bool,
    quiet: bool,
    watch: bool,
) -> None:
    """Write the outputs of each SPEC (default: the specs of the current folder).

    A SPEC is a folder of pages, a page, or git:REVISION:PATH. If any SPEC has an error, nothing is
    written. Diagnostics go to stderr and the list of changes to stdout; with another --format than
    text, the other way round.
    """
    if watch:
        from apiscribe.commands.build_watch import BuildWatch

        if check or form != "text":
            raise click.UsageError("--watch excludes --check, and --format other than text")
        sys.exit(
            BuildWatch(
                specs,
                out,
                vendor=vendor,
                only=only,
                partial=partial,
                accept_losses=accept_losses,
                verbose=verbose,
                quiet=quiet,
            ).run()
        )
    compilations = compile_all(specs, partial, accept_losses)
    with output_failures(), ExitStack() as stack:
        staged = stage(compilations, out, check, vendor, only, stack)
        if not partial and not accept_losses:
            report_lost_services_of(staged)
        _print_diagnostics(compilations, form, verbose, quiet)
        if failed := sum(
            len(group_by_cause(compilation.report.at("error"), {})) for compilation in compilations
        ):
            click.echo(f"{failed} error{'s'[: failed > 1]}; nothing was written", err=True)
            sys.exit(EXIT_PROBLEMS)
        stubs = list(missing_stubs_of(staged))
        with nullcontext() if check else writing():
            _write(staged, check, verbose, quiet, err=form != "text")
            for folder, added in stubs:
                add_stubs(folder, added, check, err=form != "text")
    stale = any(outputs.lock or outputs.changes for outputs in staged)
    stale = stale or any(added for _, added in stubs)
    left_out = _print_left_out(compilations)
    inputs = inputs_of(specs, [each.spec for each in compilations])
    if inputs and not stale and not left_out and not verbose:
        depends_on([*(outputs.folder for outputs in staged), *inputs])
    if left_out or (check and stale):
        sys.exit(EXIT_PROBLEMS)


def _print_diagnostics(
    compilations: Sequence[Compilation], form: str, verbose: bool, quiet: bool
) -> None:
    """Print the diagnostics that the options choose."""
    is_text = form == "text"
    levels = ALL_LEVELS if verbose else ERRORS if is_text or quiet else WITHOUT_NOTES
    if is_text and not verbose and not quiet:
        print_warnings(compilations, besides=OF_NUMBERS)
    # Changes of numbers are always reported: the next build does not find them any more.
    print_diagnostics(compilations, form, levels, err=is_text, also=OF_NUMBERS, counts=not is_text)


def _print_left_out(compilations: Sequence[Compilation]) -> int:
    """Print how many pages `--partial` has left out, and return the number."""
    left_out = (found for compilation in compilations for found in compilation.left_out)
    if pages := len({found.span.path for found in left_out}):
        click.echo(f"{pages} page{'s'[: pages > 1]} left out", err=True)
    return pages


def _write(
    staged: Sequence[StagedOutputs], check: bool, verbose: bool, quiet: bool, err: bool
) -> None:
    """Write locks and outputs, and print the changes."""
    # All locks before the first output: a number must not be assigned twice.
    for outputs in staged:
        outputs.write_lock()
        if outputs.lock and not quiet:
            is_kept = not outputs.compilation.spec.revision
            _print_lock(outputs.lock, check, is_kept, err)
    for outputs in staged:
        outputs.write()
        if not quiet:
            print_changes(outputs.folder, outputs.changes, check, verbose, err)
        if verbose:
            print_profile(outputs.compilation.spec.name, outputs.compilation.profile)


def report_lost_services_of(staged: Sequence[StagedOutputs]) -> None:
    """Report services, methods and routes of the last outputs that this build does not read, and
    numbers that a missing lock had.
    """
    from apiscribe.sources.api_json import last_built, may_have_lost
    from apiscribe.sources.losses import report_lost_services, report_missing_lock

    for outputs in staged:
        spec, api = outputs.compilation.spec, outputs.compilation.api
        is_new = "api.json" in outputs.changes.written
        has_lost = may_have_lost(outputs.folder, api) if spec.lock else True
        if not is_new or not has_lost or not (last := last_built(outputs.folder)):
            continue
        report = outputs.compilation.report
        report_lost_services(last, api, spec.pages, spec.sources, report)
        if not spec.lock:
            report_missing_lock(last, api, spec.lock_name, report)


def stage(
    compilations: Sequence[Compilation],
    out: Path,
    check: bool,
    vendor: bool,
    only: tuple[str, ...],
    stack: ExitStack,
) -> list[StagedOutputs]:
    """Return the staged outputs of each spec; none if a spec has an error, or gets one now."""
    from apiscribe.commands.write_outputs import stage_outputs
    from apiscribe.emit import OutputError

    if any(compilation.failed for compilation in compilations):
        return []
    try:
        return [
            stack.enter_context(
                stage_outputs(
                    compilation,
                    out / compilation.spec.name,
                    dry_run=check,
                    vendor_runtime=vendor,
                    only=only,
                )
            )
            for compilation in compilations
        ]
    except OutputError:  # in the report
        return []


def missing_stubs_of(
    staged: Sequence[StagedOutputs],
) -> Iterator[tuple[Path, Mapping[str, bytes]]]:
    """Yield the folders of the specs' handlers, and the missing stubs by path."""
    from apiscribe.emit.handlers.handler_stubs import missing_stubs

    for outputs in staged:
        spec, api = outputs.compilation.spec, outputs.compilation.api
        # Only the server calls handlers, and a revision does not change.
        if (handlers := spec.handlers) and "server" in outputs.chosen and not spec.revision:
            stubs = missing_stubs(api, handlers.files, handlers.methods)
            yield _handlers_folder(spec), {stub.path: stub.content for stub in stubs}


def _handlers_folder(spec: Spec) -> Path:
    """Return the folder of a spec's handlers. Raise Failure if it is outside the current folder."""
    folder = spec.folder / spec.settings.handlers
    if not folder.resolve().is_relative_to(Path.cwd()):
        raise Failure(
            f"the handlers of {spec.folder} are outside the current folder, in {folder};"
            " run apiscribe in a folder that contains both"
        )
    return Path(os.path.normpath(folder))


def add_stubs(folder: Path, added: Mapping[str, bytes], check: bool, err: bool) -> None:
    """Write missing stubs of handlers, and print the path of each."""
    from apiscribe.workspace.output_dir import add_files

    if not check:
        add_files(folder, added)
    for path in added:
        click.echo(f"{folder / path}: {'would be added' if check else 'added'}", err=err)


def _print_lock(lock: LockChange, check: bool, is_kept: bool, err: bool) -> None:
    """Print how many numbers a lock assigns and reserves, and what to do with the first one."""
    count, reserved = lock.assigned, f", {lock.reserved} reserved" if lock.reserved else ""
    does = "would assign" if check else "assigned"
    first = "; keep the file in version control" if lock.is_first else ""
    if not is_kept:
        first = "; they are not kept, because a revision does not change"
    click.echo(f"{lock.file}: {does} {count} number{'s'[: count != 1]}{reserved}{first}", err=err)
