"""The spans in api.json, as text that changes only where its own rows do.

The first span of a page is `path:line` or `path:line-end`. Each later one counts from the one
before it: `+2` begins two lines after its end, and `^2` two lines after its first line, if they
overlap; `..3` adds three more lines, and `=` is the same span. The path precedes them where the
page changes. A page may have a method in a row of a table and in a section, and an enum in a row of
its field: spans of each kind count from each other.
"""

from __future__ import annotations

import re
from collections import defaultdict

from apiscribe.diagnostics.source import Span

_TEXT = re.compile(
    r"(?:(?P<path>.*):)?(?:=|(?P<sign>[+^])?(?P<line>-?[0-9]{1,9})"
    r"(?:(?:-|\.\.)(?P<end>[0-9]{1,9}))?)",
    re.DOTALL,
)

# Kind of the spans of an object, and a key of the object → the kind of the spans there.
_KINDS = {
    ("", "messages"): "declaration",
    ("", "enums"): "declaration",
    ("", "methods"): "method",
    ("method", ""): "section",
    ("declaration", "enums"): "enum of a field",
}


def kind_inside(kind: str, key: str) -> str:
    """Return the kind of the spans below a key of an object with a span of a kind."""
    return _KINDS.get((kind, key)) or _KINDS.get((kind, "")) or kind


class SpanTexts:
    """Writes or reads the spans of a document, in their order."""

    def __init__(self) -> None:
        self._path: defaultdict[str, str] = defaultdict(str)  # of the last span of a kind
        self._last: dict[tuple[str, str], Span] = {}  # of a kind on a page

    def write(self, kind: str, span: Span) -> str:
        """Return the text of the next span."""
        before = self._last.get((kind, span.path))
        path = "" if before is not None and self._path[kind] == span.path else f"{span.path}:"
        self._keep(kind, span)
        if before is None:
            return f"{path}{lines(span)}"
        if (before.line, before.end_line) == (span.line, span.end_line):
            return f"{path}="
        more = "" if span.end_line == span.line else f"..{span.end_line - span.line}"
        if span.line > before.end_line:
            return f"{path}+{span.line - before.end_line}{more}"
        return f"{path}^{span.line - before.line}{more}"

    def read(self, kind: str, text: str) -> Span | None:
        """Return the next span; None if the text is none."""
        match = _TEXT.fullmatch(text)
        if match is None:
            return None
        path = self._path[kind] if match["path"] is None else match["path"]
        before = self._last.get((kind, path))
        is_absolute = bool(match["line"]) and not match["sign"]
        if is_absolute and match["path"] is not None:
            span = Span(path, int(match["line"]), int(match["end"] or match["line"]))
        elif is_absolute or before is None:
            return None
        elif not match["line"]:
            span = before
        else:
            first = before.end_line if match["sign"] == "+" else before.line
            line = first + int(match["line"])
            span = Span(path, line, line + int(match["end"] or 0))
        self._keep(kind, span)
        return span

    def _keep(self, kind: str, span: Span) -> None:
        self._path[kind] = span.path
        self._last[kind, span.path] = span


def lines(span: Span) -> str:
    """Return the lines of a span: `12`, or `12-15`."""
    return span.lines
