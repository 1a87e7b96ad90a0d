"""What a dialect is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from apiscribe.diagnostics.report import Report
from apiscribe.model.draft import PageDraft
from apiscribe.pages.blocks import Page


@dataclass(frozen=True)
class Dialect:
    """One way of writing API pages.

    `fits` counts what on a page is written in this way; 0 means that nothing is. `recognise` reads
    the page, and reports every block that it could not use.
    """

    name: str
    fits: Callable[[Page], int]
    recognise: Callable[[Page, Report], PageDraft | None]
