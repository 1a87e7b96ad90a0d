"""GitBook pages: fields as tables, pipes or HTML; enums as lists of their values.

| Field | Type | Required | Description |
| :--- | :--- | :---: | :--- |
| only | list of string | ❌ | names of the fields to return |
| … | | | |

An empty cell of Required says nothing, and so does `-`; the ellipsis says that there are more
fields.
"""

from __future__ import annotations

from apiscribe.dialects import tables
from apiscribe.dialects.dialect import Dialect
from apiscribe.dialects.ellipsis import is_ellipsis
from apiscribe.dialects.outline import Claims
from apiscribe.dialects.service_page import Form, read_service_page
from apiscribe.dialects.tables import Cells
from apiscribe.dialects.type_text import read_type
from apiscribe.draft import FieldDraft, PageDraft
from apiscribe.pages.blocks import Block, Page, Shortcode, Table
from apiscribe.report import Report

# A cell of the column Required; an empty one says nothing, and neither does a dash.
_REQUIRED_WORDS = {"required": True, "optional": False}
_REQUIRED_MARKS: dict[str, bool | None] = {
    "✅": True,
    "✔": True,
    "❌": False,
    "✘": False,
    "-": None,
    **_REQUIRED_WORDS,
}


def _fits(page: Page) -> int:
    fields = sum(
        1 for block in page.blocks if isinstance(block, Table) and tables.kind(block) == "fields"
    )
    hints = any(isinstance(block, Shortcode) and block.name == "hint" for block in page.blocks)
    return 2 * fields + hints


def _recognise(page: Page, report: Report) -> PageDraft | None:
    return read_service_page(page, _FORM, report)


def _read_fields(block: Block, claims: Claims) -> tuple[FieldDraft, ...] | None:
    if not isinstance(block, Table) or tables.kind(block) != "fields":
        return None
    rows = tables.read_rows(block, claims)
    return tuple(_read_field(row, claims.report) for row in rows if not is_ellipsis(row.row))


def _read_field(row: Cells, report: Report) -> FieldDraft:
    mark, description = row["required"].text, row["description"].prose
    if not mark and description.lower() in _REQUIRED_WORDS:
        # Early pages leave the column empty, or have none, and write the word as the description.
        mark, description = description, ""
    required = _REQUIRED_MARKS.get(mark.lower())
    if mark and mark.lower() not in _REQUIRED_MARKS:
        report.add(
            "unknown-mark",
            f'"{mark}" is neither ✅ nor ❌',
            row["required"].span,
            mark=mark,
            cause=f"{row.span.path} {mark}",
        )
    return FieldDraft(
        name=row["field"].text,
        type=read_type(row["type"]),
        required=required,
        description=description,
        span=row["field"].span,
    )


_FORM = Form(name="gitbook", read_fields=_read_fields, lists_values=True, marks_every_list=False)
GITBOOK = Dialect(name="gitbook", fits=_fits, recognise=_recognise)
