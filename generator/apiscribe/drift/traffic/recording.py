"""Recordings of HTTP traffic: HAR files, logs and NDJSON with an entry in each line, and folders.

A file that cannot be read is an error that names the file and the entry. Files are read one by one,
and those with lines line by line. A line of NDJSON is an entry of HAR, or of an access log.
"""

from __future__ import annotations

import gzip
import re
import shutil
import sys
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

import msgspec

from apiscribe.drift.change import NotCompared
from apiscribe.drift.traffic.access_logs import exchange_of_log, exchange_of_text
from apiscribe.drift.traffic.entries import Entry, exchange_of, is_entry
from apiscribe.drift.traffic.exchange import Exchange

_HAR = (".har",)
_LINES = (".ndjson", ".jsonl")
_LOGS = (".log",)
_SUFFIXES = (*_HAR, *_LINES, *_LOGS)
_ROTATED = re.compile(r"(?:[.-]\d+)*(?:\.gz)?$")
STDIN = "-"
_OTHERS = ("spec.toml", "pages", "api.json")
_STDIN_NAME = "stdin"
_GZIP = b"\x1f\x8b"
_BOM = b"\xef\xbb\xbf"

# A HAR file is one JSON value, which must fit into memory; lines are read one by one.
MAX_HAR = 256 * 2**20
MAX_LINE = 64 * 2**20


class RecordingError(Exception):
    """A recording cannot be read; the text has the file, the entry and the reason."""


class _Log(msgspec.Struct):
    entries: list[msgspec.Raw]


class _Har(msgspec.Struct):
    log: _Log


_HAR_DECODER = msgspec.json.Decoder(_Har)
_OBJECT_DECODER = msgspec.json.Decoder(dict[str, Any])
_ENTRY_DECODER = msgspec.json.Decoder(Entry)


@dataclass(frozen=True)
class Recording:
    """A recording: `name` as the user wrote it, and its files by their paths in `folder`."""

    name: str
    folder: str
    files: tuple[Path, ...]
    skipped: dict[str, int] = field(default_factory=dict)

    @property
    def notes(self) -> tuple[NotCompared, ...]:
        """The lines of logs that are about something else, after the exchanges were read."""
        count, files = sum(self.skipped.values()), ", ".join(self.skipped)
        reason = f"{count} time{'s'[: count > 1]}: {files}"
        return (NotCompared(fact="lines without a request", reason=reason),) if count else ()

    def exchanges(self) -> Iterator[Exchange]:
        """Yield the requests with their answers, in order. Raise RecordingError."""
        for file in self.files:
            path = file.relative_to(self.folder or ".").as_posix() if self.folder else str(file)
            path = path if self.name != STDIN else _STDIN_NAME
            skipped = 0
            for number, raw in _raw_entries(file):
                try:
                    exchange = _exchange(raw, file, path, number)
                except (ValueError, RecursionError) as error:
                    raise _broken_entry(file, number, error) from error
                if exchange:
                    yield exchange
                else:
                    skipped += 1
            if skipped:
                self.skipped[path] = skipped


def is_recording(text: str) -> bool:
    """Return whether the text names a recording, or a folder that holds recordings directly, and is
    not that of a spec or of its outputs.
    """
    path = Path(text)
    if text == STDIN:
        return True
    if path.is_dir():
        is_other = any((path / name).exists() for name in _OTHERS)
        suffixes = {_suffix(file) for file in path.iterdir() if file.is_file()}
        # Any folder may have a log of something else.
        is_named = not suffixes.isdisjoint((*_HAR, *_LINES)) or suffixes == {*_LOGS}
        return not is_other and is_named
    return _is_named(path) and path.is_file()


@contextmanager
def open_recording(text: str) -> Iterator[Recording]:
    """Yield the recording in a file, a folder or the lines of standard input."""
    if text == STDIN:
        # It is read twice, and may be larger than memory.
        with TemporaryDirectory() as folder:
            file = Path(folder, f"{_STDIN_NAME}{_LINES[0]}")
            with file.open("wb") as copy:
                shutil.copyfileobj(sys.stdin.buffer, copy)
            yield Recording(text, "", (file,))
    else:
        yield _recording(text)


def _recording(text: str) -> Recording:
    path = Path(text)
    if path.is_dir():
        files = sorted(file for file in path.rglob("*") if _is_named(file) and file.is_file())
        return Recording(text, text, tuple(files))
    return Recording(text, "", (path,))


def _is_named(path: Path) -> bool:
    return _suffix(path) in _SUFFIXES


def _suffix(path: Path) -> str:
    return Path(_ROTATED.sub("", path.name.lower())).suffix


def _exchange(raw: bytes | msgspec.Raw, file: Path, path: str, number: int) -> Exchange | None:
    """Return the exchange of an entry; None of a line of a log that is about something else."""
    if _suffix(file) in _HAR:
        return exchange_of(_ENTRY_DECODER.decode(raw), path, number)
    text = bytes(raw)
    if not text.startswith(b"{"):
        if _suffix(file) in _LOGS:
            return exchange_of_text(text.decode(), path, number)
        raise ValueError("expected a JSON object")
    content = _OBJECT_DECODER.decode(text)
    if is_entry(content):
        return exchange_of(_ENTRY_DECODER.decode(raw), path, number)
    exchange = exchange_of_log(content, path, number)
    if exchange is None and _suffix(file) in _LINES and not _is_message(content):
        raise ValueError("it has no method, path and status")
    return exchange


def _is_message(content: Mapping[str, Any]) -> bool:
    """Return whether a line is a message of a server's log that is no request."""
    return "message" in content or "msg" in content


def _raw_entries(file: Path) -> Iterator[tuple[int, bytes | msgspec.Raw]]:
    """Yield the entries of a file as JSON, with their numbers: in NDJSON, that of the line."""
    try:
        with file.open("rb") as plain:
            is_gzip = plain.read(2) == _GZIP
            plain.seek(0)
            stream: IO[bytes] = gzip.GzipFile(fileobj=plain) if is_gzip else plain  # type: ignore[assignment]
            if _suffix(file) not in _HAR:
                yield from _lines(file, stream)
            else:
                yield from enumerate(_har(file, stream, file.stat().st_size).log.entries, 1)
    except (OSError, EOFError, zlib.error) as error:
        raise RecordingError(f"{file}: {error}") from error


def _har(file: Path, stream: IO[bytes], size: int) -> _Har:
    # A large file is not read; how much a compressed one has is known when it was.
    content = stream.read(MAX_HAR + 1) if size <= MAX_HAR else b""
    if max(size, len(content)) > MAX_HAR:
        raise RecordingError(
            f"{file} has more than {MAX_HAR // 2**20} MB, and a HAR file is read as a whole; write"
            f" an entry in each line instead: `jq -c '.log.entries[]' {file.name}` to a file that"
            " ends in .ndjson"
        )
    try:
        return _HAR_DECODER.decode(_utf8(content, str(file)).removeprefix(_BOM))
    except (ValueError, RecursionError) as error:
        raise RecordingError(
            f"{file} is not a HAR file: {error}; expected a JSON object with `log.entries`"
        ) from error


def _lines(file: Path, stream: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    number = 0
    while line := stream.readline(MAX_LINE + 1):
        number += 1
        if len(line) > MAX_LINE:
            raise RecordingError(f"{file}: entry {number} has more than {MAX_LINE // 2**20} MB")
        if text := line.removeprefix(_BOM).strip():
            yield number, _utf8(text, f"{file}: entry {number}")


def _utf8(content: bytes, place: str) -> bytes:
    try:
        content.decode()
    except UnicodeDecodeError as error:
        raise RecordingError(
            f"{place}: byte {error.start + 1} is not UTF-8; convert the file to UTF-8"
        ) from error
    return content


def _broken_entry(file: Path, number: int, error: Exception) -> RecordingError:
    form = "HAR 1.2" if _suffix(file) in _HAR else "HAR 1.2 or an access log"
    return RecordingError(f"{file}: entry {number} is not an entry of {form}: {error}")
