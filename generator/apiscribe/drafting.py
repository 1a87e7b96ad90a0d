"""The pages of a spec → their drafts. What a page comes to depends on nothing but the page, so
pages are read in parallel, and none is read again before it changes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec

from apiscribe.cache import Cache
from apiscribe.draft import PageDraft
from apiscribe.parallel import mapped
from apiscribe.report import Diagnostic, Report
from apiscribe.source import Source
from apiscribe.steps import Steps


@dataclass(frozen=True)
class PageToRead:
    """A page: its text, the dialect that spec.toml pins for it, if any, and how many rows and
    bullets it may have.
    """

    source: Source
    dialect: str
    most_rows: int


@dataclass(frozen=True)
class PageRead:
    """What a page came to: its draft, where it declares anything, what was found on it, and for
    the report's account: (kind of part, fate, how many).
    """

    draft: PageDraft | None
    findings: tuple[Diagnostic, ...]
    account: tuple[tuple[str, str, int], ...]


def draft_pages(pages: Sequence[PageToRead], report: Report, steps: Steps) -> list[PageDraft]:
    """The drafts of those pages that declare anything."""
    drafts = []
    with steps.step("read") as counts:
        for page, read in zip(pages, _read_all(pages, counts, steps), strict=True):
            account = {(page.source.path, kind, fate): count for kind, fate, count in read.account}
            report.include(read.findings, account)
            if read.draft:
                drafts.append(read.draft)
    return drafts


def _read_all(
    pages: Sequence[PageToRead], counts: Counter[str], steps: Steps
) -> Iterator[PageRead]:
    cache, decoder = Cache("drafts"), msgspec.msgpack.Decoder(PageRead)
    found = {page: cache.find(_content(page)) for page in pages}
    missing = [page for page, made in found.items() if made is None]
    counts.update({"pages": len(pages), "parsed": len(missing)})
    made_now = steps.follow("reading pages", mapped(_read, missing), len(missing))
    for page, made in zip(missing, made_now, strict=True):
        cache.keep(_content(page), made)
        found[page] = made
    for page in pages:
        made = found.pop(page)
        assert made is not None
        yield decoder.decode(made)


def _content(page: PageToRead) -> bytes:
    """All that a page's draft depends on."""
    about = (page.source.path, page.dialect, page.most_rows, page.source.text)
    return msgspec.msgpack.encode(about)


def _read(page: PageToRead) -> bytes:
    # The parser of Markdown takes its time to load, and most runs do without.
    from apiscribe.dialects import recognise
    from apiscribe.pages.budget import has_too_many_rows
    from apiscribe.pages.read import read_page

    report = Report()
    # A source of its own: its lines are not kept for longer than the page is read.
    blocks = read_page(Source(page.source.path, page.source.text), report)
    draft = None
    if not has_too_many_rows(blocks, page.most_rows, report):
        draft = recognise(blocks, page.dialect, report)
    account = tuple((kind, fate, count) for (_, kind, fate), count in report.account.items())
    return msgspec.msgpack.encode(PageRead(draft, tuple(report), account))
