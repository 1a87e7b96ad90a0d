"""What was found wrong, or worth knowing, on the way from pages to outputs.

Trouble on a page is a `Diagnostic`: a value that goes into a `Report`, never an exception. Every
step adds to one report; a report that holds an error means that nothing is written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from apiscribe.diagnostic_codes import CODES, Level
from apiscribe.source import Source, Span

_FRAME_WIDTH = 100


@dataclass(frozen=True, kw_only=True)
class Diagnostic:
    """One finding.

    `mark` is the text on the span's first line that the finding is about: the frame underlines it,
    and its column is the finding's column. `help` says what the reader can do.
    """

    code: str
    message: str
    span: Span
    mark: str = ""
    help: str = ""

    @property
    def level(self) -> Level:
        """`error`, `warning` or `note`, as the table of codes says."""
        return CODES[self.code].level


class Report:
    """The diagnostics of one run over one spec, without repetitions, and what was read.

    `account` counts the parts of each page by what became of them: (page, kind of part, fate),
    where the fate is `used`, `unread` or the name of the rule that passes the part over.
    """

    def __init__(self) -> None:
        self._found: dict[Diagnostic, None] = {}
        self.account: Counter[tuple[str, str, str]] = Counter()

    def add(self, code: str, message: str, span: Span, *, mark: str = "", help: str = "") -> None:
        """Note one finding; `code` must stand in `diagnostic_codes.CODES`."""
        assert code in CODES, f"{code!r} is not in the table of codes"
        self._found[Diagnostic(code=code, message=message, span=span, mark=mark, help=help)] = None

    def __iter__(self) -> Iterator[Diagnostic]:
        """The findings by file, line and code."""
        return iter(sorted(self._found, key=lambda d: (d.span, d.code, d.message)))

    def at(self, *levels: Level) -> list[Diagnostic]:
        """The findings of the given levels, in order."""
        return [found for found in self if found.level in levels]

    def drop(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Forget findings that somebody has accepted."""
        for found in diagnostics:
            self._found.pop(found, None)


def render(
    found: Diagnostic, sources: Mapping[str, Source], folder: str = "", verbose: bool = True
) -> str:
    """One finding as text: where, code and sentence, then the line itself with a mark under it.

    `folder` is put before the path, so that a terminal can open it.
    """
    where = f"{folder.rstrip('/')}/{found.span}" if folder else str(found.span)
    lines = [f"{visible(where)}: {found.level}: {found.code}: {visible(found.message)}"]
    source = sources.get(found.span.path)
    if verbose and source and found.span.line <= len(source.lines):
        lines += _frame(source.lines[found.span.line - 1].expandtabs(4), found)
    if verbose and found.help:
        lines.append(f"    help: {visible(found.help)}")
    return "\n".join(lines)


def _frame(line: str, found: Diagnostic) -> list[str]:
    """The line, cut to what surrounds the mark where it is long, and the mark under it."""
    gutter = str(found.span.line)
    column = line.find(found.mark) if found.mark else -1
    start = max(0, min(column - 40, len(line) - _FRAME_WIDTH)) if len(line) > _FRAME_WIDTH else 0
    shown = visible(line[start : start + _FRAME_WIDTH])
    before, after = "…" if start else "", "…" if len(line) > start + _FRAME_WIDTH else ""
    frame = [f"  {gutter} | {before}{shown}{after}"]
    if column >= 0:
        blank = " " * len(visible(before + line[start:column]))
        frame.append(f"  {' ' * len(gutter)} | {blank}{'^' * len(visible(found.mark))}")
    return frame


def visible(text: str) -> str:
    """The text with every character that a terminal would obey or hide written as an escape."""
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in text
    )
