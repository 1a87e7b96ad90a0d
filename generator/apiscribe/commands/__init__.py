"""The command `apiscribe`. Exit status: 0 success, 1 problems found, 2 failure.

To add a command, write a module with a function of the same name and add a row to `COMMANDS`.
"""

from __future__ import annotations

import gc
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from apiscribe import __version__

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

EXIT_FAILURE = 2
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
            return super().main(*arguments, **options)
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

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from apiscribe.diagnostics.did_you_mean import did_you_mean

            text = error.message.rstrip(".") + did_you_mean(args[0], COMMANDS)
            raise click.UsageError(text, ctx) from error

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


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="apiscribe")
def main() -> None:
    """Generate .proto files, models and a server from API documentation pages."""
