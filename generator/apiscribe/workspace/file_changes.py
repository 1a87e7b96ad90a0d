"""Waits for changes of files and folders, any of which may be missing, and may return.

watchfiles reports changes of what exists. Twice a second this module also looks whether a watched
path is still the same file or folder: a deleted, moved or replaced one reports nothing more.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Collection, Iterator
from pathlib import Path

# Milliseconds without another change, after which waiting ends: an editor that saves a file writes,
# renames and deletes within one or two.
_PAUSE = 20
_LONGEST = 500  # milliseconds of changes without a pause
_INTERVAL = 0.5  # seconds between two looks at the watched paths
_MOST_WAITS_FOR_GIT = 100
_WAIT_FOR_GIT = 0.02  # seconds

# Device and number of a file or folder; None if it is missing.
_Identity = tuple[int, int] | None


class FileChanges:
    """The changes below some paths, but not in the folders `without`."""

    def __init__(self, without: Collection[Path] = ()) -> None:
        """Watch nothing yet. Raise ModuleNotFoundError if watchfiles is not installed."""
        import watchfiles

        self._watch = watchfiles.watch
        self._without = tuple(f"{os.path.abspath(folder)}{os.sep}" for folder in without)
        self._watched: dict[Path, _Identity] = {}
        self._changes: Iterator[object] = iter(())
        self._stop = threading.Event()

    def stop(self) -> None:
        """End `wait`, from another thread."""
        self._stop.set()

    def wait(self, paths: Collection[Path]) -> bool:
        """Return True after a change below the paths since the last call, and False once stopped.
        The first call with other paths returns at once: from then on they are watched.
        """
        found = _identities(paths)
        if found != self._watched:
            self._watched, self._changes = found, self._open(found)
            # Opens the watch: what is written later is reported.
            return next(self._changes, None) is not None
        looked = time.monotonic()
        while not (changed := next(self._changes, None)):
            if changed is None:
                return False
            if time.monotonic() - looked > _INTERVAL:
                looked = time.monotonic()
                if _identities(paths) != self._watched:
                    break
        for path in paths:
            _wait_for_git(path)
        return True

    def _open(self, paths: dict[Path, _Identity]) -> Iterator[object]:
        existing = [path for path, identity in paths.items() if identity]
        if not existing:
            return _ticks(self._stop)
        return self._watch(
            *existing,
            watch_filter=lambda _, path: self._matters(path),
            step=_PAUSE,
            debounce=_LONGEST,
            rust_timeout=_PAUSE,
            yield_on_timeout=True,
            raise_interrupt=True,
            ignore_permission_denied=True,
            stop_event=self._stop,
        )

    def _matters(self, path: str) -> bool:
        return f"{os.sep}.git{os.sep}" not in path and not path.startswith(self._without)


def _ticks(stop: threading.Event) -> Iterator[object]:
    """Yield nothing, as a watch without a change does."""
    while not stop.is_set():
        yield ()
        time.sleep(_PAUSE / 1000)


def _identities(paths: Collection[Path]) -> dict[Path, _Identity]:
    result: dict[Path, _Identity] = {}
    for path in paths:
        try:
            status = path.stat()
            result[path] = (status.st_dev, status.st_ino)
        except OSError:
            result[path] = None
    return result


def _wait_for_git(path: Path) -> None:
    """Wait until no git command changes the work tree of a path, for two seconds at most."""
    folders = (path.absolute(), *path.absolute().parents)
    repository = next((f / ".git" for f in folders if (f / ".git").exists()), None)
    if repository is None:
        return
    if repository.is_file():  # of a linked work tree: `gitdir: PATH`
        stated = repository.read_text("utf-8", "replace").removeprefix("gitdir:").strip()
        repository = repository.parent / stated
    for _ in range(_MOST_WAITS_FOR_GIT):
        if not (repository / "index.lock").exists():
            break
        time.sleep(_WAIT_FOR_GIT)
