"""Tables on pages about HTTP: their kinds, and the members that they list."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from apiscribe.dialects.http.cell_roles import by_cells
from apiscribe.dialects.http.members import Member, Name, make_member, read_name
from apiscribe.dialects.http.parts import clean
from apiscribe.dialects.http.type_texts import (
    is_type,
    leading_type,
    read_type_text,
    type_of_text,
)
from apiscribe.dialects.http.words import (
    CLIENT_TYPES,
    OBJECT_HEADS,
    Label,
    column,
    presence,
    read_label,
)
from apiscribe.pages.blocks import Inline, Row, Table

STATUS = re.compile(r"\W*(?P<status>[1-5]\d\d|[1-5][xX]{2}|default|other)\b", re.IGNORECASE)
_NAME_IN_CODE = re.compile(r"\W*(?:`[^`]+`|<code>[^<>]+</code>)\W*(?:</\w+>)?")
# A code of an answer of any API; those that are no HTTP statuses are read only next to a schema.
CODE = re.compile(r"\W*(?P<status>\d{1,6}|[1-5][xX]{2}|default|other)\b", re.IGNORECASE)
_NONE = frozenset({"none", "n/a", "nil", "无", "없음", "なし"})
_HINTS = frozenset(
    "type description required optional default place constraints example value".split()
)
_WIDGET = re.compile(r"\*\*\s*Available values:\s*\*\*(?P<values>[^<]*)", re.IGNORECASE)
_DEFAULT = re.compile(r"\*\*\s*Default:\s*\*\*\s*(?P<value>[^<,]*)", re.IGNORECASE)


def table_roles(table: Table, label: Label) -> list[str]:
    """Return the role of each column.

    Below a label for parameters, or next to a column of types, an unknown first column has names.
    """
    roles = by_cells([column(clean(cell).text) for cell in table.header.cells], table)
    listed = label.part in ("parameters", "headers", "schema") or label.place
    if len(roles) == 2 and listed and not any(cell.text for cell in table.header.cells):
        names = [row.cells[0].source for row in table.rows if row.cells]
        return ["name", "description"] if all(map(_NAME_IN_CODE.fullmatch, names)) else roles
    if "name" not in roles and roles and len(roles) > 1:
        lists = "type" in roles or (listed and label.part != "schema")
        # Below "Sizes of covers", values are those of one member.
        free = roles[0] in ("", "path", "meaning", "line") or (
            roles[0] == "value" and ("type" in roles or not label.subject)
        )
        if lists and free and _HINTS & set(roles[1:]) and "status" not in roles:
            roles[0] = "name"
    if "name" in roles and listed and "description" not in roles:
        roles = ["description" if role == "meaning" else role for role in roles]
    headers = [clean(cell).text.strip() for cell in table.header.cells]
    if "name" in roles and "description" not in roles and headers and not headers[-1]:
        roles[-1] = "description"
    if roles.count("name") > 1:
        first = roles.index("name")
        roles = [r if r != "name" or at == first else "" for at, r in enumerate(roles)]
    return roles


def with_place(table: Table, label: Label) -> Label:
    """Return the label of a table, with the place that the header of its names states if no label
    of a request states one: "Query parameter", "Header". "Field" says that it is about an object.
    """
    if label.place or label.direction in ("response", "error"):
        return label
    roles = table_roles(table, label)
    header = clean(table.header.cells[roles.index("name")]).text
    if header.lower() in OBJECT_HEADS and not (label.part or label.direction):
        return replace(label, part="schema")
    own = read_label(header)
    if not own.place or own.part not in ("parameters", "headers"):
        return label
    return replace(label, part=own.part, place=own.place, media=own.media)


def joined(table: Table) -> Table:
    """Return a table with each row whole: a line break in a cell ends a row of a pipe table. A row
    that is one cell is a heading of the rows below it, and left out.
    """
    columns = len(table.header.cells)
    rows: list[Row] = []
    for row in table.rows:
        if row.spans:
            continue
        begins = row.cells[0].source.lower() if row.cells else ""
        last = rows[-1] if rows else None
        if last and last.cells and len(last.cells) < columns and begins.startswith("<br"):
            end, first = last.cells[-1], row.cells[0]
            whole = Inline(f"{end.source} {first.source}", end.span, end.markup)
            rows[-1] = replace(last, cells=(*last.cells[:-1], whole, *row.cells[1:]))
        else:
            rows.append(row)
    return replace(table, rows=tuple(rows))


def kind(table: Table, label: Label) -> str:
    """Return `members`, `statuses`, `values`, `routes` or ""."""
    roles = table_roles(table, label)
    present = set(roles)
    if "verb" in present and "path" in present:
        return "routes"
    if (
        "status" in present
        and present & {"description", "meaning", "type", "shown"}
        and "name" not in present
    ):
        cells = [row.cells[roles.index("status")].text for row in table.rows if row.cells]
        schema = "type" in present and label.direction in ("response", "error")
        code = CODE if schema else STATUS
        return "statuses" if cells and all(code.match(cell) for cell in cells) else ""
    if present - {"index"} == {"name", "value"}:
        return "values"
    if "name" in present and (present & _HINTS):
        return "" if _has_numbers(table, roles) else "members"
    return ""


def _has_numbers(table: Table, roles: list[str]) -> bool:
    """Return whether the column of types or of codes has only numbers: the values of an enum."""
    at = next((roles.index(role) for role in ("type", "status") if role in roles), -1)
    cells = [row.cells[at].text for row in table.rows if 0 <= at < len(row.cells)]
    return bool(cells) and all(re.fullmatch(r"[\d\s<*x]*\d[\d\s<*x]*", cell) for cell in cells)


def read_members(table: Table, label: Label, stars: bool = True) -> tuple[list[Member], list[Row]]:
    """Return the members that the rows list, and the rows with a type and without a name.

    `stars`: an asterisk behind a name means that the member is required.
    """
    roles = table_roles(table, label)
    members: list[Member] = []
    unread: list[Row] = []
    for row in table.rows:
        names = list(_names(row, roles))
        if not names and _states_type(row, roles):
            unread.append(row)
        members += filter(None, (_member(name, row, roles, stars) for name in names))
    return _with_unmarked(members, roles, label), unread


def _states_type(row: Row, roles: list[str]) -> bool:
    typed = (cell.text for role, cell in zip(roles, row.cells, strict=False) if role == "type")
    return any(map(is_type, typed))


def _with_unmarked(members: list[Member], roles: list[str], label: Label) -> list[Member]:
    """Return the members of a request; where some are marked as optional and none as required, the
    others are required. A column of defaults also says which are optional; an empty cell in one of
    marks for optional members says no more than none.
    """
    marks = {member.required for member in members}
    if {"required", "default"} & {*roles} or marks != {False, None}:
        return members
    if label.direction in ("response", "error") or label.presence:
        return members
    return [
        replace(m, required=True, is_unmarked=True) if m.required is None else m for m in members
    ]


def _names(row: Row, roles: list[str]) -> Iterator[Name]:
    at = roles.index("name")
    if len(row.cells) <= at:
        return
    cell = row.cells[at]
    if name := read_name(cell):
        yield name
        return
    # `since`, `until`; a name with a remark behind it
    parts = re.split(r",\s+|\s+(?:or|and)\s+|<br\s*/?>\s*|\s*/\s+|\s+(?=\()", cell.source)
    for number, part in enumerate(parts):
        name = read_name(Inline(part, cell.span, cell.markup))
        if name is None:
            return
        below = parts[number + 1] if "<br" in cell.source and number + 1 < len(parts) else ""
        mark = presence(Inline(below, cell.span, cell.markup).text) if below else None
        yield name if mark is None else replace(name, required=mark)
        if "<br" in cell.source or "(" in cell.source:
            return


def _member(name: Name, row: Row, roles: list[str], stars: bool) -> Member | None:
    pairs = list(zip(roles, row.cells, strict=False))
    cells = {role: cell for role, cell in pairs if role}
    if stated := [cell for role, cell in pairs if role == "type" and cell.text.strip(" -–—")]:
        cells["type"] = stated[0]  # a type, and perhaps the schema behind it
    texts = [clean(cell).prose for role, cell in pairs if role == "description"]
    description = " ".join(text for text in texts if text)
    type_cell = cells.get("type")
    if type_cell is not None and _is_of_client(type_cell.text, name.name):
        return None
    if name.name.lower() in _NONE:
        return None
    if name.starred and not stars:
        name = replace(name, required=None)
    if type_cell is not None and "values" in type_cell.source:
        description = _with_widgets(type_cell, description)
        first = re.split(r",?\s*<br", type_cell.source)[0]
        first += "]" if first.count("[") > first.count("]") else ""
        type_cell = Inline(first, type_cell.span, type_cell.markup)
    text = read_type_text(type_cell) if type_cell and type_cell.text.strip(" -–—") else None
    if text is None and type_cell is None:
        word, rest = leading_type(description)
        if word:
            text, description = type_of_text(word, (), row.span), rest
    place = clean(cells["place"]).text if "place" in cells else ""
    if text is None and place and is_type(place):
        text, place = type_of_text(place, (), row.span), ""
    required = presence(cells["required"].text) if "required" in cells else None
    if "required" in cells and not cells["required"].text.strip():
        # An empty cell of a column of marks: only required rows are marked.
        required = False
    for role, cell in zip(roles, row.cells, strict=False):
        if role == "type" and presence(cell.text) is not None and len(cell.text) > 1:
            required = presence(cell.text)
    if "optional" in cells:
        optional = presence(cells["optional"].text)
        required = not optional if optional is not None else required
    limits = [clean(cells["constraints"]).prose] if "constraints" in cells else []
    if "description" in cells:
        limits += clean(cells["description"]).parsed.items
    constraint = "\n".join(limits)
    default = cells["default"].text if "default" in cells else ""
    return make_member(
        name,
        text,
        description,
        row.span,
        required=required,
        nullable="nullable" in cells and presence(cells["nullable"].text) is True,
        default=default or _default_in(cells.get("type")),
        location=place,
        constraint=constraint,
    )


def _is_of_client(text: str, name: str) -> bool:
    """Return whether a row is about a client's language: a context, or a pointer to options."""
    text = text.strip("* ")
    return text in CLIENT_TYPES or (name == "optional" and text.endswith("Opts"))


def _with_widgets(cell: Inline, description: str) -> str:
    match = _WIDGET.search(cell.source)
    return (
        f"{description} Available values: {match['values'].strip(' ,')}" if match else description
    )


def _default_in(cell: Inline | None) -> str:
    match = _DEFAULT.search(cell.source) if cell else None
    return match["value"].strip() if match else ""
