"""The reading report: the pages as they were read, beside what was read, as one HTML file."""

from __future__ import annotations

from collections.abc import Sequence

from apiscribe.commands.reading_report.notes import Note, note
from apiscribe.commands.reading_report.pages import STATES, PageView, page_views
from apiscribe.diagnostics.renderers import DiagnosticGroup, Summary, group_by_cause, summary
from apiscribe.emit.encoders import html_text
from apiscribe.emit.html_page import inlined
from apiscribe.emit.templates import render
from apiscribe.sources.compilation import Compilation

# Declarations that the last build read and this run does not: the report begins with them.
_LOST = "lost-declaration"


def reading_report(compilations: Sequence[Compilation]) -> tuple[str, Summary]:
    """Return the report of some specs, and the summary of their diagnostics.

    It loads nothing from other files, and the text of the pages cannot run scripts.
    """
    views: list[PageView] = []
    groups: list[DiagnosticGroup] = []
    lost: list[Note] = []
    elsewhere: list[Note] = []
    silenced = 0
    for compilation in compilations:
        found = group_by_cause(compilation.report, compilation.spec.sources)
        pages = list(page_views(compilation, len(views)))
        anchors = {page.path: page.anchor for page in pages}
        for group in found:
            anchor = anchors.get(html_text(group.location.path))
            if group.code == _LOST:
                lost.append(note(group, anchor or ""))
            elif anchor is None:
                elsewhere.append(note(group))
        views += pages
        groups += found
        silenced += len(group_by_cause(compilation.report.silenced, compilation.spec.sources))
    counted = summary(groups, silenced)
    page = render(
        "reading/page.html.j2",
        inlined=inlined("reading"),
        title=html_text(", ".join(compilation.spec.name for compilation in compilations)),
        pages=views,
        page_count=len(views),
        counts=[(html_text(s), sum(view.counts[s] for view in views)) for s in STATES],
        lost=lost,
        elsewhere=elsewhere,
        errors=counted.errors,
        warnings=counted.warnings,
    )
    return page, counted
