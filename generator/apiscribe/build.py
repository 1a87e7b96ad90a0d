"""The whole way: a spec folder → its model and outputs → files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from apiscribe.checks import check
from apiscribe.draft import PageDraft
from apiscribe.ir import Api
from apiscribe.levels import apply_levels
from apiscribe.lock import LOCK_FILE, Lock, read_lock
from apiscribe.lower import lower
from apiscribe.lower.donors import Donor
from apiscribe.lower.overlay import Overlay, accept_findings
from apiscribe.page_drafts import PageToRead, draft_pages
from apiscribe.pages.budget import has_too_many_bytes
from apiscribe.pages.text import read_source
from apiscribe.report import Diagnostic, Report
from apiscribe.source import Source, Span
from apiscribe.spec import Spec, read_spec, read_toml
from apiscribe.steps import Steps

if TYPE_CHECKING:
    from apiscribe.emit import Output
    from apiscribe.handlers.standing import Standing


class OutputError(Exception):
    """The outputs are worth nothing; the report says why."""


class DonorError(Exception):
    """A donor that no facts can be taken from; the text says why."""


@dataclass
class Reading:
    """What was read of one spec: its model, and what was found on the way.

    `locked` is what numbers.json holds, `lock` what it should. `left_out` holds the errors of the
    pages that a partial reading did without. `standing`: the handlers of the folder that spec.toml
    names, None where it names none. `steps`: how long it took, and what comes after.
    """

    spec: Spec
    report: Report
    api: Api
    steps: Steps = field(default_factory=Steps)
    locked: Lock = field(default_factory=Lock)
    lock: Lock = field(default_factory=Lock)
    left_out: list[Diagnostic] = field(default_factory=list)
    standing: Standing | None = None

    @property
    def failed(self) -> bool:
        """Whether an error was found; then nothing may be written."""
        return self.report.has_errors


def read(folder: Path, partial: bool = False, steps: Steps | None = None) -> Reading:
    """The model of a spec folder. Trouble on pages is in the report, not raised.

    A partial reading leaves out the pages that have errors, and goes on until none has.
    """
    steps = steps or Steps()
    reading = _read(folder, frozenset(), steps)
    left_out: list[Diagnostic] = []
    while partial:
        pages = {reading.spec.path_of(file) for file in reading.spec.page_files()}
        errors = [found for found in reading.report.at("error") if found.span.path in pages]
        if not errors:
            break
        left_out += errors
        sources = reading.spec.sources
        reading = _read(folder, frozenset(found.span.path for found in left_out), steps)
        # The lines of a page that was left out are still shown with its errors.
        reading.spec.sources.update({**sources, **reading.spec.sources})
    reading.left_out = left_out
    return reading


def _read(folder: Path, without: frozenset[str], steps: Steps, with_donors: bool = True) -> Reading:
    report = Report()
    spec = read_spec(folder, report)
    overlay = _read_overlay(spec, report)
    donors = _read_donors(spec, report) if with_donors else []
    locked = _read_lock(spec, report) if spec.keeps_numbers else None
    # Nobody but `lower` holds the drafts, so that they are gone when it needs them no more.
    drafts = [_read_pages(spec, without, report, steps)]
    with steps.step("lower"):
        api, lock = lower(spec.name, drafts.pop(), spec.settings, overlay, donors, locked, report)
    if not api.files and not report.at("error"):
        report.add("no-pages", "no page declares anything", Span(spec.settings.pages, 1, 1))
    with steps.step("check"):
        check(api, report)
    standing = _read_handlers(spec) if with_donors else None
    # Whether a page that is left out has a handler's method, nobody knows.
    if standing and not without:
        from apiscribe.handlers.standing import check_handlers

        check_handlers(standing, api, report)
    accept_findings(*overlay, report)
    # Levels last: an [[accept]] entry must match what it accepts, whatever its level.
    apply_levels(spec.settings.level, spec.sources.get("spec.toml", Source("", "")), report)
    return Reading(spec, report, api, steps, locked or Lock(), lock, standing=standing)


def outputs(reading: Reading) -> list[Output]:
    """What is to be written for a spec, by path: nothing if an error was found, or is found now."""
    try:
        return sorted(each_output(reading), key=lambda output: output.path)
    except OutputError:
        return []


def each_output(reading: Reading) -> Iterator[Output]:
    """What is to be written for a spec, as it is made, in no order: nothing if an error was found.

    Raises OutputError if one is found now, which is in the report then.
    """
    if reading.failed:
        return
    # What emits takes its time to load, and `lint` does without.
    from apiscribe.emit import ProtocError, emit

    try:
        yield from emit(reading.api, reading.steps)
    except (ProtocError, SyntaxError) as error:
        reading.report.add("uncompilable-output", str(error), _place(str(error), reading.api))
        raise OutputError from error


def missing(reading: Reading) -> dict[str, bytes]:
    """The stubs of handlers that the spec's folder of them lacks: path there → content."""
    if reading.standing is None or reading.failed:
        return {}
    from apiscribe.handlers.stubs import missing_stubs

    stubs = missing_stubs(reading.api, reading.standing.files, reading.standing.methods)
    return {stub.path: stub.content for stub in stubs}


def _place(error: str, api: Api) -> Span:
    """The page of the `.proto` that an error of the compiler names first, or the first page."""
    named = (file.page for file in api.files if f"{file.path}:" in error and file.page)
    return Span(next(named, api.files[0].page), 1, 1)


def _read_pages(
    spec: Spec, without: frozenset[str], report: Report, steps: Steps
) -> list[PageDraft]:
    return draft_pages(_pages(spec, without, report), report, steps)


def _pages(spec: Spec, without: frozenset[str], report: Report) -> Iterator[PageToRead]:
    budget = spec.settings.budget
    for file in _files_within_budget(spec, report):
        path = spec.path_of(file)
        if path in without or has_too_many_bytes(file, path, budget.page_bytes, report):
            continue
        source = read_source(file, path, report)
        spec.sources[source.path] = source
        yield PageToRead(source, spec.pinned_dialect(source.path), budget.page_rows)


def _files_within_budget(spec: Spec, report: Report) -> list[Path]:
    """The first pages of the spec; that there are more than its budget allows is an error."""
    files = spec.page_files()
    most = spec.settings.budget.pages
    if len(files) > most:
        first = spec.path_of(files[most])
        said = f"the spec has {len(files):,} pages, more than {most:,}; {first} and those behind it"
        advice = "divide the spec, or raise `pages` under [budget] in spec.toml"
        report.add("spec-over-budget", f"{said} are not read", Span("spec.toml", 1, 1), help=advice)
    return files[:most]


def _read_donors(spec: Spec, report: Report) -> list[Donor]:
    """The editions that spec.toml names as donors. One that cannot be read is an error."""
    donors = []
    for name in spec.settings.donors:
        try:
            donors.append(_read_donor(name, spec.folder / name))
        except DonorError as error:
            span = spec.span_of(f'"{name}"')
            report.add("unusable-donor", f"{name} {error}", span, mark=name)
    return donors


def _read_donor(name: str, place: Path) -> Donor:
    if not place.exists():
        raise DonorError("does not exist")
    if place.is_file() or any(place.rglob("*.proto")):
        # protobuf takes its time to load, and few specs have such a donor.
        from apiscribe.descriptors import DescriptorsError, read_descriptors

        try:
            return Donor(name, read_descriptors(place), complete=True)
        except DescriptorsError as error:
            raise DonorError(f"cannot be read: {error}") from error
    reading = _read(place, frozenset(), Steps(), with_donors=False)
    if errors := reading.report.at("error"):
        raise DonorError(f"has an error: {errors[0].span}: {errors[0].message}")
    return Donor(name, reading.api)


def _read_handlers(spec: Spec) -> Standing | None:
    if not (named := spec.settings.handlers):
        return None
    from apiscribe.handlers.standing import read_handlers

    standing = read_handlers(spec.folder / named, named)
    spec.sources.update({source.path: source for source in standing.files.values()})
    return standing


def _read_lock(spec: Spec, report: Report) -> Lock:
    file = spec.folder / LOCK_FILE
    if not file.is_file():
        return Lock()
    source = read_source(file, LOCK_FILE, report)
    spec.sources[LOCK_FILE] = source
    return read_lock(source, report)


def _read_overlay(spec: Spec, report: Report) -> tuple[Overlay, Source]:
    file = spec.folder / "overlay.toml"
    if not file.is_file():
        return Overlay(), Source(file.name, "")
    overlay = read_toml(file, Overlay, "malformed-overlay", spec.sources, report)
    return overlay, spec.sources[file.name]
