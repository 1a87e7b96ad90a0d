"""Source → Page."""

from __future__ import annotations

from apiscribe.diagnostics.report import Report
from apiscribe.diagnostics.source import Source
from apiscribe.pages.blocks import Page
from apiscribe.pages.front_matter import split_front_matter
from apiscribe.pages.markdown import read_blocks


def read_page(source: Source, report: Report) -> Page:
    """Read the page's front matter and blocks."""
    front_matter, body = split_front_matter(source, report)
    blocks, lost = read_blocks(body, source)
    return Page(source=source, front_matter=front_matter, blocks=blocks, lost=lost)
