"""The program `apiscribe`, and `python -m apiscribe`."""

from __future__ import annotations

import sys

from apiscribe.workspace import kept_runs
from apiscribe.workspace.version import version_line


def main() -> None:
    """Run the command in the arguments, or print again what it printed when it last ran."""
    if sys.argv[1:] == ["--version"]:
        sys.stdout.write(f"{version_line()}\n")
        return
    kept_runs.run(sys.argv[1:], _command)


def _command() -> None:
    from apiscribe.commands import main as command

    command(prog_name="apiscribe")


if __name__ == "__main__":
    main()
