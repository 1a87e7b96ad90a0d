"""Runs that are kept: what a command has printed is printed again while nothing has changed.

A run is kept by its words, its environment and the state of each file and folder that it depends
on: the spec, the outputs, apiscribe itself and the folders of installed libraries. A state is that
of `lstat`, with size, times of content and of inode, and number of the inode: a file that gets its
old time back has another time of its inode. A file that changes twice in one tick of its file
system's clock might have one state with two contents. So a run is not kept if anything has changed
since just before it began; the next one is.

This module is imported before anything else: it imports only what Python itself has loaded.
"""

from __future__ import annotations

import os
import stat
import sys
import time
from zlib import crc32

from apiscribe.workspace.cache_folder import cache_folder
from apiscribe.workspace.clock_ticks import may_change_unnoticed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import TextIO

_MOST_FILES = 200_000
_MOST_TEXT = 4_000_000  # characters
_HELP = ("--help", "-h")
# What a command prints depends on these.
_VARIABLES = (
    *("COLUMNS", "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "LC_MESSAGES", "TERM"),
    *("NO_COLOR", "FORCE_COLOR"),
    *("_APISCRIBE_COMPLETE", "COMP_WORDS", "COMP_CWORD"),
)
_PACKAGE = os.path.dirname(os.path.dirname(__file__))
_BESIDE = os.path.dirname(os.path.dirname(_PACKAGE))  # of generator/, in a checkout
_OWN = (_PACKAGE, os.path.join(_BESIDE, "templates"), os.path.join(_BESIDE, "runtime"))

# Paths that the command of this process depends on; None if it must not be kept.
_paths: list[str] | None = None


def depends_on(paths: Iterable[os.PathLike[str]]) -> None:
    """State that the command has changed nothing, and depends only on files below these paths."""
    global _paths
    _paths = [os.fspath(path) for path in paths]


def _loaded() -> list[str]:
    """Return the files of the modules that are loaded: help and completion depend on no others."""
    files = (getattr(module, "__file__", None) or "" for module in sys.modules.values())
    return [file for file in files if file.startswith(_OWN)]


def run(words: list[str], command: Callable[[], object]) -> None:
    """Print what a kept run has printed, and exit as it did; without one, run the command."""
    help_of_one = len(words) == 2 and words[0].isalpha() and words[1] in _HELP
    is_constant = words in (["--help"], ["-h"]) or help_of_one
    is_constant = is_constant or "_APISCRIBE_COMPLETE" in os.environ
    is_kept = words[:1] in (["build"], ["lint"]) and "--watch" not in words
    if not is_constant and not is_kept:
        command()
        return
    kept = _KeptRun(words)
    if (status := kept.repeat()) is not None:
        sys.exit(status)
    printed: list[str] = []
    sys.stdout, sys.stderr = _Copied(sys.stdout, "o", printed), _Copied(sys.stderr, "e", printed)
    try:
        command()
    except SystemExit as end:
        own = _loaded() if is_constant else list(filter(os.path.isdir, _OWN))
        paths = own if is_constant else [*own, *_paths] if _paths is not None else []
        if paths and end.code in (0, 1):
            kept.keep(printed, int(end.code), paths)
        raise


class _Copied:
    """A text stream that also collects what is written."""

    def __init__(self, stream: TextIO, mark: str, printed: list[str]) -> None:
        self._stream, self._mark, self._printed = stream, mark, printed

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        self._printed.append(self._mark + text)
        return self._stream.write(text)


class _KeptRun:
    """The file of a kept run: its key, its exit status, what it printed, and states by path."""

    def __init__(self, words: list[str]) -> None:
        self._began = time.time_ns()
        streams = (sys.stdout, sys.stderr)
        self._key = "\1".join(
            (
                *(sys.version, sys.prefix, os.getcwd(), _columns(), *sys.path, sys.argv[0], *words),
                *(f"{name}={os.environ.get(name)}" for name in _VARIABLES),
                *(f"{stream.encoding} {stream.isatty()}" for stream in streams),
            )
        )
        self._plain = all(stream.encoding.lower() == "utf-8" for stream in streams)
        name = f"{crc32(os.fsencode(self._key)):08x}"
        self._file = os.path.join(cache_folder(), name[:2], f"{name[2:]}.run")

    def repeat(self) -> int | None:
        """Print what the run has printed, if nothing has changed since; return its status."""
        try:
            with open(self._file, "rb") as opened:
                checksum, _, content = opened.read().partition(b"\n")
            if checksum != b"%08x" % crc32(content):
                return None
            key, status, count, *parts = os.fsdecode(content).split("\0")
            states = parts[int(count) :]
            if key != self._key or any(
                _state(path) != state for path, state in zip(states[::2], states[1::2], strict=True)
            ):
                return None
            os.utime(self._file)
        except (OSError, ValueError):
            return None
        for part in parts[: int(count)]:
            (sys.stdout if part[0] == "o" else sys.stderr).write(part[1:])
        return int(status)

    def keep(self, printed: list[str], status: int, paths: list[str]) -> None:
        """Write the file, unless the run cannot be kept."""
        text = "".join(printed)
        # An escape or a return is a progress bar, which is printed once.
        if not self._plain or len(text) > _MOST_TEXT or set("\0\r\x1b") & set(text):
            return
        libraries = [path for path in sys.path if path.endswith(("site-packages", "dist-packages"))]
        try:
            states = dict(self._states(paths))
            states |= {path: self._settled(path) for path in libraries}
            parts = [self._key, str(status), str(len(printed)), *printed]
            parts += [part for item in states.items() for part in item]
            content = os.fsencode("\0".join(parts))
            os.makedirs(os.path.dirname(self._file), exist_ok=True, mode=0o700)
            temporary = f"{self._file}.{os.getpid()}"
            with open(temporary, "wb") as opened:
                opened.write(b"%08x\n%s" % (crc32(content), content))
            os.replace(temporary, self._file)
        except OSError:  # also an _UnsettledError
            return

    def _states(self, pending: list[str]) -> Iterator[tuple[str, str]]:
        """Yield the states of all files and folders at these paths and below."""
        for _ in range(_MOST_FILES):
            if not pending:
                return
            path = pending.pop()
            state = self._settled(path)
            yield path, state
            if stat.S_ISDIR(int(state.partition(" ")[0])):
                names = (name for name in os.listdir(path) if name != "__pycache__")
                pending += [os.path.join(path, name) for name in names]
        raise _UnsettledError

    def _settled(self, path: str) -> str:
        """Return the state of a path. Raise _UnsettledError if it may change unnoticed."""
        state = os.lstat(path)
        if not stat.S_ISDIR(state.st_mode) and not stat.S_ISREG(state.st_mode):
            raise _UnsettledError  # a link, of which the target may change
        if may_change_unnoticed(state, self._began):
            raise _UnsettledError
        return _text_of(state)


class _UnsettledError(OSError):
    """A run that is not kept."""


def _state(path: str) -> str:
    return _text_of(os.lstat(path))


def _text_of(state: os.stat_result) -> str:
    times = f"{state.st_mtime_ns} {state.st_ctime_ns}"
    return f"{state.st_mode} {state.st_size} {times} {state.st_ino} {state.st_dev}"


def _columns() -> str:
    try:
        return str(os.get_terminal_size(1).columns)
    except OSError:
        return ""
