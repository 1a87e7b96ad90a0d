"""How much one page may hold. A page over budget is an error of its own; the others are read."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from apiscribe.diagnostics.report import Report
from apiscribe.diagnostics.source import Span

if TYPE_CHECKING:
    from apiscribe.pages.blocks import Block, Page

_HELP = "divide the page, or raise `{entry}` under [budget] in spec.toml"


def has_too_many_bytes(file: Path, path: str, most: int, report: Report) -> bool:
    """Whether the file is larger than `most` bytes, which is reported; it is not opened."""
    size = file.stat().st_size
    if size > most:
        _report(f"the page has {size:,} bytes, more than {most:,}", path, "page_bytes", report)
    return size > most


def has_too_many_rows(page: Page, most: int, report: Report) -> bool:
    """Whether the page has more than `most` rows of tables and bullets, which is reported."""
    count = _rows(page.blocks)
    if count > most:
        said = f"the page has {count:,} rows and bullets, more than {most:,}"
        _report(said, page.path, "page_rows", report)
    return count > most


def _report(said: str, path: str, entry: str, report: Report) -> None:
    advice = _HELP.format(entry=entry)
    report.add("page-over-budget", f"{said}; it is not read", Span(path, 1, 1), help=advice)


def _rows(blocks: Iterable[Block]) -> int:
    """The rows of all tables and the items of all lists, those inside others too."""
    # What is known of a page's bytes alone needs no blocks.
    from apiscribe.pages.blocks import Bullets, Quote, Table

    count = 0
    for block in blocks:
        match block:
            case Table():
                count += 1 + len(block.rows)
            case Bullets():
                count += sum(1 + _rows(item.blocks) for item in block.items)
            case Quote():
                count += _rows(block.blocks)
    return count
