"""The command `apiscribe`. Exit status: 0 nothing found, 1 findings, 2 it could not do its work.

To add a command: a module with a function, a row in `COMMANDS`.
"""

from __future__ import annotations

import sys
import traceback
from typing import Any

import click

from apiscribe import __version__
from apiscribe.cli.adopt import adopt
from apiscribe.cli.build import build
from apiscribe.cli.docs import docs
from apiscribe.cli.drift import drift
from apiscribe.cli.explain import explain
from apiscribe.cli.lint import lint
from apiscribe.cli.new import new
from apiscribe.cli.serve import serve
from apiscribe.cli.specs import FAILED

COMMANDS: tuple[click.Command, ...] = (build, lint, adopt, drift, serve, new, explain, docs)


class _Group(click.Group):
    """Click's group, with every failure of the machine (a full disk, no rights) as status 2."""

    def main(self, *arguments: Any, **options: Any) -> Any:
        try:
            return super().main(*arguments, **options)
        except OSError as error:
            click.echo(f"apiscribe: {error}", err=True)
            sys.exit(FAILED)
        except Exception:
            # Python's own status for it is 1, which means that there are findings.
            traceback.print_exc()
            click.echo("apiscribe: this is a fault of apiscribe; please report it", err=True)
            sys.exit(FAILED)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="apiscribe")
def main() -> None:
    """Read API pages that were written for people; write .proto, models and a server from them."""


for command in COMMANDS:
    main.add_command(command)
