"""`apiscribe convert`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from apiscribe.commands.printing import ERRORS, show, tell
from apiscribe.commands.specs import FOUND, Failure, compile_all, specs_argument

if TYPE_CHECKING:
    from apiscribe.model.api import Api
    from apiscribe.workspace.output_dir import Changes


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
    default="converted",
    show_default=True,
    type=click.Path(path_type=Path),
    help="Folder to write to; each API gets a spec in it.",
)
def convert(specs: Sequence[Path], form: str, out: Path) -> None:
    """Convert the pages of each SPEC (default: every folder in specs/) to another form.

    What is written is a spec again, with a spec.toml, and an overlay.toml for what its pages cannot
    say: compilation it gives the same. If a page has an error, nothing is written for any SPEC.
    """
    from apiscribe.workspace.output_dir import OutputDirError

    compilations = compile_all(specs)
    if errors := show(compilations, "text", ERRORS, err=True).errors:
        click.echo(f"{errors} error{'s'[: errors > 1]}; nothing was written", err=True)
        sys.exit(FOUND)
    try:
        written = _convert([compilation.api for compilation in compilations], form, out)
    except OutputDirError as error:
        raise Failure(str(error)) from error
    for folder, changes in written:
        tell(folder, changes, check=False, verbose=False, err=False)


def _convert(apis: Sequence[Api], form: str, out: Path) -> list[tuple[Path, Changes]]:
    """Write the pages; return the folder of each Api, and which of its files were written.

    Raises OutputDirError, and writes nothing, where a folder holds a file that was not written
    here: a page among them would be read with the others.
    """
    from apiscribe.emit.pages import emit_pages
    from apiscribe.workspace.output_dir import OutputDir, OutputDirError

    wanted = {
        out / api.name: {output.path: output.content for output in emit_pages(api, form)}
        for api in apis
    }
    for folder in wanted:
        if strangers := OutputDir(folder).untracked():
            raise OutputDirError(f"{folder / strangers[0]} was not written by this command")
    return [(folder, OutputDir(folder).write(files)) for folder, files in wanted.items()]
