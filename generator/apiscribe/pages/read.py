"""Source → Page."""

from __future__ import annotations

from apiscribe.diagnostics.report import Report
from apiscribe.diagnostics.source import Source
from apiscribe.pages.anchors import with_anchors
from apiscribe.pages.blocks import Block, Page
from apiscribe.pages.front_matter import split_front_matter
from apiscribe.pages.markdown import read_blocks

HTML_SUFFIXES = (".html", ".htm")


def read_page(source: Source, report: Report) -> Page:
    """Read the page's front matter and blocks."""
    front_matter, body = split_front_matter(source, report)
    blocks: tuple[Block, ...]
    lost: tuple[int, ...]
    if source.path.lower().endswith(HTML_SUFFIXES):
        from apiscribe.pages.html_page import read_html

        blocks, lost = tuple(read_html(body, source)), ()
    else:
        blocks, lost = read_blocks(body, source)
    blocks = tuple(with_anchors(blocks))
    return Page(source=source, front_matter=front_matter, blocks=blocks, lost=lost)
