"""The pages in the reading report: each with its parts, and the declarations read from it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from apiscribe.commands.reading_report.blocks import PartView, page_parts
from apiscribe.commands.reading_report.marks import Marks, read_origins
from apiscribe.commands.reading_report.notes import Note, note
from apiscribe.diagnostics.renderers import group_by_cause
from apiscribe.diagnostics.report import Diagnostic
from apiscribe.dialects.drafts import PageToRead
from apiscribe.dialects.page_draft import read_parts
from apiscribe.emit.encoders import Encoded, html_text
from apiscribe.model.api_text import Line, fact_lines, file_lines
from apiscribe.sources.compilation import Compilation, pages_to_read

_DEEPEST = 5  # indented further than the line above
STATES = ("stated", "inferred", "corrected", "skipped", "unread")


@dataclass(frozen=True)
class FactView:
    """A line of the Api, and the lines of the page that it was read from (0 if from none)."""

    text: Encoded
    origins: list[Encoded]
    depth: int
    first: int
    last: int


@dataclass(frozen=True)
class PageView:
    """A page: how many of its parts are in each of `STATES`, its parts, facts and problems.

    `shares` are the bars of the states: the start and the width of each, in percent. `notes` are
    the diagnostics outside its parts.
    """

    anchor: Encoded
    spec: Encoded
    path: Encoded
    counts: Mapping[str, int]
    shares: list[tuple[Encoded, int, int]]
    parts: list[PartView]
    facts: list[FactView]
    notes: list[Note]
    problems: int


def page_views(compilation: Compilation, before: int) -> Iterator[PageView]:
    """Yield the pages of a spec, in order; `before` is the number of pages before them."""
    facts = _facts_by_page(compilation)
    diagnostics: dict[str, list[Diagnostic]] = {}
    for diagnostic in compilation.report:
        diagnostics.setdefault(diagnostic.span.path, []).append(diagnostic)
    for number, page in enumerate(pages_to_read(compilation.spec), before + 1):
        path = page.source.path
        notes = group_by_cause(diagnostics.get(path, []), compilation.spec.sources)
        found = [note(group) for group in notes]
        yield _page_view(compilation.spec.name, page, facts.get(path, []), found, number)


def _facts_by_page(compilation: Compilation) -> dict[str, list[Line]]:
    api = compilation.api
    facts: dict[str, list[Line]] = {}
    for line in fact_lines(api.facts):
        if line.span:
            facts.setdefault(line.span.path, []).append(line)
    for file in api.files:
        # Names of the file's own package are short, as on its page.
        own = re.compile(rf"(?<![\w.]){re.escape(file.package)}\.(?=\w)")
        first, *others = file_lines(file)
        short = (replace(line, text=own.sub("", line.text)) for line in others)
        facts.setdefault(file.page, []).extend((first, *short))
    return facts


def _page_view(
    spec: str, page: PageToRead, facts: Sequence[Line], notes: Sequence[Note], number: int
) -> PageView:
    path = page.source.path
    blocks, covered = read_parts(page)
    own = [line for line in facts if line.span and line.span.path == path]
    marks = Marks(covered, own, notes)
    parts = page_parts(blocks, marks)
    counts = Counter(_states(parts))
    return PageView(
        anchor=html_text(f"page-{number}"),
        spec=html_text(spec),
        path=html_text(path),
        counts=counts,
        shares=list(_shares(counts)),
        parts=parts,
        facts=[_fact_view(line, path) for line in facts],
        notes=marks.rest(),
        problems=sum(each.level in ("error", "warning") for each in notes),
    )


def _shares(counts: Counter[str]) -> Iterator[tuple[Encoded, int, int]]:
    before, total = 0, counts.total()
    for state in STATES:
        if counts[state]:
            start, end = (round(100 * n / total) for n in (before, before + counts[state]))
            yield html_text(state), start, end - start
            before += counts[state]


def _states(parts: Sequence[PartView]) -> Iterator[str]:
    for part in parts:
        if part.mark:
            yield str(part.mark.state)
        yield from _states(part.parts)


def _fact_view(line: Line, path: str) -> FactView:
    span = line.span if line.span and line.span.path == path else None
    return FactView(
        text=html_text(line.text),
        origins=[
            html_text(f"{fact} by {origin}") for fact, origin in read_origins(line.provenance)
        ],
        depth=min(line.depth, _DEEPEST),
        first=span.line if span else 0,
        last=span.end_line if span else 0,
    )
