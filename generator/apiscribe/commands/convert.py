"""`apiscribe convert`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from apiscribe.commands.printing import ERRORS, print_changes, print_diagnostics
from apiscribe.commands.specs import (
    EXIT_PROBLEMS,
    compile_all,
    quiet_option,
    specs_argument,
)
from apiscribe.commands.writing import output_failures, writing

if TYPE_CHECKING:
    from apiscribe.model.api import Api
    from apiscribe.workspace.output_dir import Changes


@click.command()
@specs_argument
@click.option(
    "--form",
    required=True,
    type=click.Choice(["gitbook", "hugo", "protoc-gen-doc"]),
    help="Form to convert to.",
)
@click.option(
    "--out",
    default="converted",
    show_default=True,
    type=click.Path(path_type=Path),
    help="Output folder; each API gets a spec in it.",
)
@quiet_option
def convert(specs: Sequence[Path], form: str, out: Path, quiet: bool) -> None:
    """Convert the pages of each SPEC (default: the specs of the current folder) to another form.

    The result is a spec that compiles to the same API: its overlay.toml holds the facts that its
    pages cannot state. With protoc-gen-doc, examples and a few other facts are lost;
    docs/convert.md lists them. If any SPEC has an error, nothing is written.
    """
    compilations = compile_all(specs)
    if errors := print_diagnostics(compilations, "text", ERRORS, err=True).errors:
        click.echo(f"{errors} error{'s'[: errors > 1]}; nothing was written", err=True)
        sys.exit(EXIT_PROBLEMS)
    with output_failures():
        written = _convert([compilation.api for compilation in compilations], form, out)
    for folder, changes in () if quiet else written:
        print_changes(folder, changes, check=False, verbose=False, err=False)


def _convert(apis: Sequence[Api], form: str, out: Path) -> list[tuple[Path, Changes]]:
    """Write the pages, and return the folder and the changes of each Api.

    Raise OutputDirError, and write nothing, if a folder holds a file of another origin: it may be a
    page, which would become part of the spec.
    """
    from apiscribe.commands.read_back import check_spec
    from apiscribe.emit.pages import emit_pages
    from apiscribe.workspace.output_dir import OutputDir, OutputDirError

    pages = {
        out / api.name: {output.path: output.content for output in emit_pages(api, form)}
        for api in apis
    }
    for folder in pages:
        if untracked := OutputDir(folder).untracked():
            raise OutputDirError(
                f"{folder / untracked[0]} was not written by `apiscribe convert`; move it away, or"
                " choose another --out"
            )
    for api, files in zip(apis, pages.values(), strict=True):
        check_spec(api, files)
    with writing():
        return [(folder, OutputDir(folder).write(files)) for folder, files in pages.items()]
