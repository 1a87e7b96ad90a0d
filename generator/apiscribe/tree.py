"""The output folder of an API: written whole or not at all, and nothing outside it.

`manifest.json` lists what was written, so that a file which is no longer an output can be told
from one that somebody else put there.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

MANIFEST = "manifest.json"


class TreeError(Exception):
    """The folder cannot be written; nothing was."""


@dataclass(frozen=True)
class Changes:
    """What differs between a folder and the outputs, as sorted paths."""

    written: tuple[str, ...]
    deleted: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.written or self.deleted)


class Tree:
    """The folder that one API's outputs go to."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def compare(self, outputs: Mapping[str, bytes]) -> Changes:
        """What `write` would change. Raises TreeError for a path that would leave the folder."""
        wanted = {**outputs, MANIFEST: _manifest(outputs)}
        written = [path for path, content in wanted.items() if self._read(path) != content]
        deleted = [path for path in self._listed() - wanted.keys() if self._read(path) is not None]
        return Changes(tuple(sorted(written)), tuple(sorted(deleted)))

    def write(self, outputs: Mapping[str, bytes]) -> Changes:
        """Make the folder hold the outputs; files that differ in nothing are not touched.

        All new content lies beside its place before the first file is replaced.
        """
        changes = self.compare(outputs)
        wanted = {**outputs, MANIFEST: _manifest(outputs)}
        self.root.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".apiscribe-", dir=self.root) as folder:
            staged = Path(folder)
            for index, path in enumerate(changes.written):
                (staged / str(index)).write_bytes(wanted[path])
            for index, path in enumerate(changes.written):
                target = self._inside(path)
                target.parent.mkdir(parents=True, exist_ok=True)
                os.replace(staged / str(index), target)
        for path in changes.deleted:
            self._delete(self._inside(path))
        return changes

    def _read(self, path: str) -> bytes | None:
        file = self._inside(path)
        return file.read_bytes() if file.is_file() else None

    def _listed(self) -> set[str]:
        """The paths in the manifest; none where there is no manifest that can be read."""
        try:
            listed = json.loads((self.root / MANIFEST).read_text("utf-8"))["files"]
            return {path for path in listed if isinstance(path, str)}
        except (OSError, ValueError, KeyError, TypeError):
            return set()

    def _inside(self, path: str) -> Path:
        """The file at a path, if no part of it leaves the folder, by `..` or by a link."""
        parts = PurePosixPath(path).parts
        if not parts or any(part in ("..", "/") or "\\" in part for part in parts):
            raise TreeError(f"{path!r} leaves the output folder")
        file = self.root
        for part in parts:
            file = file / part
            if file.is_symlink():
                raise TreeError(f"{file} is a link; outputs are not written through links")
        return file

    def _delete(self, file: Path) -> None:
        file.unlink()
        for folder in file.parents:
            if folder == self.root or any(folder.iterdir()):
                break
            folder.rmdir()


def _manifest(outputs: Iterable[str]) -> bytes:
    about = "What apiscribe wrote here. A file that is not listed is left alone."
    return (json.dumps({"about": about, "files": sorted(outputs)}, indent=1) + "\n").encode()
