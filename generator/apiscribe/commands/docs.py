"""`apiscribe docs`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from apiscribe.commands.printing import ERRORS, show, tell
from apiscribe.commands.specs import FOUND, Failure, compile_all, specs_argument


@click.command()
@specs_argument
@click.option(
    "--form",
    required=True,
    type=click.Choice(["gitbook", "hugo"]),
    help="The form of the pages.",
)
@click.option(
    "--out",
    default="docs",
    show_default=True,
    type=click.Path(path_type=Path),
    help="Folder to write to; each API gets a spec in it.",
)
def docs(specs: Sequence[Path], form: str, out: Path) -> None:
    """Write each SPEC (default: every folder in specs/) as documentation pages in a form.

    What is written is a spec again, with a spec.toml, and an overlay.toml for what its pages cannot
    say: compilation it gives the same. If a page has an error, nothing is written for any SPEC.
    """
    from apiscribe.commands.converted_pages import write_docs
    from apiscribe.workspace.output_dir import OutputDirError

    compilations = compile_all(specs)
    if errors := show(compilations, "text", ERRORS, err=True).errors:
        click.echo(f"{errors} error{'s'[: errors > 1]}; nothing was written", err=True)
        sys.exit(FOUND)
    try:
        written = write_docs([compilation.api for compilation in compilations], form, out)
    except OutputDirError as error:
        raise Failure(str(error)) from error
    for folder, changes in written:
        tell(folder, changes, check=False, verbose=False, err=False)
