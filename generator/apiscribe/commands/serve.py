"""`apiscribe serve`."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path

import click

from apiscribe.commands import DEFAULT_GC_THRESHOLD
from apiscribe.commands.printing import ERRORS, print_diagnostics
from apiscribe.commands.spec_paths import default_path
from apiscribe.commands.specs import EXIT_PROBLEMS, Failure, compile_all


@click.command(
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
    add_help_option=False,
)
@click.argument("arguments", metavar="[SPEC]", nargs=-1, type=click.UNPROCESSED)
@click.option(
    "--watch", is_flag=True, help="Serve the API of changed pages without a restart; one process."
)
def serve(arguments: Sequence[str], watch: bool) -> None:
    """Build SPEC in a temporary folder and serve it, with its handlers.

    SPEC defaults to the only spec of the current folder. The default store is <api>.db in the
    current folder.
    """
    spec, options = _split(arguments)
    if {*options} & {"-h", "--help"}:
        _print_help()
        return
    try:
        from apiscribe_runtime.main import main
    except ModuleNotFoundError as error:
        raise Failure(f"serve needs {error.name}; run: pip install 'apiscribe[serve]'") from error
    from apiscribe.emit import emit_sorted
    from apiscribe.emit.handlers.generated import imported

    path = Path(spec) if spec else default_path()
    if watch:
        from apiscribe.commands.serve_watch import ServeWatch

        sys.exit(ServeWatch(path, options).serve())
    compilations = compile_all([path])
    files = emit_sorted(compilations[0].api, compilations[0].report)
    if print_diagnostics(compilations, "text", ERRORS, err=True).errors:
        sys.exit(EXIT_PROBLEMS)
    if handlers := compilations[0].spec.handlers_folder:
        options = ["--handlers", str(handlers), *options]
    gc.set_threshold(*DEFAULT_GC_THRESHOLD)
    # The generated package runs in this process, from a temporary folder.
    with imported(compilations[0].spec.name, files) as module:
        try:
            api = module("registry").API
        except ImportError as error:  # another version of the runtime is installed
            raise Failure(str(error)) from error
        sys.exit(main(api, options))


def _print_help() -> None:
    """Print the help of the command, and the options of the server if it is installed."""
    click.echo(click.get_current_context().get_help())
    with suppress(ModuleNotFoundError):
        from apiscribe_runtime.settings import option_list

        click.echo(f"\nOptions of the server:\n{option_list()}", nl=False)


def _split(arguments: Sequence[str]) -> tuple[str | None, list[str]]:
    """Return SPEC, which may also stand behind options, and the options. Each of them has a value.

    Raise UsageError for a second SPEC.
    """
    paths, options = [], []
    remaining = iter(arguments)
    for argument in remaining:
        if not argument.startswith("-") or argument == "-":
            paths.append(argument)
            continue
        options.append(argument)
        if "=" not in argument and argument not in ("-h", "--help"):
            options += islice(remaining, 1)
    if len(paths) > 1:
        raise click.UsageError(f"a server serves one SPEC; found: {', '.join(paths)}")
    return next(iter(paths), None), options
