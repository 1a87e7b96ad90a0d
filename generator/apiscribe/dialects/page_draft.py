"""One page → its drafts, diagnostics and coverage."""

from __future__ import annotations

import msgspec

from apiscribe.diagnostics.report import CoveredPart, Report
from apiscribe.diagnostics.source import Source
from apiscribe.dialects import recognise
from apiscribe.dialects.drafts import PageRead, PageToRead
from apiscribe.model.draft import PageDraft
from apiscribe.model.house_words import in_force
from apiscribe.pages.blocks import Page
from apiscribe.pages.budget import has_too_many_rows
from apiscribe.pages.read import read_page


def serialized_draft(page: PageToRead) -> bytes:
    """Return the result of `read_draft` in msgpack."""
    return msgspec.msgpack.encode(read_draft(page))


def read_draft(page: PageToRead) -> PageRead:
    """Read the drafts of a page; collect its diagnostics and coverage."""
    _, drafts, report = _read(page)
    coverage = tuple((kind, status, count) for (_, kind, status), count in report.coverage.items())
    return PageRead(drafts, tuple(report), coverage)


def read_parts(page: PageToRead) -> tuple[Page, list[CoveredPart]]:
    """Read a page; return its blocks, and which of their parts were read."""
    blocks, _, report = _read(page)
    return blocks, report.parts


def _read(page: PageToRead) -> tuple[Page, tuple[PageDraft, ...], Report]:
    report = Report()
    # A copy of the source, so that its cached lines are freed after the page is read.
    blocks = read_page(Source(page.source.path, page.source.text), report)
    drafts: tuple[PageDraft, ...] = ()
    if not has_too_many_rows(blocks, page.most_rows, report):
        with in_force(page.words):
            drafts = recognise(blocks, page.dialect, report)
    return blocks, drafts, report
