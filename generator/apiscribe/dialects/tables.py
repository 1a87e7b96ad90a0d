"""Tables, understood by the words in their headers.

The words are data: a new spelling is one more entry in `_HEADER_WORDS`. Columns are found by these
words; their position means nothing.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from apiscribe.diagnostics.codes.pages import (
    malformed_row,
    nameless_row,
    repeated_last_cell,
    text_after_row,
    text_below_table,
    text_in_no_cell,
    unread_column,
)
from apiscribe.diagnostics.report import Report
from apiscribe.diagnostics.source import Span
from apiscribe.dialects.ellipsis import is_ellipsis
from apiscribe.dialects.outline import Coverage
from apiscribe.model import house_words
from apiscribe.pages.blocks import Inline, Markup, ParsedText, Row, Table

# header → role of the column; in lower case, with spaces between words (see `role`)
_HEADER_WORDS = {
    "no": "index",
    "#": "index",
    "index": "index",
    "번호": "index",
    "method": "method",
    "methods": "method",
    "method name": "method",
    "rpc": "method",
    "메서드": "method",
    "메소드": "method",
    "request": "request",
    "request type": "request",
    "request message": "request",
    "request body": "request",
    "input": "request",
    "input type": "request",
    "요청": "request",
    "response": "response",
    "response type": "response",
    "response message": "response",
    "response body": "response",
    "output": "response",
    "output type": "response",
    "return": "response",
    "returns": "response",
    "return type": "response",
    "응답": "response",
    "field": "field",
    "fields": "field",
    "field name": "field",
    "parameter": "field",
    "parameters": "field",
    "attribute": "field",
    "property": "field",
    **dict.fromkeys(
        ("필드", "필드명", "파라미터", "파라미터명", "매개변수", "항목", "속성"), "field"
    ),
    **dict.fromkeys(
        ("フィールド", "パラメータ", "項目", "字段", "参数", "参数名", "属性"), "field"
    ),
    "name": "name",
    **dict.fromkeys(("이름", "명칭", "名前", "名称"), "name"),
    "type": "type",
    "data type": "type",
    "datatype": "type",
    "field type": "type",
    **dict.fromkeys(("타입", "유형", "자료형", "데이터 타입", "데이터타입", "형식"), "type"),
    **dict.fromkeys(("型", "データ型", "タイプ", "类型", "数据类型", "類型"), "type"),
    "message": "message",
    "메시지": "message",
    "required": "required",
    "mandatory": "required",
    "is required": "required",
    **dict.fromkeys(("필수", "필수여부", "필수 여부", "필수값"), "required"),
    **dict.fromkeys(("必須", "必填", "必选", "是否必填", "是否必须"), "required"),
    "description": "description",
    "descriptions": "description",
    "value": "value",
    "desc": "description",
    **dict.fromkeys(("설명", "비고", "내용"), "description"),
    **dict.fromkeys(("説明", "備考", "说明", "描述", "备注", "說明"), "description"),
}

# The boundaries between words: requestType, request_type, request type.
_WORD_BREAKS = re.compile(r"(?<=[a-z])(?=[A-Z])|[\s\xa0_-]+")

# The kinds of tables and the roles that each must have; the first match counts.
_KINDS = (
    ("methods", {"method", "request", "response"}),
    ("fields", {"field", "type"}),
    ("method types", {"type", "message"}),
    ("values", {"value"}),
    # The types are in the methods' own sections.
    ("names of methods", {"method"}),
)


@dataclass(frozen=True)
class Cells:
    """The cells of one row by role."""

    cells: dict[str, Inline]
    row: Row
    columns: int

    @property
    def span(self) -> Span:
        """The location of the row."""
        return self.row.span

    def __getitem__(self, role: str) -> Inline:
        """Return the cell of the role; an empty one if the table or the row has none."""
        return self.cells.get(role) or Inline("", self.span, _NO_MARKUP)

    @property
    def missing(self) -> int:
        """The number of cells that the row lacks."""
        return max(0, self.columns - len(self.row.cells))

    def __contains__(self, role: str) -> bool:
        return role in self.cells


def roles(header: Row) -> list[str]:
    """Return the role of each column; "" for an unknown header, and for a role that an earlier
    column has.
    """
    names = [role(cell.text) for cell in header.cells]
    # `Name` is the header of the names of fields or methods, whichever the table lists.
    listed = "field" if "type" in names else "method"
    if listed not in names:
        names = [listed if name == "name" else name for name in names]
    first = {name: at for at, name in reversed(list(enumerate(names)))}
    return [name if first[name] == at else "" for at, name in enumerate(names)]


def role(word: str) -> str:
    """Return the role that a header names; "" for an unknown one."""
    plain = _WORD_BREAKS.sub(" ", house_words.header(word)).lower().strip(" .?:*")
    return _HEADER_WORDS.get(plain, "")


def kind(table: Table) -> str:
    """Return `methods`, `fields`, `method types`, `values` (of an enum) or `names of methods`; ""
    for any other table.
    """
    present = set(roles(table.header))
    return next((name for name, required in _KINDS if required <= present), "")


def read_rows(
    table: Table, coverage: Coverage, columns: list[str] | None = None
) -> Iterator[Cells]:
    """Yield the rows by role. Unknown columns, missing cells, text after a row and rows without
    the name of a field, a value or a method are reported. A cell over all columns is a heading of
    the rows below it, no row, and an empty row is none either.

    `columns` are the roles of the columns, by default those that `roles` returns.
    """
    columns = roles(table.header) if columns is None else columns
    for column, cell in zip(columns, table.header.cells, strict=True):
        if not column:
            coverage.unread(
                table.header,
                unread_column(cell.text),
                span=cell.span,
                mark=cell.text,
                cause=f"{cell.span.path} column {cell.text}",
            )
    if table.stray:
        coverage.unread(table.header, text_in_no_cell(table.stray))
    for row in table.rows:
        if row.tail and not row.cells:
            message = text_below_table(row.tail)
            coverage.unread(row, message, mark=row.tail, cause=message.text)
            continue
        if row.tail:
            message = text_after_row(row.tail)
            # One template puts the same text on every page.
            coverage.report.add(message, row.span, mark=row.tail, cause=message.text)
        if not row.spans and any(cell.text for cell in row.cells):
            cells = _read_row(row, columns, coverage.report)
            if _is_nameless(cells):
                coverage.unread(row, nameless_row())
                continue
            yield cells
        coverage.read(row)


def _is_nameless(cells: Cells) -> bool:
    """Return whether the cell for the name is empty, or has only marks such as `**`."""
    name = next((cells[role].text for role in _NAMES if role in cells), None)
    return name is not None and bool(_NO_NAME.fullmatch(name)) and not is_ellipsis(cells.row)


def _read_row(row: Row, columns: list[str], report: Report) -> Cells:
    cells = list(row.cells)
    if len(cells) < len(columns):
        report.add(malformed_row(len(cells), len(columns)), row.span)
    extra = [cell.source for cell in cells[len(columns) :] if cell.source.strip()]
    if extra and columns:
        last = cells[len(columns) - 1]
        if set(extra) == {last.source}:
            # One template prints the last cell twice.
            message, again = repeated_last_cell(), cells[-1]
            report.add(message, again.span, mark=again.text, cause=message.text)
            extra = []
        # A `|` in the text of the last column splits it, so extra cells belong to it.
        joined = " | ".join(filter(str.strip, [last.source, *extra])).strip()
        cells[len(columns) - 1] = Inline(joined, last.span, last.markup)
    return Cells(dict(zip(columns, cells, strict=False)), row, len(columns))


# Roles of the columns that name what a row declares.
_NAMES = ("field", "value", "method")
_NO_NAME = re.compile(r"(?:\*\*|``|[\s\u200b\ufeff])*")
_NO_MARKUP = Markup(ParsedText, str, html.escape)
