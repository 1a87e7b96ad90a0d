"""Read a TOML file of a spec into a typed value."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import msgspec

from apiscribe.diagnostics.codes import Message
from apiscribe.diagnostics.codes.files import not_utf_8
from apiscribe.diagnostics.locate import entry_lines
from apiscribe.diagnostics.report import Report
from apiscribe.diagnostics.source import Source, Sources

T = TypeVar("T", bound=msgspec.Struct)


def read_toml(
    file: Path,
    kind: type[T],
    malformed: Callable[[str], Message],
    sources: Sources,
    report: Report,
) -> T:
    """Return the file's entries; report a file that is not valid, and return the defaults.

    `malformed` makes the message of a reason.
    """
    raw = file.read_bytes()
    text = raw.decode("utf-8", errors="replace")
    sources[file.name] = source = Source(file.name, text)
    try:
        raw.decode("utf-8")
        return msgspec.toml.decode(text, type=kind)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        report.add(not_utf_8(raw[error.start]), source.span(line), mark="\ufffd")
        return kind()
    except msgspec.DecodeError as error:
        report.add(malformed(str(error)), source.span(_line_of(str(error), text)))
        return kind()


def _line_of(error: str, text: str) -> int:
    """Return the line of an error of the TOML parser or msgspec, as far as its text states it."""
    if match := re.search(r"line (\d+)", error):
        return int(match[1])
    # msgspec writes `$.change[2].was` for the third [[change]] of the file.
    if match := re.search(r"`\$\.(\w+)\[(\d+)\]", error):
        table_lines = entry_lines(text, match[1])
        return table_lines[int(match[2])] if int(match[2]) < len(table_lines) else 1
    match = re.search(r"`\$?\.?(\w+)`$", error)
    lines = text.split("\n")
    key = match[1] if match else ""
    return next((n for n, line in enumerate(lines, 1) if key and line.startswith(key)), 1)
