"""Names on pages that are not identifiers: they are renamed by rule, and reported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from apiscribe.diagnostics.report import Report
from apiscribe.diagnostics.source import Span
from apiscribe.model.draft import PageDraft
from apiscribe.model.names import identifier

_LONGEST_PACKAGE = 200  # characters, because it becomes a path


def as_identifier(name: str, what: str, span: Span, report: Report) -> str:
    """Return the name if it is an identifier; else report it, and return a similar one."""
    usable = identifier(name)
    if usable != name:
        report.add(
            "renamed-identifier",
            f'{what} "{name}" is no identifier; the outputs name it {usable}',
            span,
            mark=name,
        )
    return usable


def clean_packages(pages: Sequence[PageDraft], report: Report) -> list[PageDraft]:
    """Return the pages with packages that consist of identifiers: packages become folders."""
    return [replace(page, package=_clean(page, report)) for page in pages]


def _clean(page: PageDraft, report: Report) -> str:
    parts = [identifier(part) for part in page.package.split(".") if part]
    clean = ".".join(parts)[:_LONGEST_PACKAGE].rstrip(".") or "unnamed"
    if clean != page.package:
        report.add(
            "renamed-identifier",
            f'package "{page.package}" is no name of a package; the outputs name it {clean}',
            page.span,
            mark=page.package,
        )
    return clean
