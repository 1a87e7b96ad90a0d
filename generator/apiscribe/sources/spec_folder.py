"""Load a spec folder: every file that an API is compiled from, read once.

A spec is a folder of pages, optionally with spec.toml, overlay.toml, a lock, handlers and reference
versions. Compilation works on the value that `load_spec` returns, and reads no file.
"""

from __future__ import annotations

import keyword
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from apiscribe.diagnostics.codes.files import (
    too_many_pages,
    unread_files,
    unread_input,
)
from apiscribe.diagnostics.codes.overlay import malformed_overlay
from apiscribe.diagnostics.codes.settings import (
    malformed_spec,
    name_hides_module,
    unknown_output,
    unreadable_reference,
)
from apiscribe.diagnostics.did_you_mean import did_you_mean
from apiscribe.diagnostics.report import Diagnostic, Report
from apiscribe.diagnostics.source import Source, Sources, Span
from apiscribe.lower.references import Reference
from apiscribe.model.house_words import HouseWords
from apiscribe.model.lock import LOCK_FILE, Lock
from apiscribe.model.names import snake
from apiscribe.model.outputs import OUTPUT_NAMES
from apiscribe.model.overlay import Overlay
from apiscribe.model.settings import Settings
from apiscribe.pages.text import read_source
from apiscribe.sources.handlers import ExistingHandlers, read_handlers
from apiscribe.sources.reference_versions import (
    UnusableReferenceError,
    load_reference,
    report_unusable,
)
from apiscribe.sources.spec_files import (
    INDEX_PAGES,
    OVERLAY_FILE,
    PAGE_LOCK,
    SETTINGS_FILE,
    SpecFiles,
    lock_of,
)
from apiscribe.sources.stated_paths import checked_paths
from apiscribe.sources.toml_file import line_with, read_toml
from apiscribe.sources.words import check_words, words_of
from apiscribe.workspace.inputs import leads_elsewhere

_MAX_NAME_LENGTH = 40
_MOST_ENDINGS = 8  # named in a message
# Modules that the generated package imports: an API with the same name would shadow one.
_RESERVED_NAMES = sys.stdlib_module_names | frozenset(
    "aiosqlite annotated_types apiscribe_runtime fastapi google grpc grpc_health grpc_reflection"
    " greenlet pydantic pydantic_core pydantic_settings sqlalchemy starlette uvicorn".split()
)


@dataclass(frozen=True, kw_only=True)
class Spec:
    """The input of a compilation.

    `page_files` are the paths of all pages, relative to the folder, and `other_files` those of the
    files beside them that are not read; `pages` are the pages within the budget, with their texts
    in `sources`. `lock` is empty before the first build. `references` are the reference
    versions by their name in spec.toml: a spec to compile, or a model. `diagnostics` are those of
    loading. `revision` is the folder as git:REV:PATH, if `folder` is a temporary checkout of it.
    """

    folder: Path
    settings: Settings
    overlay: Overlay
    lock: Lock
    page_files: tuple[str, ...]
    other_files: tuple[str, ...] = ()
    pages: tuple[str, ...]
    handlers: ExistingHandlers | None
    references: Mapping[str, Spec | Reference]
    sources: Sources
    diagnostics: tuple[Diagnostic, ...] = field(repr=False)
    lock_name: str = LOCK_FILE
    revision: str = ""

    @property
    def name(self) -> str:
        """The name of the API: a lower-case Python identifier."""
        return _name(self.folder, self.settings)

    @property
    def is_page(self) -> bool:
        """Whether a single page is the spec, rather than its folder."""
        return self.lock_name != LOCK_FILE

    @property
    def shown_folder(self) -> Path:
        """The folder as messages name it."""
        return Path(self.revision or self.folder)

    @property
    def shown_path(self) -> Path:
        """The folder, or the page that is a spec alone, as commands take it."""
        return self.shown_folder / self.page_files[0] if self.is_page else self.shown_folder

    @property
    def handlers_folder(self) -> Path | None:
        """The folder of the handlers; None if spec.toml names none, or it does not exist."""
        folder = self.folder / self.settings.handlers
        return folder if self.settings.handlers and folder.is_dir() else None

    @property
    def is_bare(self) -> bool:
        """Whether the folder itself holds the pages, without settings."""
        return self.settings.pages == "." and SETTINGS_FILE not in self.sources

    @property
    def settings_source(self) -> Source:
        """The text of spec.toml; empty without the file."""
        return self.sources.get(SETTINGS_FILE, Source(SETTINGS_FILE, ""))

    @property
    def overlay_source(self) -> Source:
        """The text of overlay.toml; empty without the file."""
        return self.sources.get(OVERLAY_FILE, Source(OVERLAY_FILE, ""))

    @property
    def words(self) -> HouseWords:
        """The words of its pages besides those that apiscribe ships."""
        return words_of(self.settings.words)

    def pinned_dialect(self, path: str) -> str:
        """Return the dialect of a page in spec.toml, or an empty text."""
        pins = self.settings.dialects.items()
        return next((dialect for glob, dialect in pins if fnmatchcase(path, glob)), "")


def load_spec(path: Path, *, with_references: bool = True, revision: str = "") -> Spec:
    """Load a spec folder, or a page that is a spec alone. Errors in files become diagnostics of the
    Spec; OSError is raised.

    Without spec.toml and a folder `pages`, the spec folder itself holds the pages. Reference
    versions are loaded without their own reference versions and handlers. A page alone has no
    settings and no overlay, and `PAGE.lock.json` beside it keeps its numbers. `revision`: the path
    as git:REV:PATH, if it is a temporary checkout.
    """
    return _Loader(path, revision).load(with_references)


def _load_alone(folder: Path) -> Spec:
    return load_spec(folder, with_references=False)


class _Loader:
    """Reads the files of one spec, and collects texts and diagnostics."""

    def __init__(self, path: Path, revision: str) -> None:
        self.page = path.name if path.is_file() else ""
        self.folder = path.parent if self.page else path
        if self.page and revision:
            revision = revision.removesuffix(self.page)
            revision = f"{revision}." if revision.endswith(":") else revision.rstrip("/")
        self.revision = revision
        self.lock_name = f"{self.page}{PAGE_LOCK}" if self.page else LOCK_FILE
        self.sources, self.report = Sources(), Report()
        self.files = SpecFiles(self.folder, self.report)

    def load(self, with_references: bool) -> Spec:
        settings = self.page_settings() if self.page else self.settings()
        overlay = Overlay() if self.page else self.overlay()
        references = dict(self.references(settings)) if with_references else {}
        lock = self.lock()
        page_files, other_files = (
            ((self.page,), ()) if self.page else self.files.listed(settings.pages)
        )
        if other_files:
            self.report.add(unread_files(endings(other_files)), Span(settings.pages, 1, 1))
        return Spec(
            folder=self.folder,
            settings=settings,
            overlay=overlay,
            lock=lock,
            page_files=page_files,
            other_files=other_files,
            pages=tuple(self.pages(page_files, settings)),
            handlers=self.handlers(settings) if with_references else None,
            references=references,
            sources=self.sources,
            diagnostics=tuple(self.report),
            lock_name=self.lock_name,
            revision=self.revision,
        )

    def page_settings(self) -> Settings:
        """Return the settings of a page alone. An index page has the name of its folder."""
        stem = Path(self.page).stem
        is_index = stem.lower() in INDEX_PAGES
        return Settings(pages=".", name="" if is_index else stem)

    def settings(self) -> Settings:
        span = Span(SETTINGS_FILE, 1, 1)
        if (raw := self.files.content(SETTINGS_FILE)) is not None:
            settings = read_toml(
                raw, SETTINGS_FILE, Settings, malformed_spec, self.sources, self.report
            )
            check_words(settings.words, self.sources[SETTINGS_FILE], self.report)
        else:
            settings = Settings() if (self.folder / "pages").is_dir() else Settings(pages=".")
        name = _name(self.folder, settings)
        if name in _RESERVED_NAMES or keyword.iskeyword(name):
            self.report.add(name_hides_module(name), span)
        self.check_outputs(settings.outputs.only)
        return checked_paths(settings, self.folder, self.report, span)

    def check_outputs(self, names: Sequence[str]) -> None:
        for name in names:
            if name not in OUTPUT_NAMES:
                suggestion = did_you_mean(name, OUTPUT_NAMES)
                span = line_with(f'"{name}"', self.sources[SETTINGS_FILE])
                self.report.add(unknown_output(name, OUTPUT_NAMES, suggestion), span, mark=name)

    def overlay(self) -> Overlay:
        if (raw := self.files.content(OVERLAY_FILE)) is None:
            return Overlay()
        return read_toml(raw, OVERLAY_FILE, Overlay, malformed_overlay, self.sources, self.report)

    def lock(self) -> Lock:
        if (raw := self.files.content(self.lock_name)) is None:
            return Lock()
        self.sources[self.lock_name] = source = read_source(raw, self.lock_name, self.report)
        lock, diagnostics = lock_of(source)
        self.report.include(diagnostics, {})
        return lock

    def pages(self, page_files: Sequence[str], settings: Settings) -> Iterator[str]:
        """Read the pages within the budget into `sources`, and yield their paths."""
        budget = settings.budget
        if len(page_files) > budget.pages:
            self.report.add(
                too_many_pages(len(page_files), budget.pages, page_files[budget.pages]),
                Span(SETTINGS_FILE, 1, 1),
            )
        for path in page_files[: budget.pages]:
            if (raw := self.files.content(path, budget.page_bytes)) is not None:
                self.sources[path] = read_source(raw, path, self.report)
                yield path

    def handlers(self, settings: Settings) -> ExistingHandlers | None:
        if not settings.handlers:
            return None
        if leads_elsewhere(settings.handlers, self.folder):
            message = unread_input(settings.handlers, "is a link that leads out of the folder")
            self.report.add(message, Span(settings.handlers, 1, 1))
            return None
        handlers = read_handlers(self.folder / settings.handlers, settings.handlers)
        self.sources.update({source.path: source for source in handlers.files.values()})
        return handlers

    def references(self, settings: Settings) -> Iterator[tuple[str, Spec | Reference]]:
        """Yield the reference versions with their names; report one that cannot be read."""
        for name in settings.references:
            try:
                if leads_elsewhere(name, self.folder):
                    reason = "a link in its path leads out of the folder"
                    raise UnusableReferenceError(unreadable_reference(name, reason))
                yield name, load_reference(name, self.folder / name, _load_alone)
            except UnusableReferenceError as error:
                report_unusable(name, error.message, self.sources, self.report)


def endings(files: Sequence[str]) -> str:
    """Return the endings of files and how many have each, the most frequent first."""
    counts = Counter(Path(file).suffix.lower() or Path(file).name for file in files)
    listed = [f"{ending} ({count})" for ending, count in counts.most_common(_MOST_ENDINGS)]
    more = len(counts) - len(listed)
    return ", ".join([*listed, f"{more} more"] if more > 0 else listed)


def _name(folder: Path, settings: Settings) -> str:
    return snake(settings.name or folder.resolve().name)[:_MAX_NAME_LENGTH]
