"""Dialects: Blocks → Draft, one module for each style of API pages.

To add one: a module or a package with a `Dialect`, a row in `DIALECTS`, a case folder under
tests/cases. Code that several dialects share has modules of its own (outline, tables, type_text,
service_page); dialects never import each other.
"""

from __future__ import annotations

from apiscribe.diagnostics.codes.settings import (
    generated_from_protobuf,
    nothing_declared,
    unknown_pinned_dialect,
    unread_api,
    without_routes,
)
from apiscribe.diagnostics.did_you_mean import did_you_mean
from apiscribe.diagnostics.report import Report
from apiscribe.dialects.dialect import Dialect
from apiscribe.dialects.generated_code import generated_code
from apiscribe.dialects.gitbook import GITBOOK
from apiscribe.dialects.http import HTTP, recognise_facts
from apiscribe.dialects.hugo import HUGO
from apiscribe.dialects.other_protocols import (
    has_several_routes,
    lists_kubernetes_resources,
    other_protocol,
)
from apiscribe.dialects.outline import record_page
from apiscribe.dialects.protobuf import PROTOBUF
from apiscribe.dialects.refusal import ENOUGH, look_at
from apiscribe.model.draft import PageDraft
from apiscribe.pages.blocks import Page

# In order of preference for a page that fits several equally: only Hugo pages have bulleted fields,
# and the two strict dialects precede those that know no site generator.
DIALECTS: tuple[Dialect, ...] = (HUGO, GITBOOK, PROTOBUF, HTTP)

# Pages that introduce a folder.
_INDEX_PAGES = frozenset({"readme", "index", "_index", "summary"})


def recognise(page: Page, pinned: str, report: Report) -> tuple[PageDraft, ...]:
    """Read the page's declarations by the pinned dialect, or by the one that fits best.

    A page without declarations gets one diagnostic, and none for each of its blocks.
    """
    dialect = _pinned(page, pinned, report) if pinned else _fitting(page)
    if dialect is None and pinned:
        record_page("unread", page, report)
        return ()
    if dialect is None:
        return _refuse(page, report)
    own = Report()
    drafts = dialect.recognise(page, own)
    one_address = drafts and dialect is HTTP and not pinned and not has_several_routes(drafts)
    if one_address and (protocol := other_protocol(page, least=1)):
        return _refuse(page, report, protocol)
    is_of_objects = drafts and dialect is HTTP and not any(draft.operations for draft in drafts)
    if is_of_objects and not pinned and generated_code(page):
        return _refuse(page, report)
    if is_of_objects and not pinned and lists_kubernetes_resources(page):
        return _refuse(page, report, "Kubernetes resources")
    if drafts or own.has_errors or (pinned and not _is_index(page)):
        report.include(own, own.coverage, own.parts)
        return drafts
    return _refuse(page, report)


def _pinned(page: Page, name: str, report: Report) -> Dialect | None:
    for dialect in DIALECTS:
        if dialect.name == name:
            return dialect
    known = [dialect.name for dialect in DIALECTS]
    report.add(unknown_pinned_dialect(name, known, did_you_mean(name, known)), page.source.span(1))
    return None


def _fitting(page: Page) -> Dialect | None:
    best = max(DIALECTS, key=lambda dialect: dialect.fits(page))
    return best if best.fits(page) > 0 else None


def _refuse(page: Page, report: Report, protocol: str = "") -> tuple[PageDraft, ...]:
    """Report a page without declarations: loudly if it looks like an API. Return the facts of the
    API that it states.
    """
    facts = recognise_facts(page)
    seen = look_at(page)
    if protocol := protocol or other_protocol(page, ENOUGH):
        report.add(without_routes(protocol), page.source.span(1))
        record_page("unread", page, report)
    elif code := generated_code(page):
        report.add(generated_from_protobuf(*code), page.source.span(1))
        record_page("unread", page, report)
    elif seen.is_api:
        report.add(unread_api(seen.text), page.source.span(1))
        record_page("unread", page, report)
    elif _is_index(page):
        record_page("index-page", page, report)
    elif facts and facts.facts and (facts.facts.servers or facts.facts.security):
        record_page("facts", page, report)
    else:
        report.add(nothing_declared(), page.source.span(1), cause=nothing_declared().text)
        record_page("other-page", page, report)
    return (facts,) if facts else ()


def _is_index(page: Page) -> bool:
    return page.path.rsplit("/", 1)[-1].split(".", 1)[0].lower() in _INDEX_PAGES
