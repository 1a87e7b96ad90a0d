"""The report: collects the diagnostics of all steps of a run.

A problem on a page is a `Diagnostic`: a value in a `Report`, never an exception. All steps add to
one report; if it has an error, nothing is written. `renderers/` decides how a report looks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from apiscribe.diagnostics.codes import Level, Message
from apiscribe.diagnostics.did_you_mean import did_you_mean
from apiscribe.diagnostics.source import Span

# Comparing two names takes 10 µs; a name that is wrong a thousand times is not a typo.
_MOST_COMPARED = 100_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Fix:
    """The overlay entry that resolves a diagnostic.

    `table` is its table, `at` the full name of the declaration, `keys` are its other keys; `rule`
    names the rule that suggests it.
    """

    table: str
    at: str
    keys: Mapping[str, Any] = field(default_factory=dict)
    rule: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Diagnostic:
    """A message at a location.

    `level` is that of the code, or of a severity override. `mark` is the text within the span that
    the message is about. `help` says what the reader can do. Diagnostics with the same `cause` are
    shown as one; an empty cause is always distinct. `fix` is the overlay entry that resolves the
    diagnostic, if there is one.
    """

    code: str
    level: Level
    message: str
    span: Span
    mark: str = ""
    help: str = ""
    cause: str = ""
    fix: Fix | None = field(default=None, compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class CoveredPart:
    """A part of a page, and whether it was read: `read`, `unread` or the rule that skips it."""

    span: Span
    kind: str
    status: str


class Report:
    """The diagnostics of one run over one spec, without duplicates, and the coverage of its pages.

    `silenced` are the diagnostics that spec.toml turns off. `coverage` counts the parts of pages by
    (page, kind of part, status); `parts` are the parts themselves, in order. Cached drafts have
    only the counts.
    """

    def __init__(self) -> None:
        self._diagnostics: dict[Diagnostic, None] = {}
        self.coverage: Counter[tuple[str, str, str]] = Counter()
        self.parts: list[CoveredPart] = []
        self.silenced: list[Diagnostic] = []
        self._compared = 0

    def add(
        self,
        message: Message,
        span: Span,
        *,
        mark: str = "",
        cause: str = "",
        fix: Fix | None = None,
    ) -> None:
        """Add a diagnostic: a message from `diagnostics.codes`, and its location."""
        diagnostic = Diagnostic(
            code=message.code.word,
            level=message.code.level,
            message=message.text,
            span=span,
            mark=mark,
            help=message.help,
            cause=cause,
            fix=fix,
        )
        self._diagnostics[diagnostic] = None

    def cover(self, part: CoveredPart) -> None:
        """Record whether a part of a page was read."""
        self.parts.append(part)
        self.coverage[part.span.path, part.kind, part.status] += 1

    def did_you_mean(self, name: str, known: Collection[str]) -> str:
        """Return ` (did you mean "X"?)` if another name is similar, else an empty text.

        A report compares a limited number of names; after that the text is always empty.
        """
        self._compared += len(known)
        if self._compared > _MOST_COMPARED:
            return ""
        return did_you_mean(name, (other for other in known if other != name))

    def __iter__(self) -> Iterator[Diagnostic]:
        """Yield the diagnostics by file, line and code."""
        return iter(sorted(self._diagnostics, key=_order))

    @property
    def has_errors(self) -> bool:
        """Whether any diagnostic is an error."""
        return any(diagnostic.level == "error" for diagnostic in self._diagnostics)

    def at(self, *levels: Level) -> list[Diagnostic]:
        """Return the diagnostics with these levels, in order."""
        return [diagnostic for diagnostic in self if diagnostic.level in levels]

    def include(
        self,
        diagnostics: Iterable[Diagnostic],
        coverage: Mapping[tuple[str, str, str], int],
        parts: Iterable[CoveredPart] = (),
    ) -> None:
        """Add the diagnostics, the coverage and the parts of another report."""
        self._diagnostics |= dict.fromkeys(diagnostics)
        self.coverage.update(coverage)
        self.parts += parts

    def drop(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Remove diagnostics, such as accepted ones."""
        for diagnostic in diagnostics:
            self._diagnostics.pop(diagnostic, None)

    def regrade(self, diagnostic: Diagnostic, level: Level) -> None:
        """Replace the level of a diagnostic."""
        self.drop([diagnostic])
        self._diagnostics[replace(diagnostic, level=level)] = None

    def silence(self, diagnostic: Diagnostic) -> None:
        """Move a diagnostic to the silenced ones."""
        self.drop([diagnostic])
        self.silenced.append(diagnostic)


def _order(diagnostic: Diagnostic) -> tuple[str, int, int, int, str, str, str]:
    span = diagnostic.span
    where = (span.path, span.line, span.end_line, span.column)
    return (*where, diagnostic.code, diagnostic.message, diagnostic.mark)


def visible(text: str) -> str:
    """Return the text with escapes for all characters that a terminal interprets or hides, and for
    the marks by which GitHub Actions takes a line of output for a command.
    """
    shown = "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in text
    )
    if shown.lstrip().startswith("::"):
        shown = shown.replace("::", "\\x3a:", 1)
    return shown.replace("##[", "#\\x23[")
