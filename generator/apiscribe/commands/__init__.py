"""The command `apiscribe`. Exit status: 0 success, 1 problems found, 2 failure, 130 interrupted.

To add a command, write a module with a function of the same name and add a row to `COMMANDS`.
"""

from __future__ import annotations

import gc
import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from apiscribe.workspace.version import version_line

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

EXIT_FAILURE = 2
EXIT_INTERRUPTED = 130  # 128 and SIGINT, as shells count
# Set in the context's `meta` by `writing`, before Ctrl-C can interrupt again.
WRITTEN = "apiscribe.written"
# Thresholds of the garbage collector: Python's, and that of a command.
DEFAULT_GC_THRESHOLD, _GC_THRESHOLD = gc.get_threshold(), 50_000

# Name of a module in this package, imported when the command runs → short help.
COMMANDS = {
    "init": "Find the pages of an API, and write a spec.toml beside them.",
    "build": "Write .proto files, models and a server from pages.",
    "lint": "Check pages and report problems.",
    "adopt": "Import field numbers from an API that is already published.",
    "drift": "Compare two versions of an API.",
    "serve": "Serve the API of a spec.",
    "new": "Create a project for a service.",
    "explain": "Explain a diagnostic or rule, or show a declaration.",
    "convert": "Convert pages to another form.",
    "schema": "Print the JSON Schema of a file of a spec.",
}


class _Group(click.Group):
    """A group that imports commands lazily, and exits with status 2 on any exception."""

    def main(self, *arguments: Any, **options: Any) -> Any:
        # Most objects live until the end: collecting at Python's rate takes a tenth of the time.
        gc.set_threshold(_GC_THRESHOLD)
        try:
            return super().main(*arguments, **{"color": _colours(), **options})
        except OSError as error:
            from apiscribe.diagnostics.report import visible

            click.echo(f"apiscribe: {visible(str(error))}", err=True)
            sys.exit(EXIT_FAILURE)
        except Exception:
            # Python would exit with status 1, which means that problems were found.
            import traceback

            traceback.print_exc()
            click.echo("apiscribe: internal error; please report it with the traceback", err=True)
            sys.exit(EXIT_FAILURE)
        finally:
            gc.set_threshold(*DEFAULT_GC_THRESHOLD)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"apiscribe.commands.{cmd_name}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            text = f"{error.format_message()} Options of a command follow its name."
            raise click.UsageError(text, ctx) from error

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            text = error.message.rstrip(".") + _next_step(args[0], ctx)
            raise click.UsageError(text, ctx) from error

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            what = "all files were written" if ctx.meta.get(WRITTEN) else "nothing was written"
            click.echo(f"\ninterrupted; {what}", err=True)
            sys.exit(EXIT_INTERRUPTED)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        items = [
            CompletionItem(name, help=short_help)
            for name, short_help in COMMANDS.items()
            if name.startswith(incomplete)
        ]
        return [*items, *click.Command.shell_complete(self, ctx, incomplete)]


def _next_step(word: str, ctx: click.Context) -> str:
    """Return what to run instead of a word that is not a command."""
    from pathlib import Path

    from apiscribe.diagnostics.did_you_mean import did_you_mean

    if any(f"--{word}" in option.opts for option in ctx.command.get_params(ctx)):
        return f"; run: apiscribe --{word}"
    if Path(word).exists():
        return f"; run: apiscribe lint {word}"
    return did_you_mean(word, COMMANDS)


def _colours() -> bool | None:
    """Return whether to write colours whatever the output is; None: if it is a terminal.

    Sources: https://no-color.org, https://force-color.org.
    """
    if os.environ.get("NO_COLOR"):
        return False
    return True if os.environ.get("FORCE_COLOR") else None


def _print_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        click.echo(version_line())
        ctx.exit()


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Show the version and exit.",
)
def main() -> None:
    """Generate .proto files, models and a server from API documentation pages."""
