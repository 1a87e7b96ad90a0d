"""The pages of a spec → their drafts. What a page comes to depends on nothing but the page, so
pages are read in parallel, and none is read again before it changes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import msgspec

from apiscribe.cache import Cache
from apiscribe.draft import PageDraft
from apiscribe.parallel import batches, mapped
from apiscribe.report import Diagnostic, Report
from apiscribe.source import Source
from apiscribe.steps import Steps

# Pages that are held at once, as text and as what was read of them.
_BATCH = 500


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


def draft_pages(pages: Iterable[PageToRead], report: Report, steps: Steps) -> list[PageDraft]:
    """The drafts of those pages that declare anything."""
    drafts = []
    with steps.step("read") as counts:
        counts.update({"pages": 0, "parsed": 0})
        for batch in batches(pages, _BATCH):
            for path, read in _read_all(batch, counts, steps):
                account = {(path, kind, fate): count for kind, fate, count in read.account}
                report.include(read.findings, account)
                if read.draft:
                    drafts.append(read.draft)
    return drafts


def _read_all(
    pages: Sequence[PageToRead], counts: Counter[str], steps: Steps
) -> Iterator[tuple[str, PageRead]]:
    counts["pages"] += len(pages)
    decoder = msgspec.msgpack.Decoder(PageRead)
    contents = {page: content for page in pages if (content := _content(page))}
    named = list(contents)

    def make(numbers: list[int]) -> Iterable[bytes]:
        return _read_now([named[number] for number in numbers], steps)

    serialized = Cache("drafts").remembered(contents.values(), make)
    for page in pages:
        if page in contents:
            made, is_new = next(serialized)
            read = decoder.decode(made)
        else:
            from apiscribe.page_drafts.page import read_draft

            read, is_new = read_draft(page), True
        counts["parsed"] += is_new
        yield page.source.path, read
    next(serialized, None)


def _read_now(pages: Sequence[PageToRead], steps: Steps) -> Iterable[bytes]:
    if not pages:
        return []
    # The parsers take their time to load, and most runs do without.
    from apiscribe.page_drafts.page import serialized_draft

    size = sum(len(page.source.text) for page in pages)
    return steps.follow("reading pages", mapped(serialized_draft, pages, size), len(pages))


def _content(page: PageToRead) -> bytes:
    """All that a page's draft depends on; nothing where the page's name is no UTF-8: then what it
    comes to cannot be written down, and is made each time.
    """
    about = (page.source.path, page.dialect, page.most_rows, page.source.text)
    try:
        return msgspec.msgpack.encode(about)
    except UnicodeEncodeError:
        return b""
