"""GitBook pages: fields in pipe or HTML tables, enums as lists of their values.

| Field | Type | Required | Description |
| :--- | :--- | :---: | :--- |
| only | list of string | ❌ | names of the fields to return |
| … | | | |

An empty cell and `-` under Required mean unknown; the ellipsis means that there are more fields.
"""

from __future__ import annotations

from apiscribe.diagnostics.codes.pages import unknown_required_mark
from apiscribe.diagnostics.report import Report
from apiscribe.dialects import tables
from apiscribe.dialects.comment_text import read_comment, required_word
from apiscribe.dialects.dialect import Dialect
from apiscribe.dialects.ellipsis import is_ellipsis
from apiscribe.dialects.outline import Coverage
from apiscribe.dialects.service_page import Form, count_marks, read_service_page
from apiscribe.dialects.tables import Cells
from apiscribe.dialects.type_text import read_type
from apiscribe.model import house_words
from apiscribe.model.draft import FieldDraft, PageDraft
from apiscribe.pages.blocks import Block, Component, Inline, Page, Table

# Words that early pages write as the description if the Required column is empty or missing.
_REQUIRED_WORDS = frozenset({"required", "optional"})


def _fits(page: Page) -> int:
    fields = sum(
        1 for block in page.blocks if isinstance(block, Table) and tables.kind(block) == "fields"
    )
    hints = any(isinstance(block, Component) and block.name == "hint" for block in page.blocks)
    marks = count_marks(page, fields)
    return marks + hints if marks else 0


def _recognise(page: Page, report: Report) -> tuple[PageDraft, ...]:
    return read_service_page(page, _FORM, report)


def _read_fields(block: Block, coverage: Coverage) -> tuple[FieldDraft, ...] | None:
    if not isinstance(block, Table) or tables.kind(block) != "fields":
        return None
    rows = tables.read_rows(block, coverage)
    return tuple(_read_field(row, coverage.report) for row in rows if not is_ellipsis(row.row))


def _read_field(row: Cells, report: Report) -> FieldDraft:
    mark, description = row["required"].text, row["description"].prose
    if not mark and house_words.mark(description).lower() in _REQUIRED_WORDS:
        mark, description = description, ""
    if mark == "-":
        # A dash means unknown, like an empty cell.
        mark = ""
    required = required_word(mark)
    if required is None and row.missing == 1 and not description:
        # One template omits the Required cell if the value is unknown.
        mark, description = "", row["required"].prose
    # Either cell may hold a comment that the template did not parse.
    cell, text = read_comment(mark), read_comment(description)
    values = [v for v in (cell.required, text.required, required) if v is not None]
    if required is None and cell.required is None:
        _report_unknown(cell.unclear or cell.description, row["required"], report)
    _report_unknown(text.unclear, row["description"], report)
    return FieldDraft(
        name=row["field"].text,
        type=read_type(row["type"]),
        required=values[0] if values else None,
        description=text.description,
        span=row["field"].span,
    )


def _report_unknown(mark: str, cell: Inline, report: Report) -> None:
    if mark:
        report.add(
            unknown_required_mark(mark),
            cell.span,
            mark=mark,
            cause=f"{cell.span.path} {mark}",
        )


_FORM = Form(name="gitbook", read_fields=_read_fields, lists_values=True, marks_every_list=False)
GITBOOK = Dialect(name="gitbook", fits=_fits, recognise=_recognise)
