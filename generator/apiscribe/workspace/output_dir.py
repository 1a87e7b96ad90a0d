"""The output folder of an API: written completely or not at all, and never a file outside it.

`manifest.json` lists the files that were written. An obsolete output is deleted; any other file in
the folder is left alone.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from apiscribe.workspace.kept import unchanged_content

MANIFEST = "manifest.json"


class OutputDirError(Exception):
    """The folder cannot be written; nothing was written."""


@dataclass(frozen=True)
class Changes:
    """The differences between a folder and the outputs, as sorted paths.

    `total` counts all outputs and the manifest.
    """

    written: tuple[str, ...]
    deleted: tuple[str, ...]
    total: int

    def __bool__(self) -> bool:
        return bool(self.written or self.deleted)


class OutputDir:
    """The folder for the outputs of one API."""

    def __init__(self, root: Path) -> None:
        self.root, self._root = root, str(root)
        self._checked: set[str] = set()  # folders, also missing ones
        self._created: set[str] = set()

    def untracked(self) -> list[str]:
        """Return the sorted paths of the files that are not in the manifest."""
        existing = {
            file.relative_to(self.root).as_posix()
            for file in self.root.rglob("*")
            if file.is_symlink() or not file.is_dir()
        }
        return sorted(existing - self.tracked() - {MANIFEST})

    def write(self, outputs: Mapping[str, bytes]) -> Changes:
        """Write the outputs, and delete obsolete ones; leave unchanged files untouched."""
        with self.transaction(outputs.items()) as transaction:
            transaction.commit()
            return transaction.changes

    @contextmanager
    def transaction(
        self, outputs: Iterable[tuple[str, bytes]], keep: bool = True
    ) -> Iterator[Transaction]:
        """Yield a transaction of the outputs (path, content) that differ from the folder.

        Its `commit` writes them; without `commit` the folder stays unchanged. With `keep=False` the
        transaction computes the changes only. Raise OutputDirError for a path outside the folder.
        """
        self._checked.clear()
        missing = [folder for folder in (self.root, *self.root.parents) if not folder.exists()]
        transaction = Transaction(self, keep)
        try:
            transaction.stage(outputs)
            yield transaction
        finally:
            transaction.discard()
            for folder in missing:
                with suppress(OSError):  # not empty, or never created
                    folder.rmdir()

    def read(self, path: str) -> bytes | None:
        """Return the content of a file, or None if it is missing."""
        file = self._checked_path(path)
        try:
            return unchanged_content(file, 0, lambda: _content(file))
        except FileNotFoundError:
            return None

    def tracked(self) -> set[str]:
        """Return the paths in the manifest, or an empty set if it is missing or malformed."""
        try:
            listed = json.loads((self.root / MANIFEST).read_text("utf-8"))["files"]
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return set()
        paths = listed if isinstance(listed, list) else []
        return {path for path in paths if isinstance(path, str) and _is_plain(path)}

    def resolve(self, path: str) -> Path:
        """Return the file at a path. Raise OutputDirError if `..` or a link leaves the folder."""
        return Path(self._checked_path(path))

    def _checked_path(self, path: str) -> str:
        # As text: a Path takes as long as reading a small file.
        between = f"/{path}/"
        if "\\" in path or any(part in between for part in ("//", "/./", "/../")):
            raise OutputDirError(f"{path!r} is outside the output folder")
        file = os.path.join(self._root, path)
        if os.path.dirname(file) not in self._checked:
            folder = self._root
            self._check_folder(folder)
            for part in path.split("/")[:-1]:
                folder = os.path.join(folder, part)
                self._check_folder(folder)
        if stat.S_ISDIR(_mode(file)):
            raise OutputDirError(f"{file} is a folder, expected a file; move it away")
        return file

    def forget_folders(self) -> None:
        """Check and create every folder again from now on."""
        self._checked.clear()
        self._created.clear()

    def create_parent(self, file: Path) -> None:
        """Create the folder of a file if it is missing."""
        folder = os.path.dirname(file)
        if folder not in self._created:
            os.makedirs(folder, exist_ok=True)
            self._created.add(folder)

    def _check_folder(self, folder: str) -> None:
        """Raise OutputDirError if the path exists and is not a folder."""
        if folder not in self._checked:
            mode = _mode(folder)
            if mode and not stat.S_ISDIR(mode):
                raise OutputDirError(f"{folder} is a file, expected a folder; move it away")
            self._checked.add(folder)

    def remove_empty_folders(self, path: str) -> None:
        """Remove the folders that became empty when a path was deleted."""
        for folder in self.resolve(path).parents:
            if folder == self.root or not folder.is_dir() or any(folder.iterdir()):
                break
            folder.rmdir()


class Transaction:
    """The outputs that differ from a folder, staged in a temporary folder inside it.

    Without `keep` nothing is staged.
    """

    def __init__(self, target: OutputDir, keep: bool) -> None:
        self._target, self._keep = target, keep
        self._folder: Path | None = None
        # Path of an output → the staged file with its new content, and with its old content.
        self._new: dict[str, str] = {}
        self._old: dict[str, str] = {}
        self.changes = Changes((), (), 0)

    def stage(self, outputs: Iterable[tuple[str, bytes]]) -> None:
        """Compare the outputs with the folder one by one, and stage those that differ."""
        paths, written = [], []
        for path, content in outputs:
            paths.append(path)
            if self._differs(path, content):
                written.append(path)
        if self._differs(MANIFEST, _manifest(paths)):
            written.append(MANIFEST)
        obsolete = self._target.tracked() - {*paths, MANIFEST}
        deleted = (path for path in obsolete if self._target.read(path) is not None)
        self.changes = Changes(tuple(sorted(written)), tuple(sorted(deleted)), len(paths) + 1)

    def _differs(self, path: str, content: bytes) -> bool:
        if self._target.read(path) == content:
            return False
        if self._keep:
            self._new[path] = self._staged_file("new", len(self._new))
            try:
                Path(self._new[path]).write_bytes(content)
            except OSError as error:
                error.filename = str(self._target.root / path)  # a full disk names none
                raise
        return True

    def _staged_file(self, kind: str, number: int) -> str:
        """Return the path of a staged file, on the outputs' file system: a rename is atomic."""
        if self._folder is None:
            root = self._target.root
            root.mkdir(parents=True, exist_ok=True)
            self._folder = Path(tempfile.mkdtemp(prefix=".apiscribe-", dir=root))
        return os.path.join(self._folder, f"{kind}{number}")

    def discard(self) -> None:
        """Remove the staged files."""
        if self._folder:
            shutil.rmtree(self._folder)
            self._folder = None

    def commit(self) -> None:
        """Move each output to its path; if one fails, restore the files that were replaced."""
        if not self.changes:
            return
        self._target.forget_folders()
        # The manifest goes last: until then it lists the files that an interrupted write leaves.
        written = sorted(self.changes.written, key=lambda path: path == MANIFEST)
        done: list[str] = []
        try:
            for path in (*self.changes.deleted, *written):
                done.append(path)
                self._exchange(path)
        except BaseException:
            for path in reversed(done):
                self._restore(path)
            raise
        for path in self.changes.deleted:
            self._target.remove_empty_folders(path)

    def _exchange(self, path: str) -> None:
        """Move a file away, and its new content, if any, to its path."""
        file = self._target.resolve(path)
        old = self._staged_file("old", len(self._old))
        with suppress(FileNotFoundError):
            os.replace(file, old)
            self._old[path] = old
        if path in self._new:
            self._target.create_parent(file)
            os.replace(self._new[path], file)

    def _restore(self, path: str) -> None:
        file = self._target.resolve(path)
        file.unlink(missing_ok=True)
        if path in self._old:
            os.replace(self._old[path], file)


def _content(file: str) -> bytes:
    with open(file, "rb") as opened:
        return opened.read()


def _mode(path: str) -> int:
    """Return the mode of a path, or 0 if nothing exists there. Raise OutputDirError for a link."""
    try:
        mode = os.lstat(path).st_mode
    except FileNotFoundError:
        return 0
    if stat.S_ISLNK(mode):
        raise OutputDirError(f"{path} is a link; outputs are not written through links")
    return mode


def write_file(file: Path, content: bytes) -> None:
    """Write a file atomically."""
    descriptor, staged = tempfile.mkstemp(prefix=f".{file.name}-", dir=file.parent)
    try:
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(content)
        os.chmod(staged, 0o644)
        os.replace(staged, file)
    except BaseException:
        os.unlink(staged)
        raise


def add_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Add new files to a folder, all or none. Raise OutputDirError if one of them exists."""
    created: list[Path] = []
    try:
        for path, content in files.items():
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("xb") as opened:
                created.append(file)
                opened.write(content)
    except BaseException as error:
        for file in created:
            file.unlink(missing_ok=True)
        if isinstance(error, FileExistsError):
            raise OutputDirError(f"{error.filename} already exists") from error
        raise


def _is_plain(path: str) -> bool:
    """Return whether a path is normalized: `a//b` and `./a` are not."""
    return PurePosixPath(path).as_posix() == path and path not in ("", ".")


def _manifest(outputs: Iterable[str]) -> bytes:
    about = "Files written by apiscribe. Files that are not listed are left alone."
    return (json.dumps({"about": about, "files": sorted(outputs)}, indent=1) + "\n").encode()
