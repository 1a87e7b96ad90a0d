"""The file of a SQLite store, which may be deleted or replaced while the server runs.

SQLite then goes on with the file that has no name any more: what it stores is lost. The server
stores nothing in it, and reports itself as unhealthy.
"""

from __future__ import annotations

import os


class StoreFileError(Exception):
    """The file of the store is gone, or is another one."""


class StoreFile:
    """The file at a path, as it was when the server opened it."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._identity: tuple[int, int] | None = None

    def remember(self) -> None:
        """Remember which file it is, at the first connection."""
        self._identity = self._identity or self._current()

    def check(self) -> None:
        """Raise StoreFileError if the file is not the one of the first connection."""
        if not self.is_present():
            raise StoreFileError(f"{self._path} was deleted or replaced")

    def is_present(self) -> bool:
        """Return whether the file of the first connection is at its path."""
        return self._identity is None or self._identity == self._current()

    def _current(self) -> tuple[int, int] | None:
        try:
            state = os.stat(self._path)
        except OSError:
            return None
        return state.st_dev, state.st_ino
