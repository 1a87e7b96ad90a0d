"""Results that are dear to make, kept between runs in the user's cache folder.

An entry is named by the content that it was made of and by the code that made it, so none is ever
stale. The folder may be deleted at any time, and any number of builds may use it at once.
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

from apiscribe.workspace.package_data import own_files

_BETWEEN_SWEEPS = 3600  # seconds
_UNUSED = 30 * 24 * 3600  # seconds after which an entry that nobody asked for is deleted
_MOST_BYTES = 256 * 2**20  # of all entries; what was asked for last is kept
_DIGEST = 32  # bytes of a checksum, which stands before the content

# Libraries that have a part in what is kept.
_LIBRARIES = ("bs4", "grpc_tools", "jinja2", "markdown_it", "msgspec", "yaml")


class Cache:
    """Entries of one kind: content → what was made of it."""

    def __init__(self, kind: str) -> None:
        from platformdirs import user_cache_path

        self._folder = user_cache_path("apiscribe", appauthor=False)
        self._swept = False
        self._made_by = sha256(f"{kind}\0{_code()}\0".encode())

    def get_or_compute(
        self, contents: Iterable[bytes], make: Callable[[list[int]], Iterable[bytes]]
    ) -> Iterator[tuple[bytes, bool]]:
        """What was made of each content, and whether it was made now: `make` is given the numbers
        of those that there is nothing of yet, and makes these in order.
        """
        names = [self.name_of(content) for content in contents]
        found = [self.get(name) for name in names]
        made_now = iter(make([number for number, kept in enumerate(found) if kept is None]))
        for number, name in enumerate(names):
            # What is given is not held any longer.
            kept, found[number] = found[number], None
            made = next(made_now) if kept is None else kept
            if kept is None:
                self.put(name, made)
            yield made, kept is None
        next(made_now, None)  # whoever makes ends its work

    def name_of(self, content: bytes) -> str:
        """The name of the entry for a content."""
        digest = self._made_by.copy()
        digest.update(content)
        return digest.hexdigest()

    def get(self, name: str) -> bytes | None:
        """What was made in this run or another."""
        return _read(self._file(name))

    def put(self, name: str, made: bytes) -> None:
        """Keep what was made. Where that fails, it will be made again."""
        with suppress(OSError):
            _write(self._file(name), made)
            if not self._swept:
                self._swept = True
                _sweep(self._folder)

    def _file(self, name: str) -> str:
        return os.path.join(self._folder, name[:2], name[2:])


@cache
def _code() -> str:
    """What makes the entries: the bytes of this package, the releases of Python and libraries."""
    digest = sha256(sys.version.encode())
    for file in own_files():
        digest.update(file.encode())
        with open(file, "rb") as opened:
            digest.update(opened.read())
    specs = filter(None, map(find_spec, _LIBRARIES))
    # A library lies beside a folder that is named by its release.
    for folder in sorted({str(Path(spec.origin or "").parents[1]) for spec in specs}):
        releases = (name for name in os.listdir(folder) if name.endswith(".dist-info"))
        digest.update("\0".join(sorted(releases)).encode())
    return digest.hexdigest()


def _sweep(folder: Path) -> None:
    """Delete what was not asked for in a month, and the oldest of what is too much; at times."""
    swept, now = folder / "swept", time.time()
    if swept.is_file() and now - swept.stat().st_mtime < _BETWEEN_SWEEPS:
        return
    swept.touch()
    total = 0
    entries = [(file.stat(), file) for file in folder.glob("??/*")]
    for about, file in sorted(entries, key=lambda entry: entry[0].st_mtime, reverse=True):
        total += about.st_size
        if total > _MOST_BYTES or now - about.st_mtime > _UNUSED:
            file.unlink(missing_ok=True)


def _read(file: str) -> bytes | None:
    """The content of an entry; None where there is none, or it is not as it was written."""
    try:
        with open(file, "rb") as opened:
            entry = opened.read()
        os.utime(file)
    except OSError:
        return None
    digest, content = entry[:_DIGEST], entry[_DIGEST:]
    return content if sha256(content).digest() == digest else None


def _write(file: str, content: bytes) -> None:
    """Write an entry whole, or not at all."""
    half = f"{file}.{os.getpid()}"
    entry = sha256(content).digest() + content
    try:
        _put(half, entry)
    except FileNotFoundError:
        os.makedirs(os.path.dirname(file), exist_ok=True, mode=0o700)
        _put(half, entry)
    os.replace(half, file)


def _put(file: str, content: bytes) -> None:
    with open(file, "wb") as opened:
        opened.write(content)
