"""Tables with the types of a method in the cell of its name → tables with a column for each.

| Method                                        | Description |
| `Get` GetRequest returns stream Hive          | Gets it.    |

Or a table for each method, with its name over the line that spells it:

| Get                                           |
| `rpc Get(GetRequest) returns (stream Hive)` … |
"""

from __future__ import annotations

import re

from apiscribe.dialects.protobuf import tables
from apiscribe.dialects.protobuf.made_tables import MadeRow, made_table
from apiscribe.pages.blocks import Row, Table
from apiscribe.pages.html_text import HTML

_CELL = re.compile(
    r"\s*(?P<name><code\b[^<>]*>\s*\w+\s*</code>)(?:\s|<br\s*/?>)*(?P<request>.+?)"
    r"\s+returns\s+(?P<response>.+)",
    re.DOTALL | re.ASCII,
)
_SPELLED = re.compile(
    r"\s*(?:<p\b[^<>]*>\s*)?<code\b[^<>]*>\s*rpc\s+(?P<name>\w+)\s*\((?P<request>[^()]+)\)"
    r"\s*returns\s*\((?P<response>[^()]+)\)\s*(?:\{\s*\}|;)?\s*</code>\s*(?:</p>)?(?P<rest>.*)",
    re.DOTALL | re.ASCII,
)
_TYPE = re.compile(r"(?:\w+\s+)?[A-Za-z_][\w.]*", re.ASCII)
_LONGEST = 2000  # characters of a cell
_LONGEST_SPELLED = 20_000  # and of one with the description


def read_method_cells(table: Table) -> Table | None:
    """Return the table of methods; None if a row has another form."""
    if table.header.spans and len(table.rows) == 1 and not table.stray:
        row = _spelled(table.rows[0], table.header.cells[0].text)
        return made_table([row], table.span) if row else None
    columns = tables.columns(table)
    if set(columns) != {"method", "description"} or table.stray or not table.rows:
        return None
    rows = [_row(row, columns.index("method")) for row in table.rows]
    known = [row for row in rows if row]
    return made_table(known, table.span) if len(known) == len(rows) else None


def _spelled(row: Row, name: str) -> MadeRow | None:
    """Return the row of a method that a cell over all columns spells and describes."""
    if not row.spans or row.tail or row.cells[0].markup is not HTML:
        return None
    source = row.cells[0].source
    match = _SPELLED.fullmatch(source) if len(source) < _LONGEST_SPELLED else None
    if not match or match["name"] != name:
        return None
    cells = {
        "method": name,
        "request": match["request"],
        "response": match["response"],
        "description": match["rest"],
    }
    return MadeRow(cells=cells, span=row.span, anchors=row.anchors)


def _row(row: Row, at: int) -> MadeRow | None:
    if len(row.cells) != 2 or row.spans or row.tail or row.cells[at].markup is not HTML:
        return None
    source = row.cells[at].source
    match = _CELL.fullmatch(source) if len(source) < _LONGEST else None
    if not match or not all(
        _TYPE.fullmatch(HTML.parse(match[side]).text) for side in ("request", "response")
    ):
        return None
    cells = {
        "method": match["name"],
        "request": match["request"],
        "response": match["response"],
        "description": row.cells[1 - at].source,
    }
    return MadeRow(cells=cells, span=row.span, anchors=row.anchors)
