"""A spec folder, or a folder of pages, as a source."""

from __future__ import annotations

from pathlib import Path

from apiscribe.build import read
from apiscribe.drift.side import Side
from apiscribe.sources.failure import SourceError


def is_spec(text: str) -> bool:
    """Whether the text names a folder."""
    return Path(text).is_dir()


def open_spec(text: str) -> Side:
    """The API of the folder's pages. Raises SourceError where a page has an error."""
    reading = read(Path(text))
    if errors := reading.report.at("error"):
        first = errors[0]
        raise SourceError(
            f"{text} has errors; `apiscribe lint {text}` shows them; the first: {first.span}:"
            f" {first.message}"
        )
    return Side(name=text, api=reading.api, texts=reading.spec.sources, folder=text)
