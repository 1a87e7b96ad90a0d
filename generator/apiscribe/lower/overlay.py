"""overlay.toml: corrections of the pages by people.

    [[change]]     other facts of a declaration:    at, set, was, reason
    [[add]]        a field or method that a page lacks:    at, set, after, reason
    [[remove]]     a declaration that is wrong:    at, was, page, reason
    [[rename]]     another name for a declaration:    at, to, page, reason
    [[declare]]    a type that no page declares:    at, enum or fields, incomplete, reason
    [[number]]     a declaration that keeps its number:    at, renamed_from or retyped_from, reason
    [[accept]]     a diagnostic that was reviewed:    code, at, reason

A correction counts as documentation: inference never outranks it. Entries use the names on the
pages. `was` has the value of each fact on the page, except facts that the page does not state. When
the page changes, the correction is stale, and that is an error.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from typing import Any

from msgspec import UNSET

from apiscribe.diagnostics.codes import CODES
from apiscribe.diagnostics.codes.overlay import (
    accepted_error,
    entry_without_reason,
    number_without_origin,
    unused_accept,
)
from apiscribe.diagnostics.locate import entry_lines
from apiscribe.diagnostics.report import Diagnostic, Report
from apiscribe.diagnostics.source import Source, Span
from apiscribe.lower.corrections import Corrections
from apiscribe.lower.renames import Renamed
from apiscribe.model.draft import PageDraft
from apiscribe.model.overlay import Overlay
from apiscribe.model.type_words import values_text

# The facts that name a type.
_TYPES = ("type", "request", "response")


def apply_overlay(
    drafts: Sequence[PageDraft], overlay: Overlay, source: Source, report: Report
) -> list[PageDraft]:
    """Return the drafts with every correction; one that does not fit is an error, and skipped."""
    for table in overlay.__struct_fields__:
        for span, entry in _entries(getattr(overlay, table), table, source):
            if not entry.reason.strip():
                report.add(entry_without_reason(), span)
    corrections = Corrections(drafts, report)
    used_by_entries = {
        values_text(field.type).rpartition(".")[2]
        for declare in overlay.declare
        for field in declare.fields or ()
    }
    parts = [add.set for add in overlay.add] + [change.set for change in overlay.change]
    for facts in (part.stated() for part in parts):
        names = (facts[fact] for fact in _TYPES if fact in facts)
        used_by_entries |= {values_text(name).rpartition(".")[2] for name in names}
    # Declarations first: other entries may use their types. Renames last: all entries use the names
    # on the pages.
    for span, declare in _entries(overlay.declare, "declare", source):
        enum = None if declare.enum is UNSET else declare.enum
        fields = None if declare.fields is UNSET else declare.fields
        corrections.declare(declare.at, enum, fields, declare.incomplete, used_by_entries, span)
    for span, change in _entries(overlay.change, "change", source):
        for target in (change.at,) if isinstance(change.at, str) else change.at:
            corrections.change(target, change.set.stated(), change.was.stated(), span)
    for span, add in _entries(overlay.add, "add", source):
        corrections.add(add.at, add.set.stated(), add.after, span)
    for span, remove in _entries(overlay.remove, "remove", source):
        corrections.remove(remove.at, remove.was.stated(), remove.page, span)
    renames = list(_entries(overlay.rename, "rename", source))
    # Parts before their owners, for the same reason.
    for span, rename in sorted(renames, key=lambda entry: -entry[1].at.count(".")):
        corrections.rename(rename.at, rename.to, rename.page, span)
    return corrections.finish()


def kept_numbers(
    overlay: Overlay, source: Source, report: Report
) -> tuple[list[Renamed], dict[str, str]]:
    """Return the declarations that keep their number under another name, and the old types of
    fields that keep their number with another type, by the fields' full names.
    """
    renamed = []
    retyped = {}
    for span, number in _entries(overlay.number, "number", source):
        if not number.renamed_from and not number.retyped_from:
            report.add(number_without_origin(), span)
        if was := number.renamed_from:
            renamed.append(Renamed(at=number.at, was=was, certain=True, span=span))
        if number.retyped_from:
            retyped[number.at] = number.retyped_from
    # A corrected name counts as the name that the pages have always had.
    for span, rename in _entries(overlay.rename, "rename", source):
        owner, _, short = rename.at.rpartition(".")
        renamed.append(Renamed(at=f"{owner}.{rename.to}", was=short, certain=False, span=span))
    return renamed, retyped


def accept_diagnostics(overlay: Overlay, source: Source, report: Report) -> None:
    """Drop the diagnostics that entries accept; an entry that accepts nothing is an error."""
    # (code, path) → diagnostics: an entry matches by these two.
    places: dict[tuple[str, str], list[Diagnostic]] = defaultdict(list)
    for diagnostic in report:
        places[diagnostic.code, diagnostic.span.path].append(diagnostic)
    for span, accept in _entries(overlay.accept, "accept", source):
        here = [p for p in places if p[0] == accept.code and fnmatchcase(p[1], accept.at)]
        if not here or CODES[accept.code].level == "error":
            unusable = accepted_error if here else unused_accept
            report.add(unusable(accept.code, accept.at), span)
            places["unused-accept", span.path] = []
        else:
            report.drop(diagnostic for place in here for diagnostic in places.pop(place))


def _entries(entries: Sequence[Any], table: str, source: Source) -> Iterator[tuple[Span, Any]]:
    lines = entry_lines(source.text, table)
    for index, entry in enumerate(entries):
        yield source.span(lines[index] if index < len(lines) else 1), entry
