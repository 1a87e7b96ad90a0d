"""The files of a spec folder: their paths, and their contents up to a limit."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from apiscribe.diagnostics.codes.files import (
    broken_link,
    link_to_folder,
    not_a_file,
    too_deep,
    too_large,
    too_many_bytes,
    unread_input,
)
from apiscribe.diagnostics.report import Diagnostic, Report
from apiscribe.diagnostics.source import Source, Span
from apiscribe.model.lock import LOCK_FILE, Lock, read_lock
from apiscribe.workspace.inputs import (
    MOST_BYTES,
    InputError,
    NotAFileError,
    OversizeError,
    files_below,
    is_own,
    leads_out,
    read_input,
)
from apiscribe.workspace.kept import remembered

PAGE_SUFFIXES = (".md", ".mdx", ".markdown", ".txt", ".html", ".htm")
SETTINGS_FILE, OVERLAY_FILE = "spec.toml", "overlay.toml"
# The lock of a page that is a spec alone: `invoices.md.lock.json`.
PAGE_LOCK = ".lock.json"
INDEX_PAGES = ("readme", "index", "_index")
_LOCK_OF_EDITOR = ".#"  # Emacs: a link to USER@HOST
# The files of a spec, beside the pages of a bare folder.
OWN_FILES = ((SETTINGS_FILE,), (OVERLAY_FILE,), (LOCK_FILE,))


class SpecFiles:
    """The files of one folder. Those that are not read are reported."""

    def __init__(self, folder: Path, report: Report) -> None:
        self.folder, self.report = folder, report

    def content(self, path: str, most: int = 0) -> bytes | None:
        """Return the content of a file; None if it does not exist, or is reported. `most`: the
        limit for the bytes of a page.
        """
        if not os.path.lexists(self.folder / path):
            return None
        try:
            return read_input(self.folder / path, self.folder, most or MOST_BYTES)
        except OversizeError as error:
            message = too_many_bytes(error.size, most) if most else too_large(path, error.most)
        except InputError as error:
            is_file = not isinstance(error, NotAFileError)
            message = unread_input(path, str(error)) if is_file else not_a_file(path)
        self.report.add(message, Span(path, 1, 1))
        return None

    def listed(self, pages_folder: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the paths of the pages and of the other files, sorted by their parts."""
        pages: list[str] = []
        others: list[str] = []
        folder = Path(pages_folder)
        if not (self.folder / folder).is_dir():
            return (), ()
        if leads_out(self.folder / folder, self.folder):
            message = unread_input(pages_folder, "is a link that leads out of the folder")
            self.report.add(message, Span(pages_folder, 1, 1))
            return (), ()
        try:
            below = files_below(self.folder / folder, enters=is_own)
            paths = [(*folder.parts, *parts) for parts in below]
        except InputError as error:
            self.report.add(too_deep(pages_folder, str(error)), Span(pages_folder, 1, 1))
            return (), ()
        for parts in sorted(paths):
            name = parts[-1]
            if name.lower().endswith(PAGE_SUFFIXES) and Path(name).suffix:
                path = "/".join(parts)
                if (self.folder / path).is_file():
                    pages.append(path)
                elif (self.folder / path).is_symlink():
                    if not name.startswith(_LOCK_OF_EDITOR):
                        self.report.add(broken_link(path), Span(pages_folder, 1, 1))
                else:
                    self.report.add(not_a_file(path), Span(path, 1, 1))
            elif (self.folder.joinpath(*parts)).is_dir():
                path = "/".join(parts)
                if is_own(name) and leads_out(self.folder / path, self.folder / folder):
                    self.report.add(link_to_folder(path), Span(pages_folder, 1, 1))
            elif not _is_own(parts) and not any(part.startswith(".") for part in parts):
                others.append("/".join(parts))
        return tuple(pages), tuple(others)


def is_page(path: Path) -> bool:
    """Return whether a path is a file that may be a page."""
    return path.name.lower().endswith(PAGE_SUFFIXES) and path.is_file()


def _is_own(parts: tuple[str, ...]) -> bool:
    return parts in OWN_FILES or parts[-1].endswith(PAGE_LOCK)


def lock_of(source: Source) -> tuple[Lock, Sequence[Diagnostic]]:
    """Return the lock of a lock.json, and the diagnostics of its text."""

    def read() -> tuple[Lock, Sequence[Diagnostic]]:
        report = Report()
        return read_lock(source, report), tuple(report)

    return remembered(("lock", source), read)
