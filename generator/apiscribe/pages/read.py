"""Bytes of a file → Source → Page."""

from __future__ import annotations

import re
from pathlib import Path

from apiscribe.pages.blocks import Page
from apiscribe.pages.front_matter import split_front_matter
from apiscribe.pages.markdown import read_blocks
from apiscribe.report import Report
from apiscribe.source import Source

# A no-break space is a blank. To CommonMark it is a letter: `###\xa0get` would be no heading, and
# a line of them would not be blank. At the start of a line they are no indent either.
_NO_BREAK_SPACES = re.compile(r"^([ \t]*)\xa0[ \t\xa0]*", re.MULTILINE)


def read_source(file: Path, path: str, report: Report) -> Source:
    """The file's text. Bytes that are not UTF-8 are an error that names their line."""
    raw = file.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        text = raw.decode("utf-8-sig", errors="replace")
        line = raw.count(b"\n", 0, error.start) + 1
        report.add(
            "not-utf-8",
            f"byte 0x{raw[error.start]:02x} is not UTF-8",
            Source(path, text).span(line),
            mark="\ufffd",
            help="save the page as UTF-8",
        )
    # CommonMark, "Insecure characters": NUL is to be replaced.
    text = text.replace("\0", "\ufffd")
    text = _NO_BREAK_SPACES.sub(r"\1", text).replace("\xa0", " ")
    return Source(path, text.replace("\r\n", "\n").replace("\r", "\n"))


def read_page(source: Source, report: Report) -> Page:
    """The page's front matter and blocks."""
    front_matter, body = split_front_matter(source, report)
    blocks, lost = read_blocks(body, source)
    return Page(source=source, front_matter=front_matter, blocks=blocks, lost=lost)
