"""Names on pages that are not identifiers: they are renamed by rule, and reported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from apiscribe.diagnostics.codes.declarations import renamed_identifier, renamed_package
from apiscribe.diagnostics.report import Report
from apiscribe.diagnostics.source import Span
from apiscribe.model.draft import PageDraft
from apiscribe.model.names import identifier

_LONGEST_PACKAGE = 200  # characters, because it becomes a path


def as_identifier(name: str, what: str, span: Span, report: Report) -> str:
    """Return the name if it is an identifier; else report it, and return a similar one."""
    usable = identifier(name)
    if usable != name:
        report.add(renamed_identifier(what, name, usable), span, mark=name)
    return usable


def clean_packages(pages: Sequence[PageDraft], report: Report) -> list[PageDraft]:
    """Return the pages with packages that consist of identifiers: packages become folders."""
    return [replace(page, package=_clean(page, report)) for page in pages]


def _clean(page: PageDraft, report: Report) -> str:
    parts = [identifier(part) for part in page.package.split(".") if part]
    clean = ".".join(parts)[:_LONGEST_PACKAGE].rstrip(".") or "unnamed"
    if clean != page.package:
        report.add(renamed_package(page.package, clean), page.span, mark=page.package)
    return clean
