"""Writes Apis as documentation pages: a spec for each, in a folder of its own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from apiscribe.emit.pages import emit_docs
from apiscribe.model.api import Api
from apiscribe.workspace.output_dir import Changes, OutputDir, OutputDirError


def write_docs(apis: Sequence[Api], form: str, out: Path) -> list[tuple[Path, Changes]]:
    """The folder of each Api, and which of its files were written.

    Raises OutputDirError, and writes nothing, where a folder holds a file that was not written
    here: a page among them would be read with the others.
    """
    wanted = {
        out / api.name: {output.path: output.content for output in emit_docs(api, form)}
        for api in apis
    }
    for folder in wanted:
        if strangers := OutputDir(folder).untracked():
            raise OutputDirError(f"{folder / strangers[0]} was not written by this command")
    return [(folder, OutputDir(folder).write(files)) for folder, files in wanted.items()]
