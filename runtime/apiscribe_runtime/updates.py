"""New versions of an API for a server that runs, such as those of pages that change.

The ports, the connections and the store of the server stay. A call in progress ends with the
version that it began with.
"""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Protocol

from .registry import Api

_LONGEST_STOP = 5.0  # seconds


class Updates(Protocol):
    """A source of versions. `run` is called in a thread of its own."""

    def run(self, replace: Callable[[Api], None]) -> None:
        """Call `replace` with each version until `stop` is called. It raises the errors of a start,
        such as ValueError for a handler without a method; then the server keeps the version before.
        """

    def stop(self) -> None:
        """End `run`."""


@asynccontextmanager
async def following(
    updates: Updates | None, replace: Callable[[Api], Awaitable[None]]
) -> AsyncIterator[None]:
    """Replace the API by each version within a block."""
    if updates is None:
        yield
        return
    loop = asyncio.get_running_loop()

    async def replace_and_forget(api: Api) -> None:
        await replace(api)
        _clear_caches()

    def wait(api: Api) -> None:
        asyncio.run_coroutine_threadsafe(replace_and_forget(api), loop).result()

    thread = threading.Thread(target=updates.run, args=(wait,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        updates.stop()
        await asyncio.to_thread(thread.join, _LONGEST_STOP)


def _clear_caches() -> None:
    """Forget what functions of the runtime have cached for declarations of older versions."""
    for name in [name for name in sys.modules if name.startswith(f"{__package__}.")]:
        for value in list(vars(sys.modules[name]).values()):
            if clear := getattr(value, "cache_clear", None):
                clear()
