"""Tables with the type in bold before the description → tables with a column for each.

| Field    | Description                             | Field    | Type | Oneof | Description    |
| home     | **oneof:** `roof` or `nest`             |          |      |       |                |
| roof     | **[Roof](#roof)**<br>Its roof.          | roof     | Roof | home  | Its roof.      |
| frames[] | **[Frame](#frame)**<br>Its frames.      | frames[] | …    |       | Its frames.    |
| mood     | enum **Mood**<br>Its mood.<ul>…</ul>    | mood     | Mood |       | Its mood.      |

A list of values below the type of an enum declares it, inside the message.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apiscribe.dialects.protobuf import tables
from apiscribe.dialects.protobuf.listed_fields import is_type_text
from apiscribe.dialects.protobuf.made_tables import MadeRow, made_table
from apiscribe.dialects.protobuf.words import kind_of, mark
from apiscribe.model.type_words import type_of_word
from apiscribe.pages.blocks import Block, Heading, Inline, Row, Table

_NAME = re.compile(r"(?:&nbsp;|\s)*`?(?P<name>[A-Za-z_]\w*)`?(?P<list>\[\])?", re.ASCII)
_LINK = r"\[[^\[\]]+\]\([^()\s]*\)"
_TYPED = re.compile(
    rf"(?:(?P<kind>[^\W\d_]+)\s+)?\*\*(?P<type>`?\w[\w.]*`?|{_LINK}|map\s*<[^<>]+>)(?P<list>\[\])?\*\*"
    r"(?:\s*\((?P<map>map\s*<(?:[^<>]|\*\*)+>)\))?"
    r"(?:\s*\Z|\s*<br\s*/?>\s*|[ \t]*\n\s*)(?P<rest>.*)",
    re.DOTALL,
)
_UNION = re.compile(rf"\*\*(?P<word>[^\W\d_]+)\s*[:：]\s*\*\*(?P<names>(?:[\w\s,`]|{_LINK})+)\.?")
_NAMES = re.compile(r"`(\w+)`")
_ONLY_ONE = re.compile(r"\s*Includes only one of the fields (?P<names>[`\w, ]+)\.", re.ASCII)
_VALUE = (
    r"`(?P<name>[A-Z][A-Z\d_]*)`"
    r"(?:[ \t]*(?:[:：]|[-–—](?=\s))[ \t]*(?P<description>[^\n<]*(?:\n(?!-)[^\n<]+)*))?"
)
_ITEM = re.compile(rf"(?:<ul>|</li>|\s)*(?:<li>|(?:^|\n)[-*]\s+){_VALUE}(?:[ \t]|</?\w+>)*")
_LIST = re.compile(r"(?:\n|\A)(?=[-*] +`)|(?=<ul>)")
_LONGEST = 20_000  # characters of a cell


def read_described_types(table: Table, above: Heading | None) -> list[Block]:
    """Return the table, and the enums that its cells list, with headings; nothing if a row has
    another form.
    """
    columns = tables.columns(table)
    if sorted(filter(None, columns)) != ["description", "field"] or table.stray or not table.rows:
        return []
    at, described = columns.index("field"), columns.index("description")
    groups: dict[str, str] = {}  # field → oneof
    rows: list[MadeRow] = []
    enums: list[Block] = []
    for row in table.rows:
        if row.spans or row.tail or len(row.cells) != len(columns):
            return []
        name = _NAME.fullmatch(row.cells[at].source.strip())
        cell = row.cells[described]
        if not name or len(cell.source) > _LONGEST:
            return []
        if members := _members_of_union(cell):
            groups |= dict.fromkeys(members, name["name"])
            rows.append(MadeRow(cells={}, span=row.span))
            continue
        made = _row(row, name, cell, groups)
        if not made:
            return []
        rows.append(made[0])
        enums += _enum(made[0], made[1], above)
    return [made_table(rows, table.span), *enums]


def _members_of_union(cell: Inline) -> list[str]:
    """Return the fields that a cell lists as those of a oneof."""
    match = _UNION.fullmatch(cell.source.strip())
    return _NAMES.findall(match["names"]) if match and mark(match["word"]) == "oneof" else []


def _row(
    row: Row, name: re.Match[str], cell: Inline, groups: dict[str, str]
) -> tuple[MadeRow, list[MadeRow]] | None:
    """Return the row of a field, and the values of its enum."""
    match = _TYPED.match(cell.source.strip())
    if not match or (match["kind"] and kind_of(match["kind"]) != "enum"):
        return None
    text = (match["map"] or match["type"]).replace("**", "")
    # A word in bold may be anything: `**Important**`.
    is_sure = match["map"] or match["kind"] or not text.isidentifier() or type_of_word(text)
    if not is_sure or not (match["map"] or is_type_text(text, cell)):
        return None
    values: list[MadeRow] = []
    rest = match["rest"]
    if match["kind"] and (begins := _LIST.search(rest)):
        values = list(_values(rest[begins.end() :], row))
        rest = rest[: begins.start()] if values else rest
    cells = {"field": name["name"], "type": text, "description": _ONLY_ONE.sub("", rest).strip()}
    if name["list"] or match["list"]:
        cells["type"] = f"repeated {text}"
    if group := groups.get(name["name"]):
        cells["oneof"] = group
    elif only := _ONLY_ONE.search(rest):
        cells["oneof"] = f"one_of_{_NAMES.findall(only['names'])[0]}"
    made = MadeRow(cells=cells, span=row.span, anchors=row.anchors, markup=cell.markup)
    return made, values


def _values(text: str, row: Row) -> Iterator[MadeRow]:
    """Yield the values that a list spells; none if an item is something else."""
    found, at = [], 0
    while at < len(text) and (match := _ITEM.match(text, at)):
        found.append(match)
        at = match.end()
    if at == len(text):
        for match in found:
            described = (match["description"] or "").strip()
            yield MadeRow(
                cells={"name": match["name"], "description": described},
                span=row.span,
                markup=row.cells[0].markup,
            )


def _enum(field: MadeRow, values: list[MadeRow], above: Heading | None) -> Iterator[Block]:
    """Yield the heading and the table of an enum inside the message of a heading."""
    if values and above:
        name = field.cells["type"].removeprefix("repeated ")
        outer = above.inline.text.split()[-1].strip("`")
        title = Inline(f"enum `{outer}.{name}`", field.span, field.markup)
        yield Heading(min(above.level + 1, 6), title, field.span)
        yield made_table(values, field.span)
