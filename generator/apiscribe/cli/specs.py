"""The specs that a command is given, and what commands have in common."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from apiscribe.cli import FAILED
from apiscribe.reports import FORMATS

if TYPE_CHECKING:
    from apiscribe.build import Reading

FOUND = 1

specs_argument = click.argument(
    "specs", metavar="[SPEC]...", nargs=-1, type=click.Path(path_type=Path)
)
verbose_option = click.option(
    "-v", "--verbose", is_flag=True, help="Show notes too, and the steps taken."
)
format_option = click.option(
    "--format",
    "form",
    type=click.Choice([form.name for form in FORMATS]),
    default=FORMATS[0].name,
    show_default=True,
    help="How to write the findings.",
)


class Failure(click.ClickException):
    """A command that could not do its work; the text says why."""

    exit_code = FAILED


def read_all(specs: Sequence[Path], partial: bool = False) -> list[Reading]:
    """The specs, or every folder in specs/. Two specs of one name are refused."""
    from apiscribe.build import read
    from apiscribe.cli.printing import follow
    from apiscribe.steps import Steps

    folders = list(specs)
    if not folders and Path("specs").is_dir():
        folders = sorted(folder for folder in Path("specs").iterdir() if folder.is_dir())
    if not folders:
        raise Failure("no SPEC given, and no folder specs/ here")
    for folder in folders:
        if not folder.is_dir():
            raise Failure(f"{folder} is no folder")
    readings = [read(folder, partial, Steps(follow)) for folder in folders]
    names = [reading.spec.name for reading in readings]
    for name in names:
        if names.count(name) > 1:
            raise Failure(f"two specs are named {name}; give one a `name` in its spec.toml")
    return readings
