"""A parallel `map` over all processors.

Worker processes are forked, so that they inherit everything loaded so far. On a platform without
fork, and in a process with threads (one might hold a lock), the work runs in the calling process.
"""

from __future__ import annotations

import gc
import mmap
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from apiscribe.workspace.interrupts import interrupts_held

T = TypeVar("T")
R = TypeVar("R")

# Bytes of input below which starting the processes takes longer than the work.
_MIN_BYTES = 150_000
# Chunks for each process: several, because some items take longer than others.
_CHUNKS = 8

# The function, its items, and a byte that stops the work. Forked processes inherit them, so that
# nothing has to be pickled.
_work: tuple[Callable[[Any], Any], Sequence[Any], mmap.mmap] | None = None


def mapped(function: Callable[[T], R], items: Sequence[T], size: int) -> Iterator[R]:
    """Yield the function's result for each item, in order; results must be picklable.

    `size` is the size of all items in bytes.
    """
    global _work
    workers = min(processors(), len(items))
    if workers < 2 or size < _MIN_BYTES or not hasattr(os, "fork") or threading.active_count() > 1:
        yield from map(function, items)
        return
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    stop = mmap.mmap(-1, 1)  # shared memory
    _work = function, items, stop
    # Garbage collection in a forked process would copy the inherited memory.
    gc.freeze()
    try:
        with ProcessPoolExecutor(workers, multiprocessing.get_context("fork")) as pool:
            size_of_chunk = 1 + len(items) // (workers * _CHUNKS)
            starts = range(0, len(items), size_of_chunk)
            try:
                # Workers inherit the mask: Ctrl-C reaches all processes of a terminal, and a
                # worker that it stops may hold the lock of a queue.
                with interrupts_held():
                    chunks = deque(
                        pool.submit(_process_chunk, start, start + size_of_chunk)
                        for start in starts
                    )
                while chunks:
                    yield from chunks.popleft().result()
            except BaseException:  # also GeneratorExit, of an interrupt in the caller
                # Not `terminate`: the pool would wait for the rest of a result that a worker was
                # writing.
                stop[0] = 1
                raise
    finally:
        gc.unfreeze()
        _work = None


def _process_chunk(start: int, end: int) -> list[Any]:
    assert _work is not None
    function, items, stop = _work
    return [function(item) for item in items[start:end] if not stop[0]]


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield the items in lists of at most `size`, so that only one list is in memory."""
    remaining = iter(items)
    while batch := list(islice(remaining, size)):
        yield batch


def processors() -> int:
    """Return the number of processors available to this process."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
