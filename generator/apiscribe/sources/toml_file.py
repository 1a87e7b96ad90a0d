"""Read a TOML file of a spec into a typed value."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Callable
from typing import TypeVar

import msgspec

from apiscribe.diagnostics.codes import Message
from apiscribe.diagnostics.codes.files import not_utf_8
from apiscribe.diagnostics.locate import entry_lines
from apiscribe.diagnostics.report import Report
from apiscribe.diagnostics.source import Source, Sources, Span
from apiscribe.diagnostics.toml_errors import toml_reason

T = TypeVar("T", bound=msgspec.Struct)
# Python's limit for the digits of an integer, in its own words.
_TOO_LONG = re.compile(r"Exceeds the limit .*", re.DOTALL)
_LONG_NUMBER = re.compile(r"\d{4300}")


def read_toml(
    raw: bytes,
    path: str,
    kind: type[T],
    malformed: Callable[[str], Message],
    sources: Sources,
    report: Report,
) -> T:
    """Return the file's entries; report a file that is not valid, and return the defaults.

    `malformed` makes the message of a reason.
    """
    raw = raw.removeprefix(BOM_UTF8)
    text = raw.decode("utf-8", errors="replace")
    sources[path] = source = Source(path, text)
    try:
        raw.decode("utf-8")
        return msgspec.toml.decode(text, type=kind)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        report.add(not_utf_8(raw[error.start]), source.span(line), mark="\ufffd")
        return kind()
    except (msgspec.DecodeError, ValueError) as error:
        reason = _TOO_LONG.sub("an integer has too many digits", toml_reason(str(error), kind))
        report.add(malformed(reason), source.span(_line_of(str(error), text)))
        return kind()
    except RecursionError:
        report.add(malformed("its values are nested too deeply"), source.span(_deepest_line(text)))
        return kind()


def _deepest_line(text: str) -> int:
    """Return the line with the most brackets and dots."""
    lines = text.split("\n")
    depths = [sum(map(line.count, "[{.")) for line in lines]
    return depths.index(max(depths)) + 1


def _line_of(error: str, text: str) -> int:
    """Return the line of an error of the TOML parser or msgspec, as far as its text states it."""
    if _TOO_LONG.match(error) and (match := _LONG_NUMBER.search(text)):
        return text.count("\n", 0, match.start()) + 1
    if match := re.search(r"line (\d+)", error):
        return int(match[1])
    # msgspec writes `$.change[2].was` for the third [[change]] of the file.
    if match := re.search(r"`\$\.(\w+)\[(\d+)\]", error):
        table_lines = entry_lines(text, match[1])
        return table_lines[int(match[2])] if int(match[2]) < len(table_lines) else 1
    match = re.search(r"unknown field `(\w+)`", error) or re.search(r"`\$?\.?(\w+)`$", error)
    lines = text.split("\n")
    key = match[1] if match else ""
    return next((n for n, line in enumerate(lines, 1) if key and line.startswith(key)), 1)


def line_with(text: str, source: Source) -> Span:
    """Return the first line with a text; line 1 if the text is spelled in another way."""
    return source.span(next((n for n, line in enumerate(source.lines, 1) if text in line), 1))
