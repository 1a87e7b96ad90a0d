"""Arguments, options and exit statuses that commands share, and the compilation of their specs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from apiscribe.commands import EXIT_FAILURE
from apiscribe.diagnostics.did_you_mean import did_you_mean
from apiscribe.diagnostics.renderers import FORMATS
from apiscribe.diagnostics.report import visible
from apiscribe.model.outputs import OUTPUT_NAMES

if TYPE_CHECKING:
    from apiscribe.sources.compilation import Compilation
    from apiscribe.sources.spec_folder import Spec

EXIT_PROBLEMS = 1

specs_argument = click.argument(
    "specs", metavar="[SPEC]...", nargs=-1, type=click.Path(path_type=Path)
)
format_option = click.option(
    "--format",
    "form",
    type=click.Choice([form.name for form in FORMATS]),
    default=FORMATS[0].name,
    show_default=True,
    help="Format of the diagnostics.",
)
quiet_option = click.option("-q", "--quiet", is_flag=True, help="Print errors only.")


def _output_names(_: click.Context, __: click.Parameter, text: str) -> tuple[str, ...]:
    """Return the names in a list with commas. Raise BadParameter for an unknown one."""
    names = tuple(name.strip() for name in text.split(",")) if text else ()
    for name in names:
        if name not in OUTPUT_NAMES:
            known = ", ".join(OUTPUT_NAMES)
            suggestion = did_you_mean(name, OUTPUT_NAMES)
            raise click.BadParameter(f'"{name}" is not an output{suggestion}; expected {known}')
    return names


only_option = click.option(
    "--only",
    metavar="OUTPUTS",
    default="",
    callback=_output_names,
    help="Write only these outputs, separated by commas, and those that they need; remove the"
    f" others. Outputs: {', '.join(OUTPUT_NAMES)}. Default: [outputs] in spec.toml.",
)


class Failure(click.ClickException):
    """The command failed (exit status 2); the text has the reason."""

    exit_code = EXIT_FAILURE

    def format_message(self) -> str:
        """Return the reason on one line: a source may have written parts of it."""
        return visible(self.message)


def compile_all(
    specs: Sequence[Path], partial: bool = False, accept_losses: bool = False
) -> list[Compilation]:
    """Load and compile specs; without any, the specs of the current folder.

    Raise Failure if a path is not a spec, or two specs have the same name.
    """
    from apiscribe.commands.printing import progress_bar
    from apiscribe.commands.spec_paths import load_specs
    from apiscribe.sources.compilation import compile_spec
    from apiscribe.workspace.profile import Profile

    return [
        compile_spec(
            spec, partial=partial, accept_losses=accept_losses, profile=Profile(progress_bar)
        )
        for spec in load_specs(specs)
    ]


def inputs_of(stated: Sequence[Path], specs: Sequence[Spec]) -> list[Path]:
    """Return the files and folders that the compilations of specs depend on; none if they depend on
    others too, as those of a revision do.
    """
    if any(spec.is_page or spec.revision for spec in specs):
        return []
    paths = [] if stated else [Path("specs")]
    for spec in specs:
        settings = spec.settings
        paths += [spec.folder, *(spec.folder / name for name in settings.references)]
        if settings.handlers:
            paths.append(spec.folder / settings.handlers)
    return paths
