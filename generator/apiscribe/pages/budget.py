"""Limits on the size of one page.

A page over its budget is an error, and the other pages are still read.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from apiscribe.diagnostics.codes.files import too_many_rows
from apiscribe.diagnostics.report import Report
from apiscribe.diagnostics.source import Span

if TYPE_CHECKING:
    from apiscribe.pages.blocks import Block, Page


def has_too_many_rows(page: Page, most: int, report: Report) -> bool:
    """Return whether the page has more than `most` table rows and list items, and report it."""
    count = _count_rows(page.blocks)
    if count > most:
        report.add(too_many_rows(count, most), Span(page.path, 1, 1))
    return count > most


def _count_rows(blocks: Iterable[Block]) -> int:
    """Count the rows of all tables and the items of all lists, including nested ones."""
    # Imported here because the check of a file's size needs no blocks.
    from apiscribe.pages.blocks import Bullets, Quote, Table

    count = 0
    for block in blocks:
        match block:
            case Table():
                count += 1 + len(block.rows)
            case Bullets():
                count += sum(1 + _count_rows(item.blocks) for item in block.items)
            case Quote():
                count += _count_rows(block.blocks)
    return count
