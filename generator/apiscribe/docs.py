"""Writes Apis as documentation pages: a spec for each, in a folder of its own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from apiscribe.emit.docs import emit_docs
from apiscribe.ir import Api
from apiscribe.output_folder import Changes, Tree, TreeError


def write_docs(apis: Sequence[Api], form: str, out: Path) -> list[tuple[Path, Changes]]:
    """The folder of each Api, and which of its files were written.

    Raises TreeError, and writes nothing, where a folder holds what was not written here: a page
    among it would be read with the others.
    """
    wanted = {
        out / api.name: {output.path: output.content for output in emit_docs(api, form)}
        for api in apis
    }
    for folder in wanted:
        if strangers := Tree(folder).strangers():
            raise TreeError(f"{folder / strangers[0]} was not written by this command")
    return [(folder, Tree(folder).write(files)) for folder, files in wanted.items()]
