"""`apiscribe build`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from apiscribe.cli.printing import ALL, ERRORS, show, tell
from apiscribe.cli.specs import (
    FOUND,
    Failure,
    format_option,
    read_all,
    specs_argument,
    verbose_option,
)
from apiscribe.reports import findings


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
    from apiscribe.build import outputs
    from apiscribe.output_folder import Tree, TreeError

    readings = read_all(specs, partial)
    wanted = {
        reading.spec.name: {output.path: output.content for output in outputs(reading)}
        for reading in readings
    }
    show(readings, form, ALL if verbose else ERRORS, err=form == "text")
    if failed := sum(len(findings(reading.report.at("error"), {})) for reading in readings):
        click.echo(f"{failed} error{'s'[: failed > 1]}; nothing was written", err=True)
        sys.exit(FOUND)
    stale = False
    for name, files in wanted.items():
        tree = Tree(out / name)
        try:
            changes = tree.compare(files) if check else tree.write(files)
        except TreeError as error:
            raise Failure(str(error)) from error
        stale = stale or bool(changes)
        tell(out / name, len(files) + 1, changes, check, verbose, err=form != "text")
    left_out = [found for reading in readings for found in reading.left_out]
    if left_out:
        pages = len({found.span.path for found in left_out})
        click.echo(f"{pages} page{'s'[: pages > 1]} left out", err=True)
    if left_out or (check and stale):
        sys.exit(FOUND)
