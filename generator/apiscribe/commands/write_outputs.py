"""The outputs and the lock of a compilation, written together or not at all.

`apiscribe build` and the Python API use this module. Outputs are staged first: a spec with an error
changes no file. The lock is written before the outputs, because a number that was published must
never be assigned again.
"""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from apiscribe.commands.read_back import check_lock
from apiscribe.emit import OutputError, emit
from apiscribe.model.lock import difference, lock_text
from apiscribe.model.outputs import chosen_outputs
from apiscribe.sources.compilation import Compilation
from apiscribe.sources.spec_folder import Spec
from apiscribe.workspace.output_dir import (
    Changes,
    OutputDir,
    OutputDirError,
    Transaction,
    write_file,
)


@dataclass(frozen=True, kw_only=True)
class LockChange:
    """The new text of a lock; how many numbers it assigns and reserves; whether it is the first."""

    file: Path
    text: str
    assigned: int
    reserved: int
    is_first: bool


class StagedOutputs:
    """The outputs of a compilation beside their folder, and the change of its lock, if any.

    `chosen` are the names of the outputs, and `changes` the files that differ. A dry run writes
    nothing.
    """

    def __init__(
        self,
        compilation: Compilation,
        folder: Path,
        chosen: frozenset[str],
        transaction: Transaction,
        dry_run: bool,
    ) -> None:
        self.compilation, self.folder, self.chosen = compilation, folder, chosen
        self.lock = _lock_change(compilation)
        self.changes = transaction.changes
        self._transaction, self._dry_run = transaction, dry_run

    def write_lock(self) -> None:
        """Write the lock if it has changed. Raise OutputDirError if it cannot be written."""
        if self.lock and not self._dry_run:
            write_lock(self.compilation.spec, self.lock.text)

    def write(self) -> None:
        """Move the outputs to their places: all, or none. Call `write_lock` first."""
        with self.compilation.profile.step("write") as counts:
            counts["files"] = 0 if self._dry_run else len(self.changes.written)
            if not self._dry_run:
                self._transaction.commit()


@contextmanager
def stage_outputs(
    compilation: Compilation,
    folder: Path,
    *,
    dry_run: bool = False,
    vendor_runtime: bool = False,
    only: Collection[str] = (),
) -> Iterator[StagedOutputs]:
    """Yield the outputs of a compilation, staged for a folder. With `vendor_runtime` or the setting
    of the spec, they include a copy of the runtime. `only` are the names of the wanted outputs;
    without it, those in the settings of the spec.

    Raises OutputError if the compilation has an error or if its outputs do not compile, and
    OutputDirError if the folder cannot be written. A dry run stages no file.
    """
    if errors := compilation.report.at("error"):
        first = errors[0]
        raise OutputError(f"{compilation.spec.name} has errors: {first.span}: {first.message}")
    settings = compilation.spec.settings
    chosen = chosen_outputs(only or settings.outputs.only)
    outputs = emit(
        compilation.api,
        compilation.report,
        compilation.profile,
        settings.openapi,
        vendor_runtime or settings.vendor_runtime,
        chosen,
    )
    contents = ((output.path, output.content) for output in outputs)
    with OutputDir(folder).transaction(contents, keep=not dry_run) as transaction:
        yield StagedOutputs(compilation, folder, chosen, transaction, dry_run)


def write_outputs(compilation: Compilation, folder: Path) -> Changes:
    """Write the lock of a spec, and its outputs into a folder; return the outputs that changed.

    Files of the folder that earlier builds wrote and this one does not are deleted; other files
    are left alone. Raises OutputError if the compilation has an error or if its outputs do not
    compile, and OutputDirError if the folder cannot be written; then no output has changed.
    """
    with stage_outputs(compilation, folder) as staged:
        staged.write_lock()
        staged.write()
        return staged.changes


def _lock_change(compilation: Compilation) -> LockChange | None:
    """Return the change of the lock, or None."""
    spec = compilation.spec
    text = lock_text(compilation.lock)
    source = spec.sources.get(spec.lock_name)
    if source and source.text == text:
        return None
    assigned, reserved = difference(spec.lock, compilation.lock)
    return LockChange(
        file=spec.shown_folder / spec.lock_name,
        text=text,
        assigned=assigned,
        reserved=reserved,
        is_first=source is None,
    )


def write_lock(spec: Spec, text: str) -> None:
    """Write the lock of a spec, beside its pages; not that of a revision. Raise OutputDirError if
    that is not possible.
    """
    if spec.revision:
        return
    file = spec.folder / spec.lock_name
    check_lock(spec.lock_name, text)
    try:
        write_file(file, text.encode())
    except OSError as error:
        pages = shlex.quote(str(spec.folder.resolve()))
        way_out = (
            f"build a copy of them: mkdir {spec.name}; cp -r {pages} {spec.name}/pages"
            if spec.is_bare
            else "build a copy of the spec"
        )
        raise OutputDirError(
            f"cannot write {file}, which keeps the numbers of the pages: {error.strerror}."
            f" If you cannot write to the folder of the pages, {way_out}"
        ) from error
