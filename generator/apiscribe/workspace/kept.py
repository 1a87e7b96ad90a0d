"""What a process keeps in memory while it watches files: contents, and results of its steps.

Nothing is kept unless a `Kept` is in force. A result depends on its key alone, so results with it
are those without it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from apiscribe.workspace.clock_ticks import may_change_unnoticed

T = TypeVar("T")


class Kept:
    """Results by key, until `forget` finds that they were not used since the last time."""

    def __init__(self) -> None:
        self._last: dict[Hashable, Any] = {}
        self._used: dict[Hashable, Any] = {}

    @contextmanager
    def in_force(self) -> Iterator[None]:
        """Keep the results of a block, and use those that are kept."""
        token = _IN_FORCE.set(self)
        try:
            yield
        finally:
            _IN_FORCE.reset(token)

    def forget(self) -> None:
        """Forget the results that were not used since the last call."""
        self._last, self._used = self._used, {}

    def get(self, key: Hashable) -> Any:
        """Return the result of a key; None if there is none."""
        if key in self._used:
            return self._used[key]
        result = self._last.get(key)
        if result is not None:
            self._used[key] = result
        return result

    def put(self, key: Hashable, result: object) -> None:
        """Keep the result of a key."""
        self._used[key] = result


_IN_FORCE: ContextVar[Kept | None] = ContextVar("kept", default=None)


def kept_in_force() -> Kept | None:
    """Return what keeps results now; None if nothing does."""
    return _IN_FORCE.get()


def remembered(key: Hashable, compute: Callable[[], T]) -> T:
    """Return the result of a key, which is computed if it is not kept."""
    kept = _IN_FORCE.get()
    if kept is None:
        return compute()
    if (result := kept.get(key)) is None:
        result = compute()
        kept.put(key, result)
    return result  # type: ignore[no-any-return]  # results of one kind of keys are of one type


def unchanged_content(file: str, most: int, read: Callable[[], bytes]) -> bytes:
    """Return the content of a file, which is read again if its number, size or times differ, or the
    most bytes that it may have.
    """
    kept = _IN_FORCE.get()
    if kept is None:
        return read()
    status = os.stat(file)
    times = status.st_mtime_ns, status.st_ctime_ns
    key = ("file", file, most, status.st_dev, status.st_ino, status.st_size, *times)
    if (content := kept.get(key)) is None:
        started = time.time_ns()
        content = read()
        if not may_change_unnoticed(status, started):
            kept.put(key, content)
    return content  # type: ignore[no-any-return]
