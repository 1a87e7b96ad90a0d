"""Recordings of HTTP traffic: HAR files, NDJSON with an entry in each line, and folders of both.

A file that cannot be read is an error that names the file and the entry. Files are read one by one,
and those of NDJSON line by line.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import msgspec

from apiscribe.drift.traffic.entries import Entry, exchange_of
from apiscribe.drift.traffic.exchange import Exchange

_HAR = (".har",)
_LINES = (".ndjson", ".jsonl")
_SUFFIXES = (*_HAR, *_LINES)
_OTHERS = ("spec.toml", "pages", "api.json")
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
_ENTRY_DECODER = msgspec.json.Decoder(Entry)


@dataclass(frozen=True)
class Recording:
    """A recording: `name` as the user wrote it, and its files by their paths in `folder`."""

    name: str
    folder: str
    files: tuple[Path, ...]

    def exchanges(self) -> Iterator[Exchange]:
        """Yield the requests with their answers, in order. Raise RecordingError."""
        for file in self.files:
            path = file.relative_to(self.folder or ".").as_posix() if self.folder else str(file)
            for number, raw in _raw_entries(file):
                try:
                    yield exchange_of(_ENTRY_DECODER.decode(raw), path, number)
                except (ValueError, RecursionError) as error:
                    raise _broken_entry(file, number, error) from error


def is_recording(text: str) -> bool:
    """Return whether the text names a recording, or a folder that holds recordings directly, and is
    not that of a spec or of its outputs.
    """
    path = Path(text)
    if path.is_dir():
        is_other = any((path / name).exists() for name in _OTHERS)
        return not is_other and any(_is_named(file) for file in path.iterdir())
    return _is_named(path) and path.is_file()


def open_recording(text: str) -> Recording:
    """Return the recording in a file or a folder."""
    path = Path(text)
    if path.is_dir():
        files = sorted(file for file in path.rglob("*") if _is_named(file) and file.is_file())
        return Recording(text, text, tuple(files))
    return Recording(text, "", (path,))


def _is_named(path: Path) -> bool:
    return _suffix(path) in _SUFFIXES


def _suffix(path: Path) -> str:
    name = path.name.lower().removesuffix(".gz")
    return Path(name).suffix


def _raw_entries(file: Path) -> Iterator[tuple[int, bytes | msgspec.Raw]]:
    """Yield the entries of a file as JSON, with their numbers: in NDJSON, that of the line."""
    try:
        with file.open("rb") as plain:
            is_gzip = plain.read(2) == _GZIP
            plain.seek(0)
            stream: IO[bytes] = gzip.GzipFile(fileobj=plain) if is_gzip else plain  # type: ignore[assignment]
            if _suffix(file) in _LINES:
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
    return RecordingError(f"{file}: entry {number} is not an entry of HAR 1.2: {error}")
