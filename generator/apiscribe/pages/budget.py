"""How much one page may hold. A page over budget is an error of its own; the others are read."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from apiscribe.diagnostics.codes.files import too_many_bytes, too_many_rows
from apiscribe.diagnostics.report import Report
from apiscribe.diagnostics.source import Span

if TYPE_CHECKING:
    from apiscribe.pages.blocks import Block, Page


def has_too_many_bytes(file: Path, path: str, most: int, report: Report) -> bool:
    """Whether the file is larger than `most` bytes, which is reported; it is not opened."""
    size = file.stat().st_size
    if size > most:
        report.add(too_many_bytes(size, most), Span(path, 1, 1))
    return size > most


def has_too_many_rows(page: Page, most: int, report: Report) -> bool:
    """Whether the page has more than `most` rows of tables and bullets, which is reported."""
    count = _rows(page.blocks)
    if count > most:
        report.add(too_many_rows(count, most), Span(page.path, 1, 1))
    return count > most


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
