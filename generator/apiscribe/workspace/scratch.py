"""Temporary folders, in memory where there is room: a disk takes longer to remove files than
programs to read them.
"""

from __future__ import annotations

import os
import tempfile

_MEMORY = "/dev/shm"  # noqa: S108  # the folder of Linux; the one in it is the process's own
# The least free space, as a multiple of what is needed: others write there as well.
_ROOM = 8


def scratch_folder(size: int) -> tempfile.TemporaryDirectory[str]:
    """Return a new folder for files of some bytes altogether; leaving its context removes it."""
    return tempfile.TemporaryDirectory(
        prefix="apiscribe-", dir=_MEMORY if _has_room(size) else None
    )


def _has_room(size: int) -> bool:
    try:
        found = os.statvfs(_MEMORY)
    except (AttributeError, OSError):  # another system
        return False
    is_open = os.access(_MEMORY, os.W_OK | os.X_OK)
    # A user's own folder for temporary files may be in memory, or encrypted.
    return is_open and "TMPDIR" not in os.environ and found.f_bavail * found.f_frsize > _ROOM * size
