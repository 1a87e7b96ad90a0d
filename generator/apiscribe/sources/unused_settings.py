"""Entries of spec.toml that name what the spec does not have: they have no effect.

A misspelled name would otherwise be the same as no entry. Names that the model needs are errors
where they are used: these are the others.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from fnmatch import fnmatchcase

from apiscribe.diagnostics.codes.settings import unused_setting
from apiscribe.diagnostics.report import Report
from apiscribe.lower.references import Reference
from apiscribe.model.api import Api
from apiscribe.sources.spec_folder import Spec
from apiscribe.sources.toml_file import line_with


def report_unused_settings(
    spec: Spec, api: Api, references: Sequence[Reference], report: Report
) -> None:
    """Report the entries of spec.toml without an effect."""
    packages = {file.package for one in (api, *(r.api for r in references)) for file in one.files}
    for entry, name, reason in _unused(spec, api, packages):
        span = line_with(name, spec.settings_source)
        report.add(unused_setting(entry, name, reason), span, mark=name)


def _unused(spec: Spec, api: Api, packages: Collection[str]) -> Iterator[tuple[str, str, str]]:
    """Yield the entries, the name in each, and the reason why it has no effect."""
    settings = spec.settings
    for glob in settings.dialects:
        if not any(fnmatchcase(path, glob) for path in spec.page_files):
            yield "dialects", glob, "no page has such a path"
    for name in settings.uses:
        if name not in packages:
            yield "uses", name, "no page is of this package"
    fields = {field.json_name for _, message in api.messages() for field in message.fields}
    names = [("tenant", settings.tenant or ""), *(("numbers", n) for n in settings.numbers.start)]
    for entry, name in names:
        if name and name not in fields:
            yield entry, name, "no message has this field"
    for _, service in api.services():
        if settings.resources.get(service.full_name) and service.resource is None:
            yield "resources", service.full_name, "no message of this service can be stored"
