"""Compile a spec: pages → drafts → Api. Compilation is pure: it neither reads nor writes files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from apiscribe.diagnostics.codes.files import no_pages
from apiscribe.diagnostics.codes.settings import erroneous_reference
from apiscribe.diagnostics.report import Diagnostic, Report
from apiscribe.diagnostics.severity import apply_severity_overrides
from apiscribe.diagnostics.source import Span
from apiscribe.dialects.drafts import PageToRead, draft_pages
from apiscribe.lower import lower
from apiscribe.lower.checks import check
from apiscribe.lower.overlay import accept_diagnostics
from apiscribe.lower.references import Reference
from apiscribe.model.api import Api
from apiscribe.model.house_words import in_force
from apiscribe.model.lock import Lock
from apiscribe.sources.handlers import check_handlers
from apiscribe.sources.losses import report_losses
from apiscribe.sources.reference_versions import report_unusable
from apiscribe.sources.spec_folder import Spec, endings, load_spec
from apiscribe.sources.unused_settings import report_unused_settings
from apiscribe.workspace.kept import remembered
from apiscribe.workspace.profile import Profile


@dataclass(kw_only=True)
class Compilation:
    """A spec with its model, the lock for the next build, and all diagnostics.

    `left_out` holds the errors on pages that a partial compilation left out. `profile` holds the
    completed steps; later steps are added to it.
    """

    spec: Spec
    api: Api
    lock: Lock
    report: Report
    left_out: list[Diagnostic] = field(default_factory=list)
    profile: Profile = field(default_factory=Profile)

    @property
    def diagnostics(self) -> list[Diagnostic]:
        """The diagnostics by file, line and code."""
        return list(self.report)

    @property
    def failed(self) -> bool:
        """Whether there is an error, so that nothing may be written."""
        return self.report.has_errors


def compile_folder(
    folder: Path, *, partial: bool = False, profile: Profile | None = None
) -> Compilation:
    """Load and compile a spec folder."""
    return compile_spec(load_spec(folder), partial=partial, profile=profile)


def compile_spec(
    spec: Spec,
    *,
    partial: bool = False,
    accept_losses: bool = False,
    profile: Profile | None = None,
) -> Compilation:
    """Compile a spec. Errors on pages become diagnostics in the report; none is raised.

    A partial compilation leaves out the pages with errors, until no error remains. It is an error
    if a declaration of the lock is on its page and not read, unless losses are accepted.
    """
    profile = profile or Profile()
    compilation = _compile(spec, frozenset(), profile, accept_losses)
    left_out: list[Diagnostic] = []
    while partial:
        pages = frozenset(spec.page_files)
        errors = [error for error in compilation.report.at("error") if error.span.path in pages]
        if not errors:
            break
        left_out += errors
        compilation = _compile(spec, frozenset(error.span.path for error in left_out), profile)
    compilation.left_out = left_out
    return compilation


def _compile(
    spec: Spec, without: frozenset[str], profile: Profile, accept_losses: bool = True
) -> Compilation:
    settings, overlay = spec.settings, (spec.overlay, spec.overlay_source)
    report = Report()
    report.include((each for each in spec.diagnostics if each.span.path not in without), {})
    references = list(_references(spec, report))
    # `lower` holds the only reference to the drafts, so that it can free them early.
    drafts = [draft_pages(pages_to_read(spec, without), report, profile)]
    with profile.step("lower") as counts, in_force(spec.words):
        api, lock = lower(spec.name, drafts.pop(), settings, overlay, references, spec.lock, report)
        counts["declarations"] = api.count_declarations()
    if not api.files and not report.at("error"):
        message = no_pages(len(spec.page_files), endings(spec.other_files))
        report.add(message, Span(settings.pages, 1, 1))
    with profile.step("check"):
        check(api, report)
        if not accept_losses:
            report_losses(spec.lock, api, spec.pages, spec.sources, report)
    # Without all pages, a handler may implement a method on a page that is left out.
    if spec.handlers and not without:
        check_handlers(spec.handlers, api, report)
    if not without:
        report_unused_settings(spec, api, references, report)
    accept_diagnostics(*overlay, report)
    # Last: an [[accept]] entry must match what it accepts, whatever its level.
    apply_severity_overrides(settings.severity, spec.settings_source, report)
    return Compilation(spec=spec, api=api, lock=lock, report=report, profile=profile)


def _references(spec: Spec, report: Report) -> Iterator[Reference]:
    """Yield the compiled reference versions; report one with an error on its pages."""
    for name, content in spec.references.items():
        if isinstance(content, Reference):
            yield content
            continue
        inputs = tuple(content.sources.values()), content.page_files, content.diagnostics
        compilation = remembered(
            ("reference", content.folder, inputs),
            partial(_compile, content, frozenset(), Profile()),
        )
        if errors := compilation.report.at("error"):
            message = erroneous_reference(name, errors[0].span, errors[0].message)
            report_unusable(name, message, spec.sources, report)
        else:
            yield Reference(name, compilation.api)


def pages_to_read(spec: Spec, without: frozenset[str] = frozenset()) -> Iterator[PageToRead]:
    """Yield the pages of a spec, each with what its draft depends on."""
    most_rows, words = spec.settings.budget.page_rows, spec.words
    for path in spec.pages:
        if path not in without:
            yield PageToRead(spec.sources[path], spec.pinned_dialect(path), most_rows, words)
