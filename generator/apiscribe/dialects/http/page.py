"""A page about an HTTP API → its draft."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from apiscribe.diagnostics.codes.methods import misspelt_verb
from apiscribe.diagnostics.codes.pages import unread_members, unread_parts
from apiscribe.diagnostics.report import Report
from apiscribe.diagnostics.source import Span
from apiscribe.dialects.http import declared_operations, http_directives, openapi_documents
from apiscribe.dialects.http.api_facts import read_facts
from apiscribe.dialects.http.blueprint import restate
from apiscribe.dialects.http.common_verbs import common_hits
from apiscribe.dialects.http.fact_lines import tabulate
from apiscribe.dialects.http.hits import LINE, ROW, Hit
from apiscribe.dialects.http.item_sections import texts_of
from apiscribe.dialects.http.listings import Operation
from apiscribe.dialects.http.local_objects import release, with_headings
from apiscribe.dialects.http.mentions import command_hits, example_hits, heads_request, prose_hits
from apiscribe.dialects.http.misspelt_verbs import misspelt_verbs
from apiscribe.dialects.http.objects import Objects
from apiscribe.dialects.http.operation_drafts import draft_operation
from apiscribe.dialects.http.ownership import find_operations
from apiscribe.dialects.http.parts import Part, flatten
from apiscribe.dialects.http.places import find_hits
from apiscribe.dialects.http.reader import read_parts
from apiscribe.dialects.http.routes import find_routes
from apiscribe.dialects.http.sections import Section, build_sections
from apiscribe.dialects.http.security_reader import read_operation
from apiscribe.dialects.http.typescript import spell_types
from apiscribe.dialects.http.value_sections import ValueSections
from apiscribe.dialects.http.words import is_history
from apiscribe.dialects.outline import Coverage
from apiscribe.dialects.service_page import lists_methods_and_messages
from apiscribe.model.draft import MessageDraft, OperationDraft, PageDraft, SecurityDraft
from apiscribe.pages.blocks import Block, Bullets, Code, Page, Table

_OPERATION_ID = re.compile(r"opId(?P<name>\w+)")


@dataclass(frozen=True)
class _Structure:
    parts: tuple[Part, ...]
    root: Section
    hits: tuple[Hit, ...]
    is_history: bool
    by_commands: bool = False


def count_evidence(page: Page) -> int:
    """Count what the page shows of an HTTP API: operations, and members of messages.

    A row of a table counts less than other places. A page that lists methods and messages belongs
    to another dialect, unless the methods are verbs.
    """
    structure = _structure(page)
    if lists_methods_and_messages(page) and all(hit.weight > ROW for hit in structure.hits):
        return 0
    strong = sum(hit.weight > ROW for hit in structure.hits)
    if structure.hits:
        return 2 * strong + len(structure.hits)
    objects = Objects(page, structure.parts, structure.root, frozenset())
    found = [draft for draft, _ in objects.find()]
    stated = sum(not draft.if_used for draft in found) + len(objects.attributes)
    return max(stated, bool(found))


def recognise_page(page: Page, report: Report) -> tuple[PageDraft, ...]:
    """Read the page's operations and messages."""
    structure = _structure(page)
    parts, root = structure.parts, structure.root
    operations = find_operations(parts, root, structure.hits)
    local = release(parts, operations)
    read: set[int] = {hit.index for hit in structure.hits}
    drafts, missed = [], list[Span]()
    for operation in operations:
        draft, indexes, unread = _draft(operation, parts)
        missed += unread
        drafts.append(replace(draft, former=structure.is_history, by_command=structure.by_commands))
        read |= indexes
    taken = frozenset(at for operation in operations for at in operation.indexes)
    messages: list[MessageDraft] = []
    about_others = {hit.index for hit in structure.hits} | taken
    if structure.by_commands:
        about_others = set()  # it may be a guide: other pages decide
    for message, indexes in Objects(page, parts, root, taken, local).find():
        messages.append(message)
        read |= indexes
        about_others |= indexes
    listed = ValueSections(parts, root, about_others)
    messages = [listed.in_message(message) for message in messages]
    drafts = [listed.in_operation(draft) for draft in drafts]
    read |= listed.used
    facts = read_facts(page, parts, root, about_others)
    _report_coverage(page, parts, read, report, bool(drafts or messages))
    if missed:
        report.add(unread_members(len(missed)), min(missed))
    for found in misspelt_verbs(page):
        report.add(misspelt_verb(found.word, found.verb, found.path), found.span, mark=found.word)
    if not drafts and not messages:
        return ()
    return (
        PageDraft(
            dialect="http",
            path=page.path,
            package="",
            title=_title(root),
            description=facts.description.text if facts.description else "",
            operations=tuple(drafts),
            servers=tuple(dict.fromkeys(h.route.server for h in structure.hits if h.route.server)),
            facts=None if structure.is_history else facts,
            messages=tuple(messages),
            lists_values=True,
            span=page.source.span(1),
        ),
    )


def _title(root: Section) -> str:
    """Return the title of a page; the front matter's may be a route, and then names no page."""
    if root.title and not any(find_routes(root.title)):
        return root.title
    return "" if root.title else next((s.title for s in root.sections), "")


def recognise_facts(page: Page) -> PageDraft | None:
    """Read what a page without operations and messages states about the API as a whole."""
    parts = with_headings(tuple(flatten(page.blocks)))
    root = build_sections(page, parts)
    if is_history(_title(root), page.path):
        return None
    facts = read_facts(page, parts, root, set())
    if not facts.general and not facts.servers and not facts.security:
        return None
    span = page.source.span(1)
    return PageDraft(
        dialect="http", path=page.path, package="", facts=facts, lists_values=True, span=span
    )


def _structure(page: Page) -> _Structure:
    blocks = openapi_documents.restate(http_directives.restate(declared_operations.restate(page)))
    parts = with_headings(tuple(flatten(spell_types(tabulate(restate(blocks))))))
    root = build_sections(page, parts)
    hits = find_hits(parts, page.front_matter, page.source.span(1))
    hits += common_hits(parts, hits)
    title = _title(root)
    # A page "Archive" may be about `/cars.archive`.
    operated = bool(title) and any(title.lower() in hit.route.path.lower() for hit in hits)
    about = ("", page.path.rpartition("/")[0]) if operated else (title, page.path)
    history = is_history(*about)
    if history:
        hits = [hit for hit in hits if hit.weight >= LINE]
    elif hits:
        hits = sorted((*hits, *example_hits(parts, root, hits)), key=lambda hit: hit.index)
    else:
        commands, sentences = command_hits(parts), prose_hits(parts)
        shown = sorted((*commands, *sentences), key=lambda hit: hit.index)
        if requests := [hit for hit in shown if heads_request(parts, hit.index)]:
            return _Structure(parts, root, tuple(requests), history)
        if sentences or not any(Objects(page, parts, root, frozenset()).find()):
            return _Structure(parts, root, tuple(shown), history, True)
    return _Structure(parts, root, tuple(hits), history)


def _draft(
    operation: Operation, parts: Sequence[Part]
) -> tuple[OperationDraft, set[int], list[Span]]:
    own = frozenset(hit.index for hit in operation.hits)
    heading = frozenset(_titles(operation))
    if operation.item:
        inside = tuple(flatten(texts_of(operation.item)))
        contents = read_parts(inside, range(len(inside)), frozenset())
        security = read_operation(inside, range(len(inside)), contents.groups, operation.hits)
        return (
            _with_security(draft_operation(operation, contents, ""), security),
            set(own),
            contents.missed,
        )
    contents = read_parts(parts, operation.indexes, own | heading)
    name = next((hit.name for hit in operation.hits if hit.name), "")
    name = next((m["name"] for a in _anchors(operation) if (m := _OPERATION_ID.match(a))), name)
    security = read_operation(parts, operation.indexes, contents.groups, operation.hits)
    draft = _with_security(draft_operation(operation, contents, name), security)
    return draft, contents.read | own, contents.missed


def _titles(operation: Operation) -> Iterator[int]:
    """Yield the index of the heading of an operation; one in the front matter has the page's."""
    section = operation.section
    first = section.sections[0] if section.sections and section.start == 0 else None
    if section.level:
        yield section.start
    elif operation.hits[0].index < 0 and first and first.start == 0 and not first.is_role:
        yield first.start


def _with_security(draft: OperationDraft, security: SecurityDraft | None) -> OperationDraft:
    """Return an operation with its security requirements; its keys are not parameters."""
    together = security.alternatives if security else ()
    keys = {one.carrier for schemes in together for one in schemes if one.kind == "key"}
    parameters = (p for p in draft.parameters if (p.location, p.name.lower()) not in keys)
    return replace(draft, security=security, parameters=tuple(parameters))


def _anchors(operation: Operation) -> Iterator[str]:
    yield from operation.section.anchors


def _report_coverage(
    page: Page, parts: Sequence[Part], read: set[int], report: Report, used: bool
) -> None:
    """Record which blocks were read, and report those that look like an API and were not."""
    coverage = Coverage(page, report)
    spans = {parts[at].block.span for at in read if 0 <= at < len(parts)}
    lines = {line for span in spans for line in range(span.line, span.end_line + 1)}
    unread: list[Block] = []
    for block in page.blocks:
        if block.span.line in lines or set(range(block.span.line, block.span.end_line + 1)) & lines:
            coverage.read(block)
        elif isinstance(block, Table | Code | Bullets):
            unread.append(block)
            coverage.skip(block, "no-operation")
        else:
            coverage.skip(block, "prose")
    coverage.finish()
    tables = [block for block in unread if isinstance(block, Table)]
    if used and tables:
        report.add(unread_parts(len(tables)), tables[0].span)
