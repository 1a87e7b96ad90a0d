"""The specs that a command is given, and what commands have in common."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from apiscribe.commands import FAILED
from apiscribe.diagnostics.renderers import FORMATS

if TYPE_CHECKING:
    from apiscribe.sources.compilation import Compilation

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
    help="The format of the diagnostics.",
)


class Failure(click.ClickException):
    """A command that could not do its work; the text says why."""

    exit_code = FAILED


def compile_all(specs: Sequence[Path], partial: bool = False) -> list[Compilation]:
    """Load and compile the specs, or every folder in specs/. Raise Failure for two of one name."""
    from apiscribe.commands.printing import progress_bar
    from apiscribe.sources.compilation import compile_spec
    from apiscribe.sources.spec_folder import load_spec
    from apiscribe.workspace.profile import Profile

    folders = list(specs)
    if not folders and Path("specs").is_dir():
        folders = sorted(folder for folder in Path("specs").iterdir() if folder.is_dir())
    if not folders:
        raise Failure("no SPEC given, and no folder specs/ here")
    for folder in folders:
        if not folder.is_dir():
            raise Failure(f"{folder} is no folder")
    loaded = [load_spec(folder) for folder in folders]
    names = [spec.name for spec in loaded]
    for name in names:
        if names.count(name) > 1:
            raise Failure(f"two specs are named {name}; give one a `name` in its spec.toml")
    return [compile_spec(spec, partial=partial, profile=Profile(progress_bar)) for spec in loaded]
