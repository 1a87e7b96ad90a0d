"""Results that are dear to make, kept between runs in the user's cache folder.

An entry is named by the content that it was made of and by what made it, so none is ever stale.
The folder may be deleted at any time, and any number of builds may use it at once.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

_UNUSED = 30 * 24 * 3600  # seconds after which an entry that nobody asked for is deleted
_BETWEEN_SWEEPS = 24 * 3600
_DIGEST = 32  # bytes of a checksum, which stands before the content


class Cache:
    """Entries of one kind. `made_by` tells what makes them, with its version and its settings."""

    def __init__(self, kind: str, made_by: str) -> None:
        from platformdirs import user_cache_path

        self._folder = user_cache_path("apiscribe", appauthor=False) / kind
        self._made_by = made_by.encode()

    def remembered(self, content: str, make: Callable[[str], str]) -> str:
        """What `make` makes of the content: now, or when it was asked for before."""
        name = sha256(self._made_by + b"\0" + content.encode()).hexdigest()
        file = self._folder / name[:2] / name[2:]
        found = _read(file)
        if found is None:
            found = make(content)
            # A folder that cannot be written costs time, and nothing else.
            with suppress(OSError):
                _write(file, found.encode())
                self._sweep()
        return found

    def _sweep(self) -> None:
        """Delete what nobody has asked for in a month; once a day."""
        swept, now = self._folder / "swept", time.time()
        if swept.is_file() and now - swept.stat().st_mtime < _BETWEEN_SWEEPS:
            return
        swept.touch()
        for file in self._folder.glob("??/*"):
            if now - file.stat().st_mtime > _UNUSED:
                file.unlink(missing_ok=True)


def _read(file: Path) -> str | None:
    """The content of an entry; None where there is none, or it is not as it was written."""
    try:
        entry = file.read_bytes()
        os.utime(file)
    except OSError:
        return None
    digest, content = entry[:_DIGEST], entry[_DIGEST:]
    return content.decode() if sha256(content).digest() == digest else None


def _write(file: Path, content: bytes) -> None:
    """Write an entry whole, or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as half:
        half.write(sha256(content).digest() + content)
    os.replace(half.name, file)
