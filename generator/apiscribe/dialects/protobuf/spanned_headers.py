"""Tables below one header over all columns → tables with a header for each column.

    | Fields                                          |    | Enums              |
    | name   | `string`  The name of the hive.         |    | WARM | Warm hives. |
    | Union field `home`. It can be only one of these: |
    | roof   | `Roof`  …                               |

The type is the code with which the second cell begins. The fields below a row about a union are
its members. In Markdown, the cells beside such a header or row are empty.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apiscribe.dialects.protobuf.made_tables import MadeRow, made_table, marked
from apiscribe.dialects.protobuf.words import ends_union, listed_below, union_name
from apiscribe.pages.blocks import Row, Table

_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_CODE = re.compile(
    r"\s*(?:<p\b[^<>]*>\s*)?(?P<code>`[^`]+`|<code\b[^<>]*>(?:(?!</?code\b).)*</code>"
    r"|\[[^\[\]]+\]\([^()\s]*\)(?:\[\])?)"
    r"(?:\s*</p>|\s*<br\s*/?>|\s*(?=<p\b)|\s*\Z)(?P<rest>.*)",
    re.DOTALL,
)


def read_spanned_header(table: Table) -> Table | None:
    """Return the table with headers for its two columns; None if a row has another form."""
    if not _spans(table.header) or table.stray or not table.rows:
        return None
    if any(len(row.cells) != 2 or row.tail for row in table.rows):
        return None
    listed = listed_below(table.header.cells[0].text)
    match listed:
        case "fields":
            rows = list(_fields(table.rows))
        case "values":
            rows = list(map(_value, table.rows))
        case _:
            return None
    known = [row for row in rows if row is not None]
    return made_table(known, table.span) if len(known) == len(rows) else None


def _spans(row: Row) -> bool:
    """Return whether one cell takes all columns, or the others are empty."""
    return row.spans or (len(row.cells) == 2 and not row.cells[1].source.strip())


def _fields(rows: tuple[Row, ...]) -> Iterator[MadeRow | None]:
    union = ""
    for row in rows:
        if _spans(row):
            ends = bool(union) and ends_union(row.cells[0].text)
            union = union_name(row.cells[0].text)
            yield MadeRow(cells={}, span=row.span) if union or ends else None
        else:
            yield _field(row, union)


def _field(row: Row, union: str) -> MadeRow | None:
    name, marks = _name(row)
    typed = _CODE.fullmatch(row.cells[1].source)
    if not name or not typed:
        return None
    cells = {
        "field": name,
        "type": typed["code"],
        "description": marked(typed["rest"] or "", marks),
    }
    cells |= {"oneof": union} if union else {}
    return MadeRow(cells=cells, span=row.span, anchors=row.anchors, markup=row.cells[1].markup)


def _value(row: Row) -> MadeRow | None:
    name, marks = _name(row)
    if not name or row.spans:
        return None
    cells = {"name": name, "description": marked(row.cells[1].source, marks)}
    return MadeRow(cells=cells, span=row.span, anchors=row.anchors, markup=row.cells[1].markup)


def _name(row: Row) -> tuple[str, str]:
    """Return the name that the first cell begins with, and the words behind it; or nothing."""
    match = _CODE.fullmatch(row.cells[0].source)
    parse = row.cells[0].markup.parse
    name = parse(match["code"]).text if match else row.cells[0].text
    rest = parse(match["rest"] or "").text if match else ""
    return (name, rest) if _NAME.fullmatch(name) else ("", "")
