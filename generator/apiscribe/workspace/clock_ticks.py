"""Ticks of file systems' clocks: two changes in one may leave a file the same state.

It imports only what Python itself has loaded, for `kept_runs`.
"""

from __future__ import annotations

import os

# Nanoseconds: of file systems with whole seconds, such as FAT, and of the others, which take the
# time of the kernel's last tick.
_COARSE, _FINE = 2_000_000_000, 50_000_000


def may_change_unnoticed(state: os.stat_result, moment: int) -> bool:
    """Return whether a change after a moment, in nanoseconds, may leave the size and the times of a
    file as they are: its last change may be in the same tick.
    """
    is_coarse = state.st_mtime_ns % 10_000_000 == 0
    changed = max(state.st_mtime_ns, state.st_ctime_ns)
    return changed >= moment - (_COARSE if is_coarse else _FINE)
