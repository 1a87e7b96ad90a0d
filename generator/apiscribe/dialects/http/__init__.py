"""Pages about HTTP APIs of any project, in Markdown or MDX.

Nothing here knows a project. Recognisers are small functions over the parts of a page: operations
(`places`, `ownership`), the roles of parts by the words of their labels (`words`, `context`), lists
of members (`member_tables`, `member_lists`, `component_members`), messages (`objects`). The words
are data, in words.toml. An operation needs evidence: a verb and a path in one of the places of
`places`.
"""

from __future__ import annotations

import re
from importlib import import_module

from apiscribe.diagnostics.report import Report
from apiscribe.dialects.dialect import Dialect
from apiscribe.model.draft import PageDraft
from apiscribe.pages.blocks import Block, Page, Paragraph, Quote

_PACKAGE = re.compile(r"\bPackage\s*:")
# Imported by the functions that need it, because it takes as long to load as a large page to read.
_READER = "apiscribe.dialects.http.page"


def load_reader() -> None:
    """Import the modules that read pages, such as before processes are forked."""
    import_module(_READER)


def recognise_facts(page: Page) -> PageDraft | None:
    """Return the facts of the API on a page that declares nothing; None if it states none."""
    from apiscribe.dialects.http.page import recognise_facts

    return recognise_facts(page)


def _fits(page: Page) -> int:
    """Count what a page shows of an HTTP API; 0 for a page that states its package, which belongs
    to a dialect of its own.
    """
    if any(map(_states_package, page.blocks)):
        return 0
    from apiscribe.dialects.http.page import count_evidence

    return count_evidence(page)


def _states_package(block: Block) -> bool:
    """Return whether a block is the line with a package that strict dialects need."""
    lines = block.blocks if isinstance(block, Quote) else ()
    return any(isinstance(line, Paragraph) and _PACKAGE.search(line.inline.text) for line in lines)


def _recognise(page: Page, report: Report) -> tuple[PageDraft, ...]:
    from apiscribe.dialects.http.page import recognise_page

    return recognise_page(page, report)


HTTP = Dialect(name="http", fits=_fits, recognise=_recognise)
