"""`apiscribe adopt`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from apiscribe.commands.printing import (
    ALL_LEVELS,
    ERRORS,
    WITHOUT_NOTES,
    print_diagnostics,
    print_suggestions,
)
from apiscribe.commands.spec_paths import default_path
from apiscribe.commands.specs import (
    EXIT_PROBLEMS,
    Failure,
    compile_all,
    format_option,
    quiet_option,
)
from apiscribe.commands.writing import output_failures, writing

if TYPE_CHECKING:
    from apiscribe.model.lock import Lock
    from apiscribe.sources.spec_folder import Spec

_MOST_LINES = 20  # about replaced numbers


@click.command()
@click.argument("spec", required=False, type=click.Path(path_type=Path))
@click.option(
    "--from",
    "origin",
    required=True,
    metavar="SOURCE",
    help="A .proto or _pb2 folder, FileDescriptorSet, python:PACKAGE, grpc://HOST:PORT or spec.",
)
@click.option("--check", is_flag=True, help="Write nothing; report what would change.")
@click.option("--replace", is_flag=True, help="Replace numbers in lock.json that differ in SOURCE.")
@format_option
@click.option(
    "-v",
    "--verbose",
    is_flag=True,
    help="Also show notes, such as declarations that SOURCE lacks.",
)
@click.option(
    "--suggest", is_flag=True, help="Write nothing; print overlay entries for contradictions."
)
@quiet_option
def adopt(
    spec: Path | None,
    origin: str,
    check: bool,
    replace: bool,
    suggest: bool,
    form: str,
    verbose: bool,
    quiet: bool,
) -> None:
    """Import the numbers of fields and enum values from SOURCE into the lock.json of SPEC.

    SPEC defaults to the only spec of the current folder. The names of enums are imported too.
    Contradictions between SOURCE and the pages are reported, and not resolved.
    """
    from apiscribe.sources.adopt import adopt as adopted
    from apiscribe.sources.kinds import SourceError, open_source

    spec = spec or default_path()
    (compilation,) = compile_all([spec])
    if compilation.spec.revision and not check and not suggest:
        raise Failure(f"{spec} does not change; check it out and pass its folder, or add --check")
    if compilation.failed:
        print_diagnostics([compilation], form, frozenset({"error"}), err=form == "text")
        click.echo("the pages have errors; nothing was written", err=True)
        sys.exit(EXIT_PROBLEMS)
    try:
        source = open_source(origin)
    except SourceError as error:
        raise Failure(str(error)) from error
    adoption = adopted(compilation.api, compilation.spec.lock, source, replace)
    compilation.report = adoption.report
    if suggest:
        sys.exit(print_suggestions([compilation]))
    levels = ALL_LEVELS if verbose else ERRORS if quiet else WITHOUT_NOTES
    counted = print_diagnostics([compilation], form, levels, err=form == "text")
    changed = _write_lock(compilation.spec, adoption.lock, check)
    if not quiet:
        _print_replaced(adoption.replaced, verbose, err=form != "text")
        shown = compilation.spec.shown_folder / compilation.spec.lock_name
        state = "up to date" if not changed else "would change" if check else "written"
        counts = adoption.counts
        click.echo(
            f"{shown}: {state}; {counts.matched} numbers matched, {counts.lacking} not in {origin},"
            f" {counts.hidden} not on the pages",
            err=form != "text",
        )
    if counted.reported or (check and changed):
        sys.exit(EXIT_PROBLEMS)


def _write_lock(spec: Spec, lock: Lock, check: bool) -> bool:
    """Write the lock of a spec if it has changed, and return whether it has."""
    from apiscribe.commands.write_outputs import write_lock
    from apiscribe.model.lock import lock_text

    file = spec.folder / spec.lock_name
    text = lock_text(lock)
    if file.is_file() and file.read_text("utf-8") == text:
        return False
    if not check:
        with output_failures(), writing():
            write_lock(spec, text)
    return True


def _print_replaced(replaced: Sequence[str], verbose: bool, err: bool) -> None:
    """Print which numbers of the lock were replaced; without `verbose`, only the first ones."""
    listed = replaced[: None if verbose else _MOST_LINES]
    for sentence in listed:
        click.echo(f"replaced: {sentence}", err=err)
    if more := len(replaced) - len(listed):
        click.echo(f"replaced: {more} more; --verbose lists them", err=err)
