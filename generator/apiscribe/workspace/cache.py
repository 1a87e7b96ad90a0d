"""Expensive results, kept between runs in the user's cache folder.

The name of an entry hashes its input and the code that computes it, so that no entry is ever stale.
The folder may be deleted at any time, and any number of builds may use it at once.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

from apiscribe.workspace.cache_folder import cache_folder
from apiscribe.workspace.package_data import own_files

_SWEEP_INTERVAL = 3600  # seconds
_MAX_AGE = 30 * 24 * 3600  # seconds since an entry was last read or written
_MAX_BYTES = 256 * 2**20  # of all entries; the least recently used are deleted first
_DIGEST_SIZE = 32  # bytes of the checksum that precedes the content

# Libraries that influence the results.
_LIBRARIES = ("bs4", "grpc_tools", "jinja2", "markdown_it", "msgspec", "ruff", "yaml")


class Cache:
    """Results of one kind, by the content that they are computed from."""

    def __init__(self, kind: str) -> None:
        self._folder = Path(cache_folder())
        self._swept = False
        self._prefix = sha256(f"{kind}\0{_code_digest()}\0".encode())

    def get_or_compute(
        self, contents: Iterable[bytes], compute: Callable[[list[int]], Iterable[bytes]]
    ) -> Iterator[tuple[bytes, bool]]:
        """Yield the result for each content, and whether it was computed now.

        `compute` receives the indexes of the contents without an entry, and yields their results in
        that order.
        """
        names = [self.name_of(content) for content in contents]
        entries = [self.get(name) for name in names]
        computed = iter(compute([index for index, entry in enumerate(entries) if entry is None]))
        for index, name in enumerate(names):
            # Drop the reference: the caller may be done with a result before the last is yielded.
            entry, entries[index] = entries[index], None
            result = next(computed) if entry is None else entry
            if entry is None:
                self.put(name, result)
            yield result, entry is None
        next(computed, None)  # run a generator to its end

    def name_of(self, content: bytes) -> str:
        """Return the name of the entry for a content."""
        digest = self._prefix.copy()
        digest.update(content)
        return digest.hexdigest()

    def get(self, name: str) -> bytes | None:
        """Return an entry, or None if it is missing or damaged."""
        return _read(self._file(name))

    def put(self, name: str, result: bytes) -> None:
        """Store an entry; ignore an OSError, since the result can be computed again."""
        with suppress(OSError):
            _write(self._file(name), result)
            if not self._swept:
                self._swept = True
                _sweep(self._folder)

    def _file(self, name: str) -> str:
        return os.path.join(self._folder, name[:2], name[2:])


@cache
def _code_digest() -> str:
    """Hash this package's files and the versions of Python and the installed libraries."""
    digest = sha256(sys.version.encode())
    for file in own_files():
        digest.update(file.encode())
        with open(file, "rb") as opened:
            digest.update(opened.read())
    specs = filter(None, map(find_spec, _LIBRARIES))
    # A library is installed beside a folder named after its version.
    for folder in sorted({str(Path(spec.origin or "").parents[1]) for spec in specs}):
        versions = (name for name in os.listdir(folder) if name.endswith(".dist-info"))
        digest.update("\0".join(sorted(versions)).encode())
    return digest.hexdigest()


def _sweep(folder: Path) -> None:
    """Delete entries that are too old or exceed the total size, at most once an hour."""
    marker, now = folder / "swept", time.time()
    if marker.is_file() and now - marker.stat().st_mtime < _SWEEP_INTERVAL:
        return
    marker.touch()
    total = 0
    entries = [(file.stat(), file) for file in folder.glob("??/*")]
    for status, file in sorted(entries, key=lambda entry: entry[0].st_mtime, reverse=True):
        total += status.st_size
        if total > _MAX_BYTES or now - status.st_mtime > _MAX_AGE:
            file.unlink(missing_ok=True)


def _read(file: str) -> bytes | None:
    """Return the content of an entry, or None if it is missing or its checksum is wrong."""
    try:
        with open(file, "rb") as opened:
            entry = opened.read()
        os.utime(file)
    except OSError:
        return None
    digest, content = entry[:_DIGEST_SIZE], entry[_DIGEST_SIZE:]
    return content if sha256(content).digest() == digest else None


def _write(file: str, content: bytes) -> None:
    """Write an entry atomically."""
    temporary = f"{file}.{os.getpid()}"
    entry = sha256(content).digest() + content
    try:
        _write_bytes(temporary, entry)
    except FileNotFoundError:
        os.makedirs(os.path.dirname(file), exist_ok=True, mode=0o700)
        _write_bytes(temporary, entry)
    os.replace(temporary, file)


def _write_bytes(file: str, content: bytes) -> None:
    with open(file, "wb") as opened:
        opened.write(content)
