"""The paths that spec.toml states: those that no file can have are reported and left out."""

from __future__ import annotations

from pathlib import Path

import msgspec

from apiscribe.diagnostics.codes.settings import malformed_spec, pages_outside_spec
from apiscribe.diagnostics.report import Report
from apiscribe.diagnostics.source import Span
from apiscribe.model.settings import Settings
from apiscribe.workspace.inputs import is_path

_LONGEST_SHOWN = 40


def checked_paths(settings: Settings, folder: Path, report: Report, span: Span) -> Settings:
    """Return the settings with default values for paths that are reported."""
    defaults = Settings()
    for key in ("pages", "handlers", "references"):
        stated = getattr(settings, key)
        for path in (stated,) if isinstance(stated, str) else stated:
            if not is_path(path, folder):
                report.add(malformed_spec(f"{path[:_LONGEST_SHOWN]!r} in {key} is no path"), span)
                settings = msgspec.structs.replace(settings, **{key: getattr(defaults, key)})
    if settings.handlers and (folder / settings.handlers).is_file():
        report.add(malformed_spec(f"{settings.handlers!r} in handlers is a file, no folder"), span)
        settings = msgspec.structs.replace(settings, handlers=defaults.handlers)
    if Path(settings.pages).is_absolute() or ".." in Path(settings.pages).parts:
        report.add(pages_outside_spec(settings.pages), span)
        settings = msgspec.structs.replace(settings, pages=defaults.pages)
    return settings
