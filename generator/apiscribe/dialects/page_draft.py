"""One page → what it comes to."""

from __future__ import annotations

import msgspec

from apiscribe.diagnostics.report import Report
from apiscribe.diagnostics.source import Source
from apiscribe.dialects import recognise
from apiscribe.dialects.drafts import PageRead, PageToRead
from apiscribe.pages.budget import has_too_many_rows
from apiscribe.pages.read import read_page


def serialized_draft(page: PageToRead) -> bytes:
    """What `read_draft` gives, in msgpack."""
    return msgspec.msgpack.encode(read_draft(page))


def read_draft(page: PageToRead) -> PageRead:
    """What the page comes to."""
    report = Report()
    # A source of its own: its lines are not kept for longer than the page is read.
    blocks = read_page(Source(page.source.path, page.source.text), report)
    draft = None
    if not has_too_many_rows(blocks, page.most_rows, report):
        draft = recognise(blocks, page.dialect, report)
    coverage = tuple((kind, status, count) for (_, kind, status), count in report.coverage.items())
    return PageRead(draft, tuple(report), coverage)
