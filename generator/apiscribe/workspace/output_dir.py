"""The output folder of an API: written whole or not at all, and nothing outside it.

`manifest.json` lists what was written, so that a file which is no longer an output can be told
from one that somebody else put there.
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

MANIFEST = "manifest.json"


class OutputDirError(Exception):
    """The folder cannot be written; nothing was."""


@dataclass(frozen=True)
class Changes:
    """What differs between a folder and the outputs, as sorted paths; of `total` files."""

    written: tuple[str, ...]
    deleted: tuple[str, ...]
    total: int

    def __bool__(self) -> bool:
        return bool(self.written or self.deleted)


class OutputDir:
    """The folder that one API's outputs go to."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._folders: set[str] = set()  # that were looked at
        self._made: set[str] = set()

    def untracked(self) -> list[str]:
        """The sorted paths of the files in the folder that were not written here."""
        found = {
            file.relative_to(self.root).as_posix()
            for file in self.root.rglob("*")
            if file.is_symlink() or not file.is_dir()
        }
        return sorted(found - self.listed() - {MANIFEST})

    def write(self, outputs: Mapping[str, bytes]) -> Changes:
        """Make the folder hold the outputs; files that differ in nothing are not touched."""
        with self.transaction(outputs.items()) as staged:
            staged.commit()
            return staged.changes

    @contextmanager
    def transaction(
        self, outputs: Iterable[tuple[str, bytes]], keep: bool = True
    ) -> Iterator[Transaction]:
        """The outputs beside their places, path and content, as they come: those that differ from
        what is there. `commit` makes the folder hold them; without it, all is as it was. Without
        `keep`, it is only told what would change. Raises OutputDirError for a path that
        would leave the folder.
        """
        self._folders.clear()
        made = [folder for folder in (self.root, *self.root.parents) if not folder.exists()]
        staged = Transaction(self, keep)
        try:
            staged.stage(outputs)
            yield staged
        finally:
            staged.discard()
            for folder in made:
                with suppress(OSError):  # it is not empty, or was not made
                    folder.rmdir()

    def read(self, path: str) -> bytes | None:
        """What stands at a path; None where nothing does."""
        file = self.place_of(path)
        try:
            with open(file, "rb") as opened:
                return opened.read()
        except FileNotFoundError:
            return None

    def listed(self) -> set[str]:
        """The paths in the manifest; none where there is no manifest that can be read."""
        try:
            listed = json.loads((self.root / MANIFEST).read_text("utf-8"))["files"]
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return set()
        paths = listed if isinstance(listed, list) else []
        return {path for path in paths if isinstance(path, str) and _is_plain(path)}

    def place_of(self, path: str) -> Path:
        """The file at a path, if no part of it leaves the folder, by `..` or by a link."""
        parts = path.split("/")
        if not all(parts) or any(part in (".", "..") or "\\" in part for part in parts):
            raise OutputDirError(f"{path!r} leaves the output folder")
        file = str(self.root)
        self._check_folder(file)
        for part in parts[:-1]:
            file = os.path.join(file, part)
            self._check_folder(file)
        file = os.path.join(file, parts[-1])
        if stat.S_ISDIR(_mode(file)):
            raise OutputDirError(f"{file} is in the way: it should be a file")
        return Path(file)

    def forget_folders(self) -> None:
        """Look at every folder anew from here on."""
        self._folders.clear()
        self._made.clear()

    def make_folder_of(self, file: Path) -> None:
        """Make the folder that a file is to stand in, where it is not there."""
        folder = os.path.dirname(file)
        if folder not in self._made:
            os.makedirs(folder, exist_ok=True)
            self._made.add(folder)

    def _check_folder(self, folder: str) -> None:
        """Raise OutputDirError if a folder is none. One that is not there yet is as good."""
        if folder not in self._folders:
            mode = _mode(folder)
            if mode and not stat.S_ISDIR(mode):
                raise OutputDirError(f"{folder} is in the way: it should be a folder")
            self._folders.add(folder)

    def remove_empty_folders(self, path: str) -> None:
        """Remove the folders that held a path and nothing else."""
        for folder in self.place_of(path).parents:
            if folder == self.root or not folder.is_dir() or any(folder.iterdir()):
                break
            folder.rmdir()


class Transaction:
    """Outputs that differ from what is in a folder; if they are kept, they lie beside it."""

    def __init__(self, tree: OutputDir, keep: bool) -> None:
        self._tree, self._keep = tree, keep
        self._folder: Path | None = None
        # Path of an output → the file beside its place that holds what is new, and what was there.
        self._new: dict[str, str] = {}
        self._old: dict[str, str] = {}
        self.changes = Changes((), (), 0)

    def stage(self, outputs: Iterable[tuple[str, bytes]]) -> None:
        """Compare outputs with what is there, one by one, and put down those that differ."""
        paths, written = [], []
        for path, content in outputs:
            paths.append(path)
            if self._differs(path, content):
                written.append(path)
        if self._differs(MANIFEST, _manifest(paths)):
            written.append(MANIFEST)
        unlisted = self._tree.listed() - {*paths, MANIFEST}
        deleted = (path for path in unlisted if self._tree.read(path) is not None)
        self.changes = Changes(tuple(sorted(written)), tuple(sorted(deleted)), len(paths) + 1)

    def _differs(self, path: str, content: bytes) -> bool:
        if self._tree.read(path) == content:
            return False
        if self._keep:
            self._new[path] = self._beside("new", len(self._new))
            with open(self._new[path], "wb") as opened:
                opened.write(content)
        return True

    def _beside(self, kind: str, number: int) -> str:
        """A file in a folder beside the places of the outputs, so that to move it is one step."""
        if self._folder is None:
            root = self._tree.root
            root.mkdir(parents=True, exist_ok=True)
            self._folder = Path(tempfile.mkdtemp(prefix=".apiscribe-", dir=root))
        return os.path.join(self._folder, f"{kind}{number}")

    def discard(self) -> None:
        """Remove what lies beside the folder."""
        if self._folder:
            shutil.rmtree(self._folder)
            self._folder = None

    def commit(self) -> None:
        """Put each output in its place; where one cannot be put there, what was replaced before is
        put back.
        """
        if not self.changes:
            return
        self._tree.forget_folders()
        # The manifest last: until then it lists what an interrupted write would leave behind.
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
            self._tree.remove_empty_folders(path)

    def _exchange(self, path: str) -> None:
        """Move a file out of its place, and the new one, if there is one, into it."""
        target = self._tree.place_of(path)
        old = self._beside("old", len(self._old))
        with suppress(FileNotFoundError):
            os.replace(target, old)
            self._old[path] = old
        if path in self._new:
            self._tree.make_folder_of(target)
            os.replace(self._new[path], target)

    def _restore(self, path: str) -> None:
        target = self._tree.place_of(path)
        target.unlink(missing_ok=True)
        if path in self._old:
            os.replace(self._old[path], target)


def _mode(path: str) -> int:
    """What stands at a path; 0 for nothing. Raises OutputDirError for a link."""
    try:
        mode = os.lstat(path).st_mode
    except FileNotFoundError:
        return 0
    if stat.S_ISLNK(mode):
        raise OutputDirError(f"{path} is a link; outputs are not written through links")
    return mode


def write_file(file: Path, content: bytes) -> None:
    """Make a file hold the content, whole or not at all."""
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
    """Add files to a folder that may hold others: all or none, and none that stands is touched.

    Raises OutputDirError where one stands already.
    """
    done: list[Path] = []
    try:
        for path, content in files.items():
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("xb") as opened:
                done.append(file)
                opened.write(content)
    except BaseException as error:
        for file in done:
            file.unlink(missing_ok=True)
        if isinstance(error, FileExistsError):
            raise OutputDirError(f"{error.filename} stands already") from error
        raise


def _is_plain(path: str) -> bool:
    """Whether a path is spelled as outputs are: `a//b` and `./a` are other files' names."""
    return PurePosixPath(path).as_posix() == path and path not in ("", ".")


def _manifest(outputs: Iterable[str]) -> bytes:
    about = "What apiscribe wrote here. A file that is not listed is left alone."
    return (json.dumps({"about": about, "files": sorted(outputs)}, indent=1) + "\n").encode()
