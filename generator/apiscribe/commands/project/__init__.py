"""Create a project for a service from specs, as `apiscribe new` does."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from apiscribe.commands.project.project_files import project_files
from apiscribe.commands.project.spec_copy import spec_files
from apiscribe.commands.writing import writing
from apiscribe.emit import Output, emit_sorted
from apiscribe.emit.handlers.handler_stubs import missing_stubs
from apiscribe.model.outputs import chosen_outputs
from apiscribe.sources.compilation import Compilation, compile_folder
from apiscribe.workspace.output_dir import OutputDir, OutputDirError, add_files

__all__ = ["ProjectError", "new_project"]

# Names of the project's own modules.
_RESERVED_NAMES = frozenset({"conftest", "handlers", "pytest", "serving"})


class ProjectError(Exception):
    """The project cannot be created; nothing was written."""


def new_project(folder: Path, compilations: Sequence[Compilation], *, vendor_runtime: bool) -> None:
    """Create a project for the APIs of specs in a folder, which must be empty or missing.

    With `vendor_runtime` it holds a copy of the runtime, and else it requires the distribution.
    Write all files or none. Raise ProjectError or OSError.
    """
    check_folder(folder)
    for compilation in compilations:
        inside = folder.resolve().is_relative_to(compilation.spec.folder.resolve())
        if inside and not compilation.spec.is_page:
            raise ProjectError(
                f"{folder} is inside the spec {compilation.spec.folder}; choose a folder outside it"
            )
        if compilation.spec.name in _RESERVED_NAMES:
            raise ProjectError(
                f"the API {compilation.spec.name} has the name of a module of the project;"
                f" set another `name` in {compilation.spec.folder / 'spec.toml'}"
            )
        if "server" not in chosen_outputs(compilation.spec.settings.outputs.only):
            raise ProjectError(
                f"{compilation.spec.folder / 'spec.toml'} leaves the server out, which a project"
                " runs; add `server` to `only` under [outputs]"
            )
    is_new = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(prefix=".apiscribe-", dir=folder) as staged:
            _write(Path(staged), compilations, vendor_runtime)
            with writing():
                _move(Path(staged), folder)
    except BaseException:
        if is_new:
            folder.rmdir()
        raise


def check_folder(folder: Path) -> None:
    """Raise ProjectError if the folder is a file or not empty."""
    if folder.exists() and not folder.is_dir():
        raise ProjectError(f"{folder} is a file; choose a new folder")
    names = sorted(entry.name for entry in folder.iterdir()) if folder.exists() else []
    if names:
        more = f" and {len(names) - 1} more" if len(names) > 1 else ""
        raise ProjectError(
            f"{folder} is not empty: it holds {names[0]!r}{more}; choose a new folder"
        )


def _write(folder: Path, compilations: Sequence[Compilation], vendor_runtime: bool) -> None:
    apis = []
    for compilation in compilations:
        copy = folder / "specs" / compilation.spec.name
        try:
            add_files(folder, spec_files(compilation, vendor_runtime))
            # Compile the copy, so that the outputs are those of `apiscribe build` in the project.
            copied = compile_folder(copy)
            settings = copied.spec.settings
            chosen = chosen_outputs(settings.outputs.only)
            outputs = _contents(
                emit_sorted(copied.api, copied.report, settings.openapi, vendor_runtime, chosen)
            )
            if copied.failed or not outputs:
                raise ProjectError(f"{copied.report.at('error')[0].message}; nothing was written")
            OutputDir(folder / "generated" / copied.spec.name).write(outputs)
            if handlers := copied.spec.handlers:
                stubs = missing_stubs(copied.api, handlers.files, handlers.methods)
                add_files(folder / "handlers" / copied.spec.name, _contents(stubs))
        except OutputDirError as error:
            raise ProjectError(str(error)) from error
        apis.append(copied.api)
    add_files(folder, project_files(apis, vendor_runtime))


def _contents(outputs: Sequence[Output]) -> dict[str, bytes]:
    return {output.path: output.content for output in outputs}


def _move(staged: Path, folder: Path) -> None:
    """Move the staged files into the folder; on failure move them back."""
    moved: list[str] = []
    try:
        for name in sorted(entry.name for entry in staged.iterdir()):
            os.rename(staged / name, folder / name)
            moved.append(name)
    except BaseException:
        for name in moved:
            os.rename(folder / name, staged / name)
        raise
