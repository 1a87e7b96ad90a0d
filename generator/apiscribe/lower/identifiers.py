"""Packages that are not identifiers: they are renamed by rule, and reported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from apiscribe.diagnostics.codes.declarations import assumed_package, renamed_package
from apiscribe.diagnostics.codes.inference import shared_package
from apiscribe.diagnostics.report import Report
from apiscribe.diagnostics.source import Span
from apiscribe.lower.inference import package_of_others, rule_name
from apiscribe.model.draft import PageDraft
from apiscribe.model.names import identifier

_LONGEST_PACKAGE = 200  # characters, because it becomes a path


def clean_packages(
    pages: Sequence[PageDraft], stated: str, name: str, report: Report
) -> list[PageDraft]:
    """Return the pages with packages that consist of identifiers: packages become folders.

    A page without a package has the one that spec.toml has `stated`, or else that of the other
    pages, or else the API's name.
    """
    result = []
    for page in pages:
        others = "" if page.package or stated else package_of_others(page, pages)
        package = page.package or stated or others or name
        if others:
            rule = rule_name(package_of_others)
            report.add(shared_package(others, rule), page.span, cause=others)
        elif not (page.package or stated):
            report.add(assumed_package(name), page.span, cause=f"{page.path} {name}")
        result.append(replace(page, package=_clean(package, page.span, report)))
    return result


def _clean(package: str, span: Span, report: Report) -> str:
    parts = [identifier(part) for part in package.split(".") if part]
    clean = ".".join(parts)[:_LONGEST_PACKAGE].rstrip(".") or "unnamed"
    if clean != package:
        report.add(renamed_package(package, clean), span, mark=package)
    return clean


def json_name(documented: str, identifier: str) -> str:
    """Return the documented name, unless it is `[…]`: ProtoJSON reserves that for extensions."""
    return identifier if documented.startswith("[") and documented.endswith("]") else documented
