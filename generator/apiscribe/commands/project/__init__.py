"""A project for a service, made of specs: what `apiscribe new` writes."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from apiscribe.commands.project.project import project_files
from apiscribe.commands.project.spec_copy import spec_files
from apiscribe.emit import Output, emit_sorted
from apiscribe.emit.handlers.answers import AnswersError
from apiscribe.emit.handlers.stubs import missing_stubs
from apiscribe.sources.compilation import Compilation, compile_folder
from apiscribe.workspace.output_dir import OutputDir, OutputDirError, add_files

__all__ = ["ProjectError", "new_project"]

# The project has modules of these names itself.
_TAKEN_NAMES = frozenset({"conftest", "handlers", "pytest", "serving"})


class ProjectError(Exception):
    """A project that cannot be made; nothing was written."""


def new_project(folder: Path, compilations: Sequence[Compilation]) -> None:
    """Make a project for the APIs of specs in the folder, which must be empty or not exist.

    All or nothing. Raises ProjectError, and OSError.
    """
    check_folder(folder)
    for compilation in compilations:
        if folder.resolve().is_relative_to(compilation.spec.folder.resolve()):
            place = compilation.spec.folder
            raise ProjectError(f"{folder} lies in {place}, which is to be copied into it")
        if compilation.spec.name in _TAKEN_NAMES:
            raise ProjectError(
                f"an API named {compilation.spec.name} would hide a module of the project;"
                f" state another `name` in {compilation.spec.folder / 'spec.toml'}"
            )
    made = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(prefix=".apiscribe-", dir=folder) as staged:
            _write(Path(staged), compilations)
            _move(Path(staged), folder)
    except BaseException:
        if made:
            folder.rmdir()
        raise


def check_folder(folder: Path) -> None:
    """Raise ProjectError where the folder is none, or holds something."""
    if folder.exists() and not folder.is_dir():
        raise ProjectError(f"{folder} is no folder")
    found = sorted(entry.name for entry in folder.iterdir()) if folder.exists() else []
    if found:
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        raise ProjectError(f"{folder} is not empty: it holds {found[0]!r}{more}")


def _write(folder: Path, compilations: Sequence[Compilation]) -> None:
    apis = []
    for compilation in compilations:
        copy = folder / "specs" / compilation.spec.name
        try:
            add_files(folder, spec_files(compilation))
            # What is generated is what `apiscribe build` makes of the copy.
            again = compile_folder(copy)
            outputs = _contents(emit_sorted(again.api, again.report))
            if again.failed or not outputs:
                raise ProjectError(f"{again.report.at('error')[0].message}; nothing was written")
            OutputDir(folder / "generated" / again.spec.name).write(outputs)
            if handlers := again.spec.handlers:
                stubs = missing_stubs(again.api, handlers.files, handlers.methods)
                add_files(folder / "handlers" / again.spec.name, _contents(stubs))
        except (AnswersError, OutputDirError) as error:
            raise ProjectError(str(error)) from error
        apis.append(again.api)
    add_files(folder, project_files(apis))


def _contents(outputs: Sequence[Output]) -> dict[str, bytes]:
    return {output.path: output.content for output in outputs}


def _move(staged: Path, folder: Path) -> None:
    """Move all that is staged into the folder; what has been moved is taken back on failure."""
    done: list[str] = []
    try:
        for name in sorted(entry.name for entry in staged.iterdir()):
            os.rename(staged / name, folder / name)
            done.append(name)
    except BaseException:
        for name in done:
            os.rename(folder / name, staged / name)
        raise
