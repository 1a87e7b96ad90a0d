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
from apiscribe.dialects.drafts import PageToRead
from apiscribe.dialects.page_draft import read_parts
from apiscribe.emit.encoders import Encoded, html_text
from apiscribe.model.api_text import Line, fact_lines, file_lines
from apiscribe.sources.compilation import Compilation, pages_to_read

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

    `notes` are the diagnostics outside its parts.
    """

    anchor: Encoded
    spec: Encoded
    path: Encoded
    counts: Mapping[str, int]
    shares: list[tuple[Encoded, int]]
    parts: list[PartView]
    facts: list[FactView]
    notes: list[Note]
    problems: int


def page_views(compilation: Compilation, before: int) -> Iterator[PageView]:
    """Yield the pages of a spec, in order; `before` is the number of pages before them."""
    facts = _facts_by_page(compilation)
    for number, page in enumerate(pages_to_read(compilation.spec), before + 1):
        yield _page_view(compilation, page, facts.get(page.source.path, []), number)


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
    compilation: Compilation, page: PageToRead, facts: Sequence[Line], number: int
) -> PageView:
    path = page.source.path
    here = [each for each in compilation.report if each.span.path == path]
    notes = [note(group) for group in group_by_cause(here, compilation.spec.sources)]
    blocks, covered = read_parts(page)
    own = [line for line in facts if line.span and line.span.path == path]
    marks = Marks(covered, own, notes)
    parts = page_parts(blocks, marks)
    counts = Counter(_states(parts))
    total = counts.total() or 1
    return PageView(
        anchor=html_text(f"page-{number}"),
        spec=html_text(compilation.spec.name),
        path=html_text(path),
        counts=counts,
        shares=[(html_text(state), round(100 * counts[state] / total)) for state in STATES],
        parts=parts,
        facts=[_fact_view(line, path) for line in facts],
        notes=marks.rest(),
        problems=sum(each.level in ("error", "warning") for each in notes),
    )


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
        depth=line.depth,
        first=span.line if span else 0,
        last=span.end_line if span else 0,
    )
