"""The command `apiscribe`. Exit status: 0 nothing found, 1 diagnostics, 2 it could not do its work.

To add a command: a module with a function of its name, a row in `COMMANDS`.
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

FAILED = 2
# How often Python looks for what is not needed any more, and how often a command does.
PYTHONS_OWN, _RARELY = gc.get_threshold(), 50_000

# Each is a module here, which is loaded when the command runs; what it does, for `--help`.
COMMANDS = {
    "build": "Write .proto files, models and a server from pages.",
    "lint": "Check pages and print diagnostics.",
    "adopt": "Keep the numbers that an existing API gave.",
    "drift": "Tell what differs between two APIs, and what it does to clients.",
    "serve": "Serve the API of a spec.",
    "new": "Make a project for a service.",
    "explain": "Explain a diagnostic, a rule or a name.",
    "convert": "Convert pages between GitBook and Hugo.",
    "schema": "Print the JSON Schema of a settings file.",
}


class _Group(click.Group):
    """Click's group, with every failure of the machine (a full disk, no rights) as status 2, and
    with commands that are loaded late.
    """

    def main(self, *arguments: Any, **options: Any) -> Any:
        # Nearly all that is made stays: to look for what does not, as often as Python would, takes
        # a tenth of the time.
        gc.set_threshold(_RARELY)
        try:
            return super().main(*arguments, **options)
        except OSError as error:
            click.echo(f"apiscribe: {error}", err=True)
            sys.exit(FAILED)
        except Exception:
            # Python's own status for it is 1, which means that there are diagnostics.
            import traceback

            traceback.print_exc()
            click.echo("apiscribe: this is a fault of apiscribe; please report it", err=True)
            sys.exit(FAILED)
        finally:
            gc.set_threshold(*PYTHONS_OWN)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"apiscribe.commands.{cmd_name}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        fitting = {name: about for name, about in COMMANDS.items() if name.startswith(incomplete)}
        items = [CompletionItem(name, help=about) for name, about in fitting.items()]
        return [*items, *click.Command.shell_complete(self, ctx, incomplete)]


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="apiscribe")
def main() -> None:
    """Read API pages that were written for people; write .proto, models and a server from them."""
