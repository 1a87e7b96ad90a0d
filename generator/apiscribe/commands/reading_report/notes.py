"""Diagnostics as notes in the reading report."""

from __future__ import annotations

from dataclasses import dataclass

from apiscribe.diagnostics.renderers import DiagnosticGroup
from apiscribe.emit.encoders import Encoded, html_text


@dataclass(frozen=True)
class Note:
    """A diagnostic, at a line of a file; `anchor` is that of its page in the report."""

    level: Encoded
    code: Encoded
    message: Encoded
    help: Encoded
    path: Encoded
    line: int
    anchor: Encoded


def note(group: DiagnosticGroup, anchor: str = "") -> Note:
    """Return the note of a diagnostic; `anchor` is empty if its file is no page."""
    return Note(
        level=html_text(group.level),
        code=html_text(group.code),
        message=html_text(group.message),
        help=html_text(group.help),
        path=html_text(group.location.path),
        line=group.location.line,
        anchor=html_text(anchor),
    )
