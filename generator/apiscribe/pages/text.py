"""Bytes of a file → Source."""

from __future__ import annotations

import codecs
import re

from apiscribe.diagnostics.codes.files import binary_file, not_utf_8, utf_16
from apiscribe.diagnostics.report import Report
from apiscribe.diagnostics.source import Source

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# No-break spaces become spaces. CommonMark takes them for letters: `###\xa0get` would not be a
# heading, and a line of them would not be blank. At the start of a line they are dropped, so that
# they do not indent it.
_NO_BREAK_SPACES = re.compile(r"^([ \t]*)\xa0[ \t\xa0]*", re.MULTILINE)


def read_source(raw: bytes, path: str, report: Report) -> Source:
    """Return the text of a file. Bytes that are not UTF-8 are an error that names their line."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        text = raw.decode("utf-8-sig", errors="replace")
        if raw.startswith(_UTF_16) or b"\0" in raw:
            text = ""  # no line of it can be shown
            is_utf_16 = raw.startswith(_UTF_16)
            report.add(utf_16() if is_utf_16 else binary_file(), Source(path, text).span(1))
        else:
            line = raw.count(b"\n", 0, error.start) + 1
            report.add(not_utf_8(raw[error.start]), Source(path, text).span(line), mark="\ufffd")
    # CommonMark, "Insecure characters": NUL must be replaced.
    text = text.replace("\0", "\ufffd")
    if "\xa0" in text:
        text = _NO_BREAK_SPACES.sub(r"\1", text).replace("\xa0", " ")
    return Source(path, text.replace("\r\n", "\n").replace("\r", "\n"))
