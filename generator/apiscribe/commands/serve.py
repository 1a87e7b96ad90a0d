"""`apiscribe serve`."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from apiscribe.commands import PYTHONS_OWN
from apiscribe.commands.printing import ERRORS, show
from apiscribe.commands.specs import FOUND, compile_all


@click.command(
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
    add_help_option=False,
)
@click.argument("spec", type=click.Path(path_type=Path))
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def serve(spec: Path, options: Sequence[str]) -> None:
    """Build SPEC in a temporary folder and serve it, with its handlers. OPTIONS are the server's.

    `apiscribe serve SPEC --help` lists them; the store is <api>.db in the current folder.
    """
    from apiscribe.commands.serving import serve_outputs
    from apiscribe.emit import emit_sorted

    if str(spec) in ("-h", "--help"):
        click.echo(click.get_current_context().get_help())
        return
    compilations = compile_all([spec])
    files = emit_sorted(compilations[0].api, compilations[0].report)
    if show(compilations, "text", ERRORS, err=True).errors:
        sys.exit(FOUND)
    if handlers := compilations[0].spec.handlers_folder:
        options = ("--handlers", str(handlers), *options)
    gc.set_threshold(*PYTHONS_OWN)
    sys.exit(serve_outputs(compilations[0].spec.name, files, options))
