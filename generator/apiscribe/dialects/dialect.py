"""The interface of a dialect."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from apiscribe.diagnostics.report import Report
from apiscribe.model.draft import PageDraft
from apiscribe.pages.blocks import Page


@dataclass(frozen=True)
class Dialect:
    """A style of API pages.

    `fits` counts the parts of a page that are written in this style. `recognise` reads the page and
    reports every block that it cannot use; it returns a draft for each package.
    """

    name: str
    fits: Callable[[Page], int]
    recognise: Callable[[Page, Report], tuple[PageDraft, ...]]
