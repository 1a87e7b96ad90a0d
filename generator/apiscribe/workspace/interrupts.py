"""Ctrl-C: parts of a run that it does not interrupt."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def interrupts_held() -> Iterator[None]:
    """Hold SIGINT back; it arrives at the end of the block. Child processes never receive it."""
    if not hasattr(signal, "pthread_sigmask") or not _is_main_thread():
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _is_main_thread() -> bool:
    """Return whether this is the thread that Python interrupts."""
    return threading.current_thread() is threading.main_thread()
