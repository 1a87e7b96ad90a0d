"""What was found wrong, or worth knowing, on the way from pages to outputs.

Trouble on a page is a `Diagnostic`: a value that goes into a `Report`, never an exception. Every
step adds to one report; a report that holds an error means that nothing is written. How a report
looks to people and programs is decided in `reports/`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from apiscribe.diagnostics.codes import CODES, Level
from apiscribe.diagnostics.did_you_mean import did_you_mean
from apiscribe.diagnostics.source import Span

# Comparing two names takes 10 µs; what is wrong a thousand times is no slip of the pen.
_MOST_COMPARED = 100_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Fix:
    """The overlay entry that would settle a finding: its table, the full name that it is about, its
    other keys; `rule` is the one that thought of it.
    """

    table: str
    at: str
    keys: Mapping[str, Any] = field(default_factory=dict)
    rule: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Diagnostic:
    """One finding.

    `level` is what the table of codes says, or spec.toml. `mark` is the text in the span's lines
    that the finding is about: its place is the finding's. `help` says what the reader can do.
    Findings of one `cause` are shown as one; nothing stands for a cause of its own. `fix` is the
    overlay entry that would settle it, where one can be told.
    """

    code: str
    level: Level
    message: str
    span: Span
    mark: str = ""
    help: str = ""
    cause: str = ""
    fix: Fix | None = field(default=None, compare=False)


class Report:
    """The diagnostics of one run over one spec, without repetitions, and what was read.

    `silenced` are those that spec.toml turns off. `coverage` counts the parts of each page by what
    became of them: (page, kind of part, status), where the status is `read`, `unread` or the name of
    the rule that skips the part.
    """

    def __init__(self) -> None:
        self._found: dict[Diagnostic, None] = {}
        self.coverage: Counter[tuple[str, str, str]] = Counter()
        self.silenced: list[Diagnostic] = []
        self._compared = 0

    def add(
        self,
        code: str,
        message: str,
        span: Span,
        *,
        mark: str = "",
        help: str = "",
        cause: str = "",
        fix: Fix | None = None,
    ) -> None:
        """Note one finding; `code` must stand in `diagnostic_codes.CODES`."""
        assert code in CODES, f"{code!r} is not in the table of codes"
        found = Diagnostic(
            code=code,
            level=CODES[code].level,
            message=message,
            span=span,
            mark=mark,
            help=help,
            cause=cause,
            fix=fix,
        )
        self._found[found] = None

    def did_you_mean(self, name: str, known: Collection[str]) -> str:
        """` (did you mean "X"?)` where another name is near, else nothing; and nothing once names
        have been compared too often for one report.
        """
        self._compared += len(known)
        if self._compared > _MOST_COMPARED:
            return ""
        return did_you_mean(name, (each for each in known if each != name))

    def __iter__(self) -> Iterator[Diagnostic]:
        """The findings by file, line and code."""
        return iter(sorted(self._found, key=_place))

    @property
    def has_errors(self) -> bool:
        """Whether there is an error among the findings."""
        return any(found.level == "error" for found in self._found)

    def at(self, *levels: Level) -> list[Diagnostic]:
        """The findings of the given levels, in order."""
        return [found for found in self if found.level in levels]

    def include(
        self, diagnostics: Iterable[Diagnostic], coverage: Mapping[tuple[str, str, str], int]
    ) -> None:
        """Add the findings of another report, and its coverage."""
        self._found |= dict.fromkeys(diagnostics)
        self.coverage.update(coverage)

    def drop(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Forget findings that somebody has accepted."""
        for found in diagnostics:
            self._found.pop(found, None)

    def regrade(self, found: Diagnostic, level: Level) -> None:
        """Give a finding another level."""
        self.drop([found])
        self._found[replace(found, level=level)] = None

    def silence(self, found: Diagnostic) -> None:
        """Turn a finding off, and keep count of it."""
        self.drop([found])
        self.silenced.append(found)


def _place(found: Diagnostic) -> tuple[str, int, int, int, str, str, str]:
    span = found.span
    where = (span.path, span.line, span.end_line, span.column)
    return (*where, found.code, found.message, found.mark)


def visible(text: str) -> str:
    """The text with every character that a terminal would obey or hide written as an escape."""
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in text
    )
