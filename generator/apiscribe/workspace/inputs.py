"""Read untrusted files: no links to the outside, no files over their limit, no endless folders.

A spec may come from anyone. A link in it must not publish a file of the machine, and a file with
a stated size of 0, as in /proc, must not fill the memory.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import IO

from apiscribe.workspace.kept import unchanged_content

_DEEPEST = 64  # folders in folders
# Of version control, of installed packages and of caches. Generated pages may be in hidden folders.
_OF_TOOLS = frozenset(
    (
        *(".git", ".hg", ".svn", "node_modules", "site-packages", ".venv", ".tox", ".nox"),
        *(".cache", ".mypy_cache", ".pytest_cache", ".ruff_cache", "__pycache__"),
    )
)
_PART = 2**20  # bytes that are read at once
MOST_BYTES = 64 * 2**20  # of a file that has no limit in spec.toml


class InputError(OSError):
    """A file or folder that is not read; the text is the reason, to follow its name."""


class NotAFileError(InputError):
    """A folder, pipe, socket or device in place of a file."""

    def __init__(self) -> None:
        super().__init__("is not a file")


class OversizeError(InputError):
    """A file that has more bytes than its limit. `size`: as far as it was read or is stated."""

    def __init__(self, size: int, most: int) -> None:
        super().__init__(f"has more than {most:,} bytes")
        self.size, self.most = size, most


def read_input(file: Path, folder: Path, most: int = MOST_BYTES) -> bytes:
    """Return the content of a file below a folder. Raise InputError and OSError."""
    if file.is_symlink():
        return _read_anew(file, folder, most)
    return unchanged_content(str(file), most, partial(_read_anew, file, folder, most))


def _read_anew(file: Path, folder: Path, most: int) -> bytes:
    if leads_out(file, folder):
        raise InputError("is a link that leads out of the folder")
    if file.is_symlink() and not file.exists():
        raise InputError("is a link that leads to no file")
    if file.is_dir():
        raise NotAFileError
    # Without O_NONBLOCK, opening a pipe would wait for its writer.
    with open(os.open(file, os.O_RDONLY | os.O_NONBLOCK), "rb") as opened:
        state = os.fstat(opened.fileno())
        if not stat.S_ISREG(state.st_mode):
            raise NotAFileError
        if state.st_size > most:
            raise OversizeError(state.st_size, most)
        return _read_all(opened, most)


def _read_all(opened: IO[bytes], most: int) -> bytes:
    """Return the content of an open file, whatever its size is stated as."""
    content = bytearray()
    # A buffer for all bytes of a large limit would not fit into memory.
    while part := opened.read(min(_PART, most + 1 - len(content))):
        content += part
        if len(content) > most:
            raise OversizeError(len(content), most)
    return bytes(content)


def is_path(stated: str, folder: Path) -> bool:
    """Return whether a file can have a path: no part of it is too long, and none holds NUL."""
    try:
        os.lstat(folder / stated)
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return True
    except (OSError, ValueError):
        return False
    return True


def leads_out(path: Path, folder: Path) -> bool:
    """Return whether a path below a folder leads out of it through a link."""
    return not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))


def leads_elsewhere(stated: str, folder: Path) -> bool:
    """Return whether a path that a file in the folder states leads by a link to another place out
    of the folder. A path such as `../v1` without links leads where it says.
    """
    root = os.path.realpath(folder)
    real = os.path.realpath(os.path.join(root, stated))
    return real != os.path.normpath(os.path.join(root, stated)) and leads_out(Path(real), folder)


def is_own(folder_name: str) -> bool:
    """Return whether a folder may hold pages of one's own: not one that tools write."""
    return folder_name not in _OF_TOOLS


def files_below(
    folder: Path, enters: Callable[[str], bool] = lambda _: True
) -> Iterator[tuple[str, ...]]:
    """Yield the parts of the path of each file and each link below a folder, in all folders that
    `enters` accepts by their name. Links are not followed. Raise InputError for folders that are
    too deep.
    """
    folders: list[tuple[str, ...]] = [()]
    while folders:
        parts = folders.pop()
        if len(parts) > _DEEPEST:
            raise InputError(f"has more than {_DEEPEST} folders in each other")
        try:
            entries = list(os.scandir(folder.joinpath(*parts)))
        except PermissionError:
            continue
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if enters(entry.name):
                    folders.append((*parts, entry.name))
            else:
                yield (*parts, entry.name)
