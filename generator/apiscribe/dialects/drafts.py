"""The pages of a spec → their drafts.

A draft depends only on its page, so pages are read in parallel, and a page is read again only after
it changes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import msgspec

from apiscribe.diagnostics.report import Diagnostic, Report
from apiscribe.diagnostics.source import Source
from apiscribe.model.draft import PageDraft
from apiscribe.model.house_words import NO_WORDS, HouseWords
from apiscribe.workspace.cache import Cache
from apiscribe.workspace.kept import kept_in_force
from apiscribe.workspace.parallel import batches, mapped
from apiscribe.workspace.profile import Profile

# The number of pages held in memory at once, as text and as drafts.
_BATCH = 500
# Of so many pages, some may need no more than the modules of their own dialect.
_FEW = 8


@dataclass(frozen=True)
class PageToRead:
    """A page to read: its text, the dialect that spec.toml pins (or ""), its most rows, and the
    house words of the spec.
    """

    source: Source
    dialect: str
    most_rows: int
    words: HouseWords = NO_WORDS


@dataclass(frozen=True)
class PageRead:
    """The result of reading a page.

    `coverage` has rows (kind of part, status, count).
    """

    drafts: tuple[PageDraft, ...]
    diagnostics: tuple[Diagnostic, ...]
    coverage: tuple[tuple[str, str, int], ...]


def draft_pages(pages: Iterable[PageToRead], report: Report, profile: Profile) -> list[PageDraft]:
    """Return the drafts of the pages that declare anything."""
    drafts: list[PageDraft] = []
    with profile.step("read") as counts:
        counts.update({"pages": 0, "parsed": 0})
        for batch in batches(pages, _BATCH):
            for path, read in _read_new(batch, counts, profile):
                coverage = {(path, kind, status): count for kind, status, count in read.coverage}
                report.include(read.diagnostics, coverage)
                drafts += read.drafts
    return drafts


def _read_new(
    pages: Sequence[PageToRead], counts: Counter[str], profile: Profile
) -> Iterator[tuple[str, PageRead]]:
    kept = kept_in_force()
    if kept is None:
        yield from _read_all(pages, counts, profile)
        return
    known = {page.source.path: read for page in pages if (read := kept.get(page))}
    counts["pages"] += len(known)
    others = [page for page in pages if page.source.path not in known]
    for page, (path, read) in zip(others, _read_all(others, counts, profile), strict=True):
        kept.put(page, read)
        known[path] = read
    yield from ((page.source.path, known[page.source.path]) for page in pages)


def _read_all(
    pages: Sequence[PageToRead], counts: Counter[str], profile: Profile
) -> Iterator[tuple[str, PageRead]]:
    counts["pages"] += len(pages)
    decoder = msgspec.msgpack.Decoder(PageRead)
    contents = {page: content for page in pages if (content := _content(page))}
    cacheable = list(contents)

    def compute(indexes: list[int]) -> Iterable[bytes]:
        return _read_pages([cacheable[index] for index in indexes], profile)

    serialized = Cache("drafts").get_or_compute(contents.values(), compute)
    for page in pages:
        if page in contents:
            encoded, is_new = next(serialized)
            read = decoder.decode(encoded)
        else:
            from apiscribe.dialects.page_draft import read_draft

            read, is_new = read_draft(page), True
        counts["parsed"] += is_new
        yield page.source.path, read
    next(serialized, None)


def _read_pages(pages: Sequence[PageToRead], profile: Profile) -> Iterable[bytes]:
    if not pages:
        return []
    # Imported here because the parsers are slow to import, and most runs find all pages cached.
    from apiscribe.dialects.http import load_reader
    from apiscribe.dialects.page_draft import serialized_draft

    if len(pages) > _FEW:
        load_reader()
    size = sum(len(page.source.text) for page in pages)
    return profile.track("reading pages", mapped(serialized_draft, pages, size), len(pages))


def _content(page: PageToRead) -> bytes:
    """Return everything that a page's draft depends on, as the key of the cache.

    It is empty if the page's name is not UTF-8: such a page cannot be cached.
    """
    content = (page.source.path, page.dialect, page.most_rows, page.words, page.source.text)
    try:
        return msgspec.msgpack.encode(content)
    except UnicodeEncodeError:
        return b""
