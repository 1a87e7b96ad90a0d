"""`apiscribe new`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from apiscribe.commands.printing import ERRORS, print_diagnostics
from apiscribe.commands.specs import EXIT_PROBLEMS, Failure, compile_all, quiet_option


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
@click.option(
    "--no-vendor",
    is_flag=True,
    help="Require apiscribe-runtime from a package index, instead of a copy of it in generated/.",
)
@quiet_option
def new(folder: Path, specs: Sequence[Path], no_vendor: bool, quiet: bool) -> None:
    """Create a project in DIR, which must be empty: a service for the API of each SPEC.

    The project holds a copy of the pages, the generated package, handlers for the methods that the
    server does not implement, tests, a Dockerfile and a CI workflow. After a change of the pages,
    run `apiscribe build` in it: it updates the package and leaves your handlers unchanged.
    """
    from apiscribe.commands.project import ProjectError, check_folder, new_project

    try:
        check_folder(folder)
        compilations = compile_all(specs)
        if errors := print_diagnostics(compilations, "text", ERRORS, err=True).errors:
            click.echo(f"{errors} error{'s'[: errors > 1]}; nothing was written", err=True)
            sys.exit(EXIT_PROBLEMS)
        new_project(folder, compilations, vendor_runtime=not no_vendor)
    except ProjectError as error:
        raise Failure(str(error)) from error
    names = ", ".join(compilation.spec.name for compilation in compilations)
    if not quiet:
        click.echo(f"{folder}: created, with a server for {names}; see its README.md")
