"""The pages of a spec → their drafts. What a page comes to depends on nothing but the page, so
pages are read in parallel, and none is read again before it changes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import msgspec

from apiscribe.diagnostics.report import Diagnostic, Report
from apiscribe.diagnostics.source import Source
from apiscribe.model.draft import PageDraft
from apiscribe.workspace.cache import Cache
from apiscribe.workspace.parallel import batches, mapped
from apiscribe.workspace.profile import Profile

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
    the report's coverage: (kind of part, status, how many).
    """

    draft: PageDraft | None
    findings: tuple[Diagnostic, ...]
    coverage: tuple[tuple[str, str, int], ...]


def draft_pages(pages: Iterable[PageToRead], report: Report, profile: Profile) -> list[PageDraft]:
    """The drafts of those pages that declare anything."""
    drafts = []
    with profile.step("read") as counts:
        counts.update({"pages": 0, "parsed": 0})
        for batch in batches(pages, _BATCH):
            for path, read in _read_all(batch, counts, profile):
                coverage = {(path, kind, status): count for kind, status, count in read.coverage}
                report.include(read.findings, coverage)
                if read.draft:
                    drafts.append(read.draft)
    return drafts


def _read_all(
    pages: Sequence[PageToRead], counts: Counter[str], profile: Profile
) -> Iterator[tuple[str, PageRead]]:
    counts["pages"] += len(pages)
    decoder = msgspec.msgpack.Decoder(PageRead)
    contents = {page: content for page in pages if (content := _content(page))}
    named = list(contents)

    def make(numbers: list[int]) -> Iterable[bytes]:
        return _read_now([named[number] for number in numbers], profile)

    serialized = Cache("drafts").get_or_compute(contents.values(), make)
    for page in pages:
        if page in contents:
            made, is_new = next(serialized)
            read = decoder.decode(made)
        else:
            from apiscribe.dialects.page_draft import read_draft

            read, is_new = read_draft(page), True
        counts["parsed"] += is_new
        yield page.source.path, read
    next(serialized, None)


def _read_now(pages: Sequence[PageToRead], profile: Profile) -> Iterable[bytes]:
    if not pages:
        return []
    # The parsers take their time to load, and most runs do without.
    from apiscribe.dialects.page_draft import serialized_draft

    size = sum(len(page.source.text) for page in pages)
    return profile.track("reading pages", mapped(serialized_draft, pages, size), len(pages))


def _content(page: PageToRead) -> bytes:
    """All that a page's draft depends on; nothing where the page's name is no UTF-8: then what it
    comes to cannot be written down, and is made each time.
    """
    about = (page.source.path, page.dialect, page.most_rows, page.source.text)
    try:
        return msgspec.msgpack.encode(about)
    except UnicodeEncodeError:
        return b""
