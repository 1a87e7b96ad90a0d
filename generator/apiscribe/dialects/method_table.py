"""Tables of methods, and how several descriptions of one method are merged.

A later description adds facts to the first, and removes none: one template prints the table twice,
the second time without links, packages and marks.
"""

from __future__ import annotations

from dataclasses import replace

from apiscribe.diagnostics.codes.declarations import duplicate_method
from apiscribe.diagnostics.codes.methods import contradictory_method_row, repeated_table
from apiscribe.dialects import tables
from apiscribe.dialects.comment_text import read_comment
from apiscribe.dialects.outline import Coverage
from apiscribe.dialects.tables import Cells
from apiscribe.dialects.type_text import read_type
from apiscribe.model.draft import MethodDraft, TypeDraft
from apiscribe.pages.blocks import Table


def read_methods(table: Table, methods: dict[str, MethodDraft], coverage: Coverage) -> None:
    """Add the table's methods; a method of an earlier table is compared and merged with it."""
    again, differs = False, False
    inside: set[str] = set()
    for row in tables.read_rows(table, coverage):
        method = MethodDraft(
            name=row["method"].text,
            request=_stated(row, "request"),
            response=_stated(row, "response"),
            description=read_comment(row["description"].prose).description,
            span=row["method"].span,
        )
        before = methods.get(method.name)
        if before and method.name in inside:
            coverage.report.add(
                duplicate_method(method.name, before.span.line),
                method.span,
                mark=method.name,
            )
            continue
        inside.add(method.name)
        again = again or before is not None
        if before and not _agree(before, method):
            differs = True
            coverage.report.add(
                contradictory_method_row(method.name, before.span.line),
                method.span,
                mark=method.name,
                cause=str(table.span),
            )
        methods[method.name] = _merged(before, method) if before else method
    if again and not differs:
        # One template repeats the table on every page.
        coverage.report.add(repeated_table(), table.span, cause="repeated-table")
        coverage.skip(table, "repeated-methods")


def same_type(one: TypeDraft | None, other: TypeDraft | None) -> bool:
    """Return whether two descriptions name the same type.

    One may write its full name and the other its short name or none. The mark for streams is not
    compared.
    """
    if one is None or other is None:
        return True
    longer, shorter = sorted((one.name, other.name), key=len, reverse=True)
    return longer == shorter or longer.endswith(f".{shorter.lstrip('.')}")


def merged_type(one: TypeDraft | None, other: TypeDraft | None) -> TypeDraft | None:
    """Return the type of two descriptions: the full name, the link, and the mark for streams.

    If the two differ, the later one (`other`) counts.
    """
    if one is None or other is None:
        return other or one
    full = one if same_type(one, other) and len(one.name) > len(other.name) else other
    link = full.link or (one.link if same_type(one, other) else "")
    return replace(full, streams=one.streams or other.streams, link=link)


def _stated(row: Cells, role: str) -> TypeDraft | None:
    """Return the type in a cell; None if the cell is empty or the column is missing."""
    type_ = read_type(row[role])
    return type_ if type_.name or type_.values else None


def _agree(one: MethodDraft, other: MethodDraft) -> bool:
    texts = {one.description, other.description} - {""}
    types = ((one.request, other.request), (one.response, other.response))
    return len(texts) < 2 and all(same_type(*pair) for pair in types)


def _merged(before: MethodDraft, later: MethodDraft) -> MethodDraft:
    return replace(
        later,
        request=merged_type(before.request, later.request),
        response=merged_type(before.response, later.response),
        description=later.description or before.description,
    )
