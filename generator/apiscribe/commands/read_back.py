"""Read what a command is about to write, as the next command will: nothing is written that
apiscribe itself refuses.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from apiscribe.diagnostics.codes.overlay import malformed_overlay
from apiscribe.diagnostics.report import Report
from apiscribe.diagnostics.source import Source, Sources
from apiscribe.model.overlay import Overlay
from apiscribe.sources.compilation import compile_folder
from apiscribe.sources.spec_files import lock_of
from apiscribe.sources.toml_file import read_toml
from apiscribe.workspace.output_dir import OutputDirError, add_files

if TYPE_CHECKING:
    from apiscribe.model.api import Api


def check_lock(name: str, text: str) -> None:
    """Raise OutputDirError for the text of a lock that cannot be read."""
    _, diagnostics = lock_of(Source(name, text))
    report = Report()
    report.include(diagnostics, {})
    _refuse(name, report)


def check_overlay(text: str) -> None:
    """Raise OutputDirError for the text of an overlay that cannot be read."""
    report = Report()
    read_toml(text.encode(), "overlay.toml", Overlay, malformed_overlay, Sources(), report)
    _refuse("overlay.toml", report)


def check_spec(api: Api, files: Mapping[str, bytes]) -> None:
    """Raise OutputDirError for the files of a spec that does not compile."""
    with tempfile.TemporaryDirectory(prefix="apiscribe-") as folder:
        spec = Path(folder, api.name)
        add_files(spec, files)
        _refuse(api.name, compile_folder(spec).report)


def _refuse(name: str, report: Report) -> None:
    for error in report.at("error"):
        raise OutputDirError(
            f"{name} would not be readable: {error.span}: {error.message}; nothing was written."
            " Please report it, with the pages"
        )
