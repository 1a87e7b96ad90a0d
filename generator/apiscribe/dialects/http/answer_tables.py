"""Tables of the answers of an operation, and of the values of members."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from apiscribe.diagnostics.source import Span
from apiscribe.dialects.http.curl import is_json
from apiscribe.dialects.http.member_tables import CODE, STATUS, table_roles
from apiscribe.dialects.http.members import Member
from apiscribe.dialects.http.parts import clean
from apiscribe.dialects.http.type_texts import TypeText, read_type_text, type_of_text
from apiscribe.dialects.http.words import Label, column
from apiscribe.pages.blocks import Inline, Row, Table

_ERROR_NAME = re.compile(r"[A-Z][a-z0-9]+(?:[A-Z][a-z0-9]*)+")
_REST = ("DEFAULT", "OTHER")  # the answers that no other row is about
_MEDIA_TYPE = re.compile(r"\w+/[\w.+*-]+(?:\s*;[^;]*)*")
_BRACKET = re.compile(r"\s*\([A-Za-z/ ]+\)\s*$")  # `Car (JSON)`
_SUCCESS = "200"  # of the code 0


@dataclass(frozen=True)
class StatusRow:
    """A row of a table of answers."""

    status: str
    description: str
    type: TypeText | None
    shown: str
    span: Span


@dataclass(frozen=True)
class ValueRow:
    """A row with the name of a member and one of its values."""

    member: str
    value: str
    span: Span


def by_status(table: Table, label: Label) -> dict[str, Table]:
    """Return the rows of a table of fields by the status of their answer, its first column; none
    without one, and of headers.
    """
    roles = table_roles(table, label)
    if label.place == "header" or roles[0] != "status" or not {"name", "type"} <= set(roles):
        return {}
    found: dict[str, list[Row]] = {}
    for row in table.rows:
        match = STATUS.match(row.cells[0].text) if row.cells else None
        if match is None:
            return {}
        found.setdefault(match["status"].upper(), []).append(row)
    return {status: replace(table, rows=tuple(rows)) for status, rows in found.items()}


def read_statuses(table: Table, label: Label) -> Iterator[StatusRow]:
    """Yield the rows of a table of answers."""
    roles = table_roles(table, label)
    for row in table.rows:
        cells = dict(zip(roles, row.cells, strict=False))
        match = CODE.match(cells["status"].text) if "status" in cells else None
        if match is None:
            continue
        code = match["status"].upper()
        known = _SUCCESS if code == "0" else code
        status = known if STATUS.match(known) and code not in _REST else "default"
        shown = cells["shown"].text if "shown" in cells else ""
        described = cells.get("description")
        if described is None and not is_json(shown):
            described = cells.get("shown") or cells.get("meaning")
        schema = cells.get("type")
        text = None
        if schema is not None and schema.text.strip(" -–—"):
            text = read_type_text(_first_type(schema))
        yield StatusRow(
            status,
            clean(described).prose if described else "",
            text,
            shown,
            row.span,
        )


def read_body_types(table: Table) -> TypeText | None:
    """Return the type of the body in a table with a row for each of its media types; None for
    another table, and for rows with several types.
    """
    roles = [column(clean(cell).text) for cell in table.header.cells]
    at = roles.index("type") if "type" in roles else 0
    rows = [row for row in table.rows if len(row.cells) > at]
    if not at or not rows or not all(_MEDIA_TYPE.fullmatch(row.cells[0].text) for row in rows):
        return None
    cells = [row.cells[at] for row in rows]
    types = {_BRACKET.sub("", cell.text) for cell in cells}
    if len(types) > 1 or not cells[0].text:
        return None
    return type_of_text(types.pop(), clean(cells[0]).parsed.links, rows[0].span)


def whole_body(type_: TypeText, label: Label, span: Span) -> tuple[list[Member], Label]:
    """Return the body of a request as a member with its type, and the label of it."""
    member = Member(name="body", type=type_, place="body", span=span)
    return [member], replace(label, part="parameters", place="body")


def are_names_of_errors(members: Sequence[Member], label: Label) -> bool:
    """Return whether a table lists errors by name, and not the fields of one: `CarNotFound`."""
    names = all(_ERROR_NAME.fullmatch(member.name) and not member.type for member in members)
    return label.direction == "error" and names


def _first_type(cell: Inline) -> Inline:
    """Return the type of the first media type: `**application/json**: [X](#x)<br>…`."""
    source = re.split(r"<br\s*/?>|\s\|\s", cell.source)[0]
    source = re.sub(r"^\W*[\w.+-]+/[\w.+*-]+\W*?(?:\*\*)?:\s*", "", source)
    return Inline(source, cell.span, cell.markup)


def read_values(table: Table) -> Iterator[ValueRow]:
    """Yield the rows of a table of the values of members."""
    for row in table.rows:
        if len(row.cells) >= 2:
            yield ValueRow(row.cells[0].text.strip("» *`"), row.cells[1].text, row.span)
