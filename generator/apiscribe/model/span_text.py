"""The spans in api.json, as text that changes only where its own rows do.

The first span of a page is `path:line`. Each later one counts from the one before it: `+2`, or
`+2..4` over several lines, and `path:+2` where the page changes. A page may have a method in a row
of a table and in a section, and an enum in a row of its field: spans of each kind count from each
other.
"""

from __future__ import annotations

import re
from collections import defaultdict

from apiscribe.diagnostics.source import Span

_TEXT = re.compile(
    r"(?:(?P<path>.*):)?(?P<sign>[+-])?(?P<line>[0-9]{1,9})(?:(?:-|\.\.)(?P<end>-?[0-9]{1,9}))?",
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
    """Return the kind of the spans below a key of an object whose span is of a kind."""
    return _KINDS.get((kind, key)) or _KINDS.get((kind, "")) or kind


class SpanTexts:
    """Writes or reads the spans of a document, in their order."""

    def __init__(self) -> None:
        self._path: defaultdict[str, str] = defaultdict(str)  # of the last span of a kind
        self._line: dict[tuple[str, str], int] = {}  # the last of a kind on a page

    def write(self, kind: str, span: Span) -> str:
        """Return the text of the next span."""
        before = self._line.get((kind, span.path))
        path = "" if before is not None and self._path[kind] == span.path else f"{span.path}:"
        self._keep(kind, span)
        if before is None:
            return f"{path}{lines(span)}"
        last = "" if span.end_line == span.line else f"..{span.end_line - before}"
        return f"{path}{span.line - before:+d}{last}"

    def read(self, kind: str, text: str) -> Span | None:
        """Return the next span; None if the text is none."""
        match = _TEXT.fullmatch(text)
        if match is None or (match["path"] is None and not match["sign"]):
            return None
        path = self._path[kind] if match["path"] is None else match["path"]
        before = self._line.get((kind, path), 0) if match["sign"] else 0
        line = before + int(f"{match['sign'] or ''}{match['line']}")
        end = before + int(match["end"]) if match["end"] else line
        span = Span(path, line, end)
        self._keep(kind, span)
        return span

    def _keep(self, kind: str, span: Span) -> None:
        self._path[kind] = span.path
        self._line[kind, span.path] = span.line


def lines(span: Span) -> str:
    """Return the lines of a span: `12`, or `12-15`."""
    return span.lines
