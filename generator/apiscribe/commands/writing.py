"""The part of a command that writes: Ctrl-C cannot stop it half-way, and its failures are those
of the command.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from apiscribe.commands import WRITTEN
from apiscribe.commands.specs import Failure
from apiscribe.workspace.interrupts import interrupts_held


@contextmanager
def writing() -> Iterator[None]:
    """Hold Ctrl-C until all files are written; after that, the command says so."""
    with interrupts_held():
        yield
        if context := click.get_current_context(silent=True):
            context.meta[WRITTEN] = True


@contextmanager
def output_failures() -> Iterator[None]:
    """Raise Failure if an output folder cannot be written."""
    from apiscribe.workspace.output_dir import OutputDirError

    try:
        yield
    except OutputDirError as error:
        raise Failure(str(error)) from error
