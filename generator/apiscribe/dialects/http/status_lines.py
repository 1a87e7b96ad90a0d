"""Lines with the status of an example: `201 Created` above it, `Status: 400` below it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from apiscribe.diagnostics.source import Span
from apiscribe.dialects.http.contents import Contents, Stated
from apiscribe.dialects.http.context import merge
from apiscribe.dialects.http.parts import Part, labelled_line
from apiscribe.dialects.http.words import Label, column
from apiscribe.pages.blocks import Code, Inline

_ALONE = re.compile(r"[^\w`*]{0,4}(?:`|\*\*)(?P<status>[1-5]\d\d)(?: [A-Za-z' -]{2,30})?(?:`|\*\*)")


class LabelledStatuses:
    """The statuses that labels state, with their first places."""

    def __init__(self) -> None:
        self._spans: dict[str, Span] = {}

    def note(self, label: Label, span: Span) -> None:
        """Keep the status of the label that is in force from a part on."""
        if label.status and not label.subject:
            self._spans.setdefault(label.status, span)

    def state(self, contents: Contents) -> None:
        """Add the answers of which the page has nothing but a label with their status."""
        others = {each.status for each in contents.stated}
        others |= {shown.label.status for shown in contents.shown}
        others |= {group.label.status for group in contents.groups}
        for status, span in self._spans.items():
            if status not in others:
                contents.stated.append(Stated(status, None, "", span))


def status_above(lines: Sequence[Inline], parts: Sequence[Part], index: int) -> Label | None:
    """Return the label of the code below a line that is only a status with marks."""
    match = _ALONE.fullmatch(lines[0].source) if len(lines) == 1 else None
    if match is None or not _is_code(parts, index + 1):
        return None
    return merge(Label(), Label(status=match["status"]))


def take_status_below(
    lines: Sequence[Inline], parts: Sequence[Part], index: int, contents: Contents
) -> bool:
    """Give the status of a labelled line to the example of an answer right above it, if that has
    none; return whether it did.
    """
    labelled = labelled_line(lines[0]) if len(lines) == 1 else None
    status = re.match(r"\W*([1-5]\d\d)\b", labelled.rest) if labelled else None
    last = contents.shown[-1] if contents.shown else None
    if labelled is None or status is None or last is None or column(labelled.words) != "status":
        return False
    if not _is_code(parts, index - 1) or _is_code(parts, index + 1):
        return False
    if last.label.direction != "response" or last.label.status:
        return False
    contents.shown[-1] = replace(last, label=merge(last.label, Label(status=status[1])))
    contents.stated.append(Stated(status[1], None, "", last.span))
    return True


def _is_code(parts: Sequence[Part], index: int) -> bool:
    return 0 <= index < len(parts) and isinstance(parts[index].block, Code)
