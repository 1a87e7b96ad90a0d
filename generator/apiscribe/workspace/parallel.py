"""The same work on many things, on all processors at once.

Processes are forked, so that they have all that was read so far; where a platform cannot fork, and
where a thread of the caller's might hold a lock, one process does all.
"""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")

# To start processes takes as long as to work through so many bytes.
_WORTH_IT = 150_000
# Shares for each process: many, for some things take longer than others.
_SHARES = 8

# What the processes are forked to do: neither function nor things need be sent to them.
_work: tuple[Callable[[Any], Any], Sequence[Any]] | None = None


def mapped(function: Callable[[T], R], things: Sequence[T], size: int) -> Iterator[R]:
    """What the function makes of each thing, in their order. `size`: of all things, in bytes.
    Results must be picklable.
    """
    global _work
    workers = min(processors(), len(things))
    if workers < 2 or size < _WORTH_IT or not hasattr(os, "fork") or threading.active_count() > 1:
        yield from map(function, things)
        return
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    _work = function, things
    # What there is stays: a process that looked through it would have to copy it.
    gc.freeze()
    try:
        with ProcessPoolExecutor(workers, multiprocessing.get_context("fork")) as pool:
            share = 1 + len(things) // (workers * _SHARES)
            yield from pool.map(_nth, range(len(things)), chunksize=share)
    finally:
        gc.unfreeze()
        _work = None


def _nth(index: int) -> Any:
    assert _work is not None
    function, things = _work
    return function(things[index])


def batches(things: Iterable[T], size: int) -> Iterator[list[T]]:
    """The things in lists of so many, so that not all of them need be held at once."""
    ahead = iter(things)
    while batch := list(islice(ahead, size)):
        yield batch


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
