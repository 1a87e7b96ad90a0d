"""Names on pages that are not identifiers: they are renamed by rule, and reported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from apiscribe.diagnostics.codes.declarations import (
    assumed_package,
    renamed_identifier,
    renamed_package,
)
from apiscribe.diagnostics.report import Report
from apiscribe.diagnostics.source import Span
from apiscribe.lower.inference import snake_of_json
from apiscribe.model.draft import FieldDraft, PageDraft
from apiscribe.model.names import identifier, is_identifier, proto_json, unique

_LONGEST_PACKAGE = 200  # characters, because it becomes a path


def as_identifier(name: str, what: str, span: Span, report: Report) -> str:
    """Return the name if it is an identifier; else report it, and return a similar one."""
    usable = identifier(name)
    if usable != name:
        report.add(renamed_identifier(what, name, usable), span, mark=name)
    return usable


def field_identifiers(fields: Sequence[FieldDraft], from_json: bool, report: Report) -> list[str]:
    """Return the identifiers of the fields; no two may be equal, nor equal in ProtoJSON.
    `from_json`: the fields have their JSON names.

    Documented names that are identifiers are kept, so they come first.
    """
    names: dict[int, str] = {}
    taken: set[str] = set()
    json_names: set[str] = set()
    for at, field in sorted(enumerate(fields), key=lambda entry: not is_identifier(entry[1].name)):
        name = snake_of_json(field.name) if from_json else field.name
        name = unique(as_identifier(name, "field", field.span, report), taken)
        while (json_name := proto_json(name).lower()) in json_names:
            name = unique(f"{name}_2", taken)
        names[at] = name
        taken.add(name)
        json_names.add(json_name)
    return [names[at] for at in range(len(fields))]


def clean_packages(
    pages: Sequence[PageDraft], stated: str, name: str, report: Report
) -> list[PageDraft]:
    """Return the pages with packages that consist of identifiers: packages become folders.

    A page without a package has the one that spec.toml has `stated`, or else the API's name.
    """
    result = []
    for page in pages:
        package = page.package or stated or name
        if not (page.package or stated):
            report.add(assumed_package(name), page.span, cause=f"{page.path} {name}")
        result.append(replace(page, package=_clean(package, page.span, report)))
    return result


def _clean(package: str, span: Span, report: Report) -> str:
    parts = [identifier(part) for part in package.split(".") if part]
    clean = ".".join(parts)[:_LONGEST_PACKAGE].rstrip(".") or "unnamed"
    if clean != package:
        report.add(renamed_package(package, clean), span, mark=package)
    return clean
