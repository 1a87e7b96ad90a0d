"""A project for a service, made of specs: what `apiscribe new` writes."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from apiscribe.build import Reading, missing, outputs, read
from apiscribe.handlers.answers import AnswersError
from apiscribe.new.project import project_files
from apiscribe.new.spec_copy import spec_files
from apiscribe.output_folder import Tree, TreeError, add_files

__all__ = ["ProjectError", "new_project"]

# The project has modules of these names itself.
_TAKEN_NAMES = frozenset({"conftest", "handlers", "pytest", "serving"})


class ProjectError(Exception):
    """A project that cannot be made; nothing was written."""


def new_project(folder: Path, readings: Sequence[Reading]) -> None:
    """Make a project for the APIs of specs in the folder, which must be empty or not exist.

    All or nothing. Raises ProjectError, and OSError.
    """
    check_folder(folder)
    for reading in readings:
        if folder.resolve().is_relative_to(reading.spec.folder.resolve()):
            place = reading.spec.folder
            raise ProjectError(f"{folder} lies in {place}, which is to be copied into it")
        if reading.spec.name in _TAKEN_NAMES:
            raise ProjectError(
                f"an API named {reading.spec.name} would hide a module of the project;"
                f" state another `name` in {reading.spec.folder / 'spec.toml'}"
            )
    made = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(prefix=".apiscribe-", dir=folder) as staged:
            _write(Path(staged), readings)
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


def _write(folder: Path, readings: Sequence[Reading]) -> None:
    apis = []
    for reading in readings:
        copy = folder / "specs" / reading.spec.name
        try:
            add_files(folder, spec_files(reading))
            # What is generated is what `apiscribe build` makes of the copy.
            again = read(copy)
            found = {output.path: output.content for output in outputs(again)}
            if again.failed or not found:
                raise ProjectError(f"{again.report.at('error')[0].message}; nothing was written")
            Tree(folder / "generated" / again.spec.name).write(found)
            add_files(folder / "handlers" / again.spec.name, missing(again))
        except (AnswersError, TreeError) as error:
            raise ProjectError(str(error)) from error
        apis.append(again.api)
    add_files(folder, project_files(apis))


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
