"""`apiscribe new`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from apiscribe.commands.printing import ERRORS, show
from apiscribe.commands.specs import FOUND, Failure, compile_all


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--spec",
    "specs",
    metavar="SPEC",
    multiple=True,
    required=True,
    type=click.Path(path_type=Path),
    help="A folder of pages; may be repeated.",
)
def new(folder: Path, specs: Sequence[Path]) -> None:
    """Make a project in DIR, which must be empty: a service for the API of each SPEC.

    It has a copy of the pages, the generated package, handlers for what the server cannot answer
    by itself, tests, a Dockerfile, and a workflow for CI. In it, `apiscribe build` renews what is
    generated when the pages change, and touches no handler.
    """
    from apiscribe.commands.project import ProjectError, check_folder, new_project

    try:
        check_folder(folder)
        compilations = compile_all(specs)
        if errors := show(compilations, "text", ERRORS, err=True).errors:
            click.echo(f"{errors} error{'s'[: errors > 1]}; nothing was written", err=True)
            sys.exit(FOUND)
        new_project(folder, compilations)
    except ProjectError as error:
        raise Failure(str(error)) from error
    names = ", ".join(compilation.spec.name for compilation in compilations)
    click.echo(f"{folder}: made, with a server of {names}; its README.md tells how to go on")
