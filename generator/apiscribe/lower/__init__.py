"""Drafts → Api: from what the pages write to what they mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from apiscribe.diagnostics.report import Report
from apiscribe.diagnostics.source import Source
from apiscribe.lower.evidence import infer_shown_lists
from apiscribe.lower.files import assemble
from apiscribe.lower.identifiers import clean_packages
from apiscribe.lower.messages import lower_messages
from apiscribe.lower.numbers import give_numbers
from apiscribe.lower.overlay import apply_overlay, kept_numbers
from apiscribe.lower.reference_facts import apply_references
from apiscribe.lower.references import Reference
from apiscribe.lower.renames import report_gone, with_renames
from apiscribe.lower.resources import derive_resources
from apiscribe.lower.retyped import check_types
from apiscribe.lower.services import lower_services
from apiscribe.lower.symbols import Symbols
from apiscribe.lower.undeclared import declare_undeclared
from apiscribe.model.api import Api
from apiscribe.model.draft import PageDraft
from apiscribe.model.lock import Lock
from apiscribe.model.overlay import Overlay
from apiscribe.model.settings import Settings

__all__ = ["lower"]


def lower(
    name: str,
    drafts: Sequence[PageDraft],
    settings: Settings,
    overlay: tuple[Overlay, Source],
    references: Sequence[Reference],
    lock: Lock | None,
    report: Report,
) -> tuple[Api, Lock]:
    """The Api that the drafts declare, and the lock that keeps its numbers. What could not be
    resolved is in the report. Without a `lock`, numbers are those of the pages' order.
    """
    keeps, lock = lock is not None, lock or Lock()

    # Corrections first. They count as documentation: every later step must see the pages as they
    # should be, and no inference may get ahead of a correction.
    pages = apply_overlay(drafts, *overlay, report)

    # Packages next: they become part of every full name, and of paths.
    pages = clean_packages(pages, report)

    # References where pages and overlay are silent. Before any inference: another edition that says a
    # thing is better evidence than a rule.
    pages = apply_references(pages, references, settings.uses, report)

    # All names before any type: a type may be declared below its use, or on another page. This
    # step also settles clashes.
    symbols = Symbols(pages, settings.uses, report)

    # Names that nobody declares once all that are declared are known; from here on, every type
    # resolves.
    declare_undeclared(pages, symbols, lock, report)

    # Messages: types, labels, enums. The lock tells where enums stood that no page names.
    lowered = lower_messages(symbols, lock, report)

    # Services after messages: routes are checked against the fields of requests.
    services = lower_services(symbols, lowered.messages, report)

    # Examples next to last: what they show of nested messages is known only when every type is.
    lowered = replace(lowered, messages=infer_shown_lists(lowered, services, report))

    # Resources are told from what lists repeat.
    services = derive_resources(services, lowered.messages, settings, report)

    # Files: what a file imports is known only when every type is.
    api = Api(name=name, files=assemble(pages, symbols, lowered, services))
    # What the pages declare is as large as the Api, and is not needed any more.
    del drafts, pages, symbols, lowered, services

    # Numbers last: they change nothing else. Renames before them, so that numbers are found under
    # the new names; what the lock says of types is compared when all numbers are given.
    renamed, retyped = kept_numbers(*overlay, report)
    before = with_renames(lock, renamed, api, report)
    api, after = give_numbers(api, before, settings.numbers, keeps)
    check_types(api, before, after, retyped, report)
    report_gone(api, before, report)
    return api, after
