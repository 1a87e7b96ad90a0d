"""Drafts → Api: resolve the names on the pages, infer missing facts, assign numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from apiscribe.diagnostics.report import Report
from apiscribe.diagnostics.source import Source
from apiscribe.lower.conventions import apply_conventions
from apiscribe.lower.evidence import infer_shown_lists
from apiscribe.lower.facts import read_api_facts
from apiscribe.lower.files import assemble
from apiscribe.lower.identifiers import clean_packages
from apiscribe.lower.messages import lower_messages
from apiscribe.lower.naming import Naming
from apiscribe.lower.numbers import assign_numbers
from apiscribe.lower.operation_services import locked_services
from apiscribe.lower.operations import declare_operations
from apiscribe.lower.overlay import apply_overlay, kept_numbers
from apiscribe.lower.presence import decide_presence
from apiscribe.lower.reference_facts import apply_references
from apiscribe.lower.references import Reference
from apiscribe.lower.renames import report_gone, with_renames, with_splits
from apiscribe.lower.resources import derive_resources
from apiscribe.lower.roles import roles_of
from apiscribe.lower.services import lower_services
from apiscribe.lower.shared_objects import share_objects
from apiscribe.lower.split_services import join_services
from apiscribe.lower.standard_methods import decide_standard_methods
from apiscribe.lower.symbols import Symbols
from apiscribe.lower.type_changes import check_types
from apiscribe.lower.type_words import apply_type_words
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
    lock: Lock,
    report: Report,
) -> tuple[Api, Lock]:
    """Return the Api that the drafts declare, and the lock that keeps its numbers.

    Names that do not resolve are in the report. With an empty lock, numbers follow the order of the
    pages.
    """
    # Facts of the API before its operations, which only state how they differ: a page about
    # authentication declares nothing, and is not needed after this.
    drafts, security, facts = read_api_facts(drafts)

    # Methods and messages of HTTP operations before all else: an overlay corrects their names, too.
    # Their names are those of the lock, by route.
    naming = Naming(lock, report)
    renamed, retyped = kept_numbers(*overlay, report)
    locked = locked_services(lock, {rename.at for rename in renamed})
    drafts = declare_operations(drafts, name, settings.package, naming, security, locked, report)

    # Equal objects of operations before corrections, which know them by their names.
    drafts = share_objects(drafts, naming)

    # Corrections first. They count as documentation: every later step must see the corrected pages,
    # and no inference may run before a correction.
    pages = apply_overlay(drafts, *overlay, report)

    # Packages next: they are part of every full name, and of paths.
    pages = clean_packages(pages, settings.package, name, report)

    # Services that pages split, once their packages are known.
    pages = join_services(pages)

    # Type words before any type is compared. The declarations of the overlay and of references are
    # known, and a declared name is not a type word.
    pages = apply_type_words(pages, references, report)

    # References where pages and overlay state nothing. Before any inference: a fact that another
    # version states is better evidence than a rule.
    pages = apply_references(pages, references, settings.uses, report)

    # All names before any type: a type may be declared below its use, or on another page. This
    # step also resolves clashes of names, as the lock has them.
    for rename in renamed:
        naming.rename(rename)
    symbols = Symbols(pages, settings.uses, naming, report)

    # Undeclared names once all declared names are known. From here on, every type resolves.
    declare_undeclared(pages, symbols, lock, report)

    # Messages: types, labels, enums. The lock has the scopes of enums that no page names.
    lowered = lower_messages(symbols, lock, report)

    # Services after messages: routes are checked against the fields of request messages.
    services = lower_services(symbols, lowered.messages, report)

    # Lists in examples after all types: an example also shows nested messages, and their fields are
    # found by type.
    lowered = replace(lowered, messages=infer_shown_lists(lowered, services, report))

    # Presence after services and lists: it depends on which messages requests consist of.
    messages = decide_presence(lowered.messages, services, lowered.stated_presence)
    lowered = replace(lowered, messages=messages)

    # Resources after lists: a resource is the item of a repeated field.
    roles = {full_name: roles_of(service) for full_name, service in services.items()}
    services, tenant = derive_resources(services, roles, messages, settings, report)

    # Standard methods after resources: they work on rows, and on the key and the tenant of rows.
    services = decide_standard_methods(services, roles, messages)

    # Conventions after standard methods: the fields that these leave may select or sort rows.
    dialects = {name: page.dialect for name, (page, _) in symbols.declared.services.items()}
    services = apply_conventions(services, dialects, messages, settings, report)

    # Files: the imports of a file are known only when every type is.
    api = Api(
        name=name,
        tenant=tenant.name,
        facts=facts,
        provenance={"tenant": tenant.rule} if tenant.rule else {},
        files=assemble(pages, symbols, lowered, services),
    )
    # The declarations of the pages take as much memory as the Api, and are not needed any more.
    del drafts, pages, symbols, lowered, services

    # Numbers last: nothing else depends on them. Renames before numbers, so that numbers are found
    # under the new names. Types are compared with the lock after all numbers are assigned.
    before = with_renames(lock, [*renamed, *naming.moved], api, report)
    before = with_splits(before, naming.split)
    api, after = assign_numbers(api, before, settings.numbers, report)
    check_types(api, before, after, retyped, report)
    report_gone(api, before, report)
    return api, replace(after, names=naming.names())
