"""Reference versions: other versions of an API, in spec.toml, that fill what pages leave open."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from apiscribe.diagnostics.codes import Message
from apiscribe.diagnostics.codes.settings import missing_reference, unreadable_reference
from apiscribe.diagnostics.report import Report
from apiscribe.diagnostics.source import Sources
from apiscribe.lower.references import Reference
from apiscribe.sources.spec_files import SETTINGS_FILE
from apiscribe.sources.toml_file import line_with
from apiscribe.workspace.inputs import InputError, files_below, leads_out

T = TypeVar("T")


class UnusableReferenceError(Exception):
    """A reference version that cannot be read."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.text)
        self.message = message


def report_unusable(name: str, message: Message, sources: Sources, report: Report) -> None:
    """Report a reference version that cannot be used, at its line in spec.toml."""
    report.add(message, line_with(f'"{name}"', sources[SETTINGS_FILE]), mark=name)


def load_reference(name: str, path: Path, load_spec: Callable[[Path], T]) -> T | Reference:
    """Return a reference version: a spec, or the model of `.proto` files. Raise
    UnusableReferenceError.
    """
    if not path.exists():
        raise UnusableReferenceError(missing_reference(name))
    try:
        files = files_below(path) if path.is_dir() else ()
        protos = [path.joinpath(*parts) for parts in files if parts[-1].endswith(".proto")]
    except InputError as error:
        raise UnusableReferenceError(unreadable_reference(name, str(error))) from error
    if path.is_dir() and not protos:
        return load_spec(path)
    for file in protos:
        if leads_out(file, path):
            reason = f"{file.relative_to(path)} is a link that leads out of the folder"
            raise UnusableReferenceError(unreadable_reference(name, reason))
    # Imported here because protobuf is slow to load, and few specs refer to `.proto` files.
    from apiscribe.sources.descriptors import DescriptorsError, read_descriptors

    try:
        return Reference(name, read_descriptors(path), complete=True)
    except DescriptorsError as error:
        raise UnusableReferenceError(unreadable_reference(name, str(error))) from error
