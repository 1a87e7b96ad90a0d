"""Drafts → Api: from what the pages write to what they mean."""

from __future__ import annotations

from collections.abc import Sequence

from apiscribe.draft import PageDraft
from apiscribe.ir import Api
from apiscribe.lower.donated import apply_donors
from apiscribe.lower.donors import Donor
from apiscribe.lower.files import assemble
from apiscribe.lower.identifiers import clean_packages
from apiscribe.lower.messages import lower_messages
from apiscribe.lower.overlay import Overlay, apply_overlay
from apiscribe.lower.resources import derive_resources
from apiscribe.lower.services import lower_services
from apiscribe.lower.symbols import Symbols
from apiscribe.lower.undeclared import declare_undeclared
from apiscribe.report import Report
from apiscribe.source import Source
from apiscribe.spec import Settings

__all__ = ["lower"]


def lower(
    name: str,
    drafts: Sequence[PageDraft],
    settings: Settings,
    overlay: tuple[Overlay, Source],
    donors: Sequence[Donor],
    report: Report,
) -> Api:
    """The Api that the drafts declare. What could not be resolved is in the report."""
    # Corrections first. They count as documentation: every later step must see the pages as they
    # should be, and no inference may get ahead of a correction.
    pages = apply_overlay(drafts, *overlay, report)

    # Packages next: they become part of every full name, and of paths.
    pages = clean_packages(pages, report)

    # Donors where pages and overlay are silent. Before any inference: another edition that says a
    # thing is better evidence than a rule.
    pages = apply_donors(pages, donors, settings.uses, report)

    # All names before any type: a type may be declared below its use, or on another page. This
    # step also settles clashes.
    symbols = Symbols(pages, settings.uses, report)

    # Names that nobody declares once all that are declared are known; from here on, every type
    # resolves.
    declare_undeclared(pages, symbols, report)

    # Messages: types, labels, enums. Numbers come last in it, for they follow the page's order of
    # the fields that are left.
    lowered = lower_messages(symbols, report)
    messages = lowered.messages

    # Services after messages: routes are checked against the fields of requests.
    services = lower_services(symbols, messages, report)
    services = derive_resources(services, messages, settings, report)

    # Files last: what a file imports is known only when every type is.
    return Api(name=name, files=assemble(pages, symbols, lowered, services))
