"""`apiscribe build`."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from apiscribe.cli.printing import ALL, ERRORS, show, tell, tell_steps
from apiscribe.cli.specs import (
    FOUND,
    Failure,
    format_option,
    read_all,
    specs_argument,
    verbose_option,
)
from apiscribe.reports import findings

if TYPE_CHECKING:
    from apiscribe.build import Reading
    from apiscribe.output_folder import Staged


# The findings that tell of numbers.json what it does not say itself.
OF_NUMBERS = frozenset({"likely-rename", "merged-lock"})


@click.command()
@specs_argument
@click.option(
    "--out",
    default="generated",
    show_default=True,
    type=click.Path(path_type=Path),
    help="Folder to write to; each API gets a folder in it.",
)
@click.option("--check", is_flag=True, help="Write nothing; tell what would change.")
@click.option("--partial", is_flag=True, help="Leave out pages with errors; write the rest.")
@format_option
@verbose_option
def build(
    specs: Sequence[Path], out: Path, check: bool, partial: bool, form: str, verbose: bool
) -> None:
    """Write the outputs of each SPEC (default: every folder in specs/).

    A SPEC is a folder of pages. If one has an error, nothing is written for any. Findings go to
    stderr, and what was written to stdout; with another format than text it is the other way round.
    """
    from apiscribe.output_folder import TreeError

    readings = read_all(specs, partial)
    readable = not any(reading.failed for reading in readings)
    with ExitStack() as stack:
        try:
            staged = _staged(readings, out, check, stack) if readable else []
        except TreeError as error:
            raise Failure(str(error)) from error
        # What becomes of numbers is said in any case: the next build finds nothing of it any more.
        levels = ALL if verbose else ERRORS
        is_text = form == "text"
        show(readings, form, levels, err=is_text, also=OF_NUMBERS, counts=not is_text)
        if failed := sum(len(findings(reading.report.at("error"), {})) for reading in readings):
            click.echo(f"{failed} error{'s'[: failed > 1]}; nothing was written", err=True)
            sys.exit(FOUND)
        stubs = [_stubs(reading) for reading in readings if reading.standing]
        # Numbers before what is made with them: they must not be given twice.
        kept = [_keep_numbers(reading, check, err=form != "text") for reading in readings]
        try:
            for reading, outputs in zip(readings, staged, strict=True):
                with reading.steps.step("write") as counts:
                    counts["files"] = 0 if check else len(outputs.changes.written)
                    if not check:
                        outputs.commit()
                folder = out / reading.spec.name
                tell(folder, outputs.changes, check, verbose, err=form != "text")
                if verbose:
                    tell_steps(reading.spec.name, reading.steps)
            for folder, added in stubs:
                _add_stubs(folder, added, check, err=form != "text")
        except TreeError as error:
            raise Failure(str(error)) from error
    changes = [outputs.changes for outputs in staged]
    stale = any(kept) or any(changes) or any(added for _, added in stubs)
    left_out = [found for reading in readings for found in reading.left_out]
    if left_out:
        pages = len({found.span.path for found in left_out})
        click.echo(f"{pages} page{'s'[: pages > 1]} left out", err=True)
    if left_out or (check and stale):
        sys.exit(FOUND)


def _staged(readings: Sequence[Reading], out: Path, check: bool, stack: ExitStack) -> list[Staged]:
    """The outputs of each spec, beside their places; none where one has an error after all."""
    from apiscribe.build import OutputError, each_output
    from apiscribe.output_folder import Tree

    staged = []
    for reading in readings:
        outputs = ((output.path, output.content) for output in each_output(reading))
        tree = Tree(out / reading.spec.name)
        try:
            staged.append(stack.enter_context(tree.staged(outputs, keep=not check)))
        except OutputError:  # in the report
            return []
    return staged


def _stubs(reading: Reading) -> tuple[Path, Mapping[str, bytes]]:
    """The folder of a spec's handlers, and the stubs that it lacks."""
    from apiscribe.build import missing
    from apiscribe.handlers.answers import AnswersError

    try:
        return _handlers_folder(reading), missing(reading)
    except AnswersError as error:
        raise Failure(f"the stubs of handlers cannot be told: {error}") from error


def _handlers_folder(reading: Reading) -> Path:
    """Where the handlers of a spec are. They must not lie outside of where the command works."""
    folder = reading.spec.folder / reading.spec.settings.handlers
    if not folder.resolve().is_relative_to(Path.cwd()):
        raise Failure(
            f"the handlers of {reading.spec.folder} lie outside of this folder, in {folder};"
            " run apiscribe in a folder that holds both"
        )
    return Path(os.path.normpath(folder))


def _add_stubs(folder: Path, added: Mapping[str, bytes], check: bool, err: bool) -> None:
    """Write the stubs of handlers that are missing, and name each."""
    from apiscribe.output_folder import add_files

    if not check:
        add_files(folder, added)
    for path in added:
        click.echo(f"{folder / path}: {'would be added' if check else 'added'}", err=err)


def _keep_numbers(reading: Reading, check: bool, err: bool) -> bool:
    """Write numbers.json where it has changed, and say how; whether it has, or would."""
    from apiscribe.lock import LOCK_FILE, difference, lock_text
    from apiscribe.output_folder import write_file

    file = reading.spec.folder / LOCK_FILE
    if not reading.spec.keeps_numbers:
        return False
    text = lock_text(reading.lock)
    source = reading.spec.sources.get(LOCK_FILE)
    if source and source.text == text:
        return False
    if not check:
        write_file(file, text.encode())
    given, reserved = difference(reading.locked, reading.lock)
    gone = f", {reserved} reserved" if reserved else ""
    does = "would give" if check else "gave"
    click.echo(f"{file}: {does} {given} number{'s'[: given != 1]}{gone}", err=err)
    return True
