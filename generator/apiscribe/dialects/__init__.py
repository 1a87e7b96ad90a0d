"""Dialects: Blocks → Draft, one module for each style of API pages.

To add one: a module with a `Dialect`, a row in `DIALECTS`, a case folder under tests/cases. Code
that several dialects share has modules of its own (outline, tables, type_text, service_page);
dialects never import each other.
"""

from __future__ import annotations

from apiscribe.diagnostics.codes.settings import no_matching_dialect, unknown_pinned_dialect
from apiscribe.diagnostics.did_you_mean import did_you_mean
from apiscribe.diagnostics.report import Report
from apiscribe.dialects.dialect import Dialect
from apiscribe.dialects.gitbook import GITBOOK
from apiscribe.dialects.hugo import HUGO
from apiscribe.dialects.outline import record_page
from apiscribe.model.draft import PageDraft
from apiscribe.pages.blocks import Page

# In order of preference for a page that fits both equally: only Hugo pages have bulleted fields.
DIALECTS: tuple[Dialect, ...] = (HUGO, GITBOOK)

# Pages that introduce a folder.
_INDEX_PAGES = frozenset({"readme", "index", "_index", "summary"})


def recognise(page: Page, pinned: str, report: Report) -> tuple[PageDraft, ...]:
    """Read the page's declarations by the pinned dialect, or by the one that fits best."""
    dialect = _pinned(page, pinned, report) if pinned else _fitting(page, report)
    # Pages that introduce a folder need not declare anything.
    if _is_index(page) and (dialect is None or not dialect.recognise(page, Report())):
        record_page("index-page", page, report)
        return ()
    if dialect is None:
        record_page("unread", page, report)
        return ()
    return dialect.recognise(page, report)


def _pinned(page: Page, name: str, report: Report) -> Dialect | None:
    for dialect in DIALECTS:
        if dialect.name == name:
            return dialect
    known = [dialect.name for dialect in DIALECTS]
    report.add(unknown_pinned_dialect(name, known, did_you_mean(name, known)), page.source.span(1))
    return None


def _fitting(page: Page, report: Report) -> Dialect | None:
    best = max(DIALECTS, key=lambda dialect: dialect.fits(page))
    if best.fits(page) > 0:
        return best
    if not _is_index(page):
        report.add(no_matching_dialect(), page.source.span(1))
    return None


def _is_index(page: Page) -> bool:
    return page.path.rsplit("/", 1)[-1].split(".", 1)[0].lower() in _INDEX_PAGES
