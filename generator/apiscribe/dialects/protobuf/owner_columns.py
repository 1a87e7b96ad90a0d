"""Tables with the members of several declarations → a heading and a table for each.

    | Message | Field | Type   |        ### message Hive     | Field | Type   |
    | Hive    | roof  | Roof   |                             | roof  | Roof   |
    | Frame   | width | uint32 |        ### message Frame    | Field | Type   |
                                                             | width | uint32 |

The header of a column is the kind of the declarations. An empty cell in it repeats the one above; a
row with nothing else declares a message without fields.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from apiscribe.dialects.protobuf import tables
from apiscribe.dialects.protobuf.words import header_role, kind_of, plain
from apiscribe.pages.blocks import Block, Heading, Inline, Row, Table

_KINDS = {"message": ("fields",), "enum": ("values", "names"), "service": ("methods",)}
_NAME = re.compile(r"[A-Za-z_][\w.]*", re.ASCII)


def read_owner_column(table: Table, above: Heading | None) -> list[Block]:
    """Return the headings and tables of a table with a column for the declarations; or none."""
    for at, cell in enumerate(table.header.cells):
        kind = kind_of(plain(cell.text).removesuffix(" name"))
        if kind in _KINDS and header_role(cell.text) in ("", "name"):
            listed = replace(table, header=_without(table.header, at), rows=())
            groups = _groups(table, at)
            members = [row for rows in groups.values() for row in rows]
            if groups and tables.kind(replace(listed, rows=tuple(members))) in _KINDS[kind]:
                level = min((above.level if above else 1) + 1, 6)
                return [
                    b for name in groups for b in _blocks(kind, name, groups[name], listed, level)
                ]
    return []


def _groups(table: Table, at: int) -> dict[str, list[Row]]:
    """Return the rows by the name in a column; none if a cell there is no name."""
    groups: dict[str, list[Row]] = {}
    name = ""
    for row in table.rows:
        name = (row.cells[at].text.strip("`* ") if at < len(row.cells) else "") or name
        if not _NAME.fullmatch(name) or row.spans or row.tail:
            return {}
        rest = _without(row, at)
        members = groups.setdefault(name, [])
        if any(cell.text for cell in rest.cells):
            members.append(rest)
    return groups


def _without(row: Row, at: int) -> Row:
    return replace(row, cells=(*row.cells[:at], *row.cells[at + 1 :]))


def _blocks(kind: str, name: str, rows: list[Row], listed: Table, level: int) -> Iterator[Block]:
    span = rows[0].span if rows else listed.span
    markup = listed.header.cells[0].markup
    yield Heading(level, Inline(f"{kind} `{name}`", span, markup), span)
    if rows:
        span = replace(span, end_line=rows[-1].span.end_line)
        yield replace(listed, rows=tuple(rows), span=span)
