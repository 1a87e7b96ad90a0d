"""Tables of protobuf pages: their kind and columns, by the words of their headers."""

from __future__ import annotations

import re
from typing import Literal

from apiscribe.dialects.protobuf.words import header_role
from apiscribe.pages.blocks import Table

TableKind = Literal[
    "methods",
    "bindings",
    "scalars",
    "extensions",
    "rules",
    "options",
    "fields",
    "values",
    "names",
    "",
]

# The kinds of tables and the roles that each must have; the first match counts.
_KINDS: tuple[tuple[TableKind, set[str]], ...] = (
    ("scalars", {"scalar"}),
    ("extensions", {"extension", "type"}),
    ("methods", {"method", "request", "response"}),
    ("bindings", {"method", "path"}),
    ("fields", {"field", "type"}),
    ("rules", {"field", "validations"}),
    ("options", {"field", "option"}),
    ("values", {"value", "number"}),
    # `Field | Description`: the type is in the cell of the field.
    ("fields", {"field", "description"}),
    # `Name | Description`: values without numbers, where the heading declares something.
    ("names", {"name", "description"}),
)
_NO_WORD = re.compile(r"[\s<>]")
_INTEGER = re.compile(r"-?(?:0[xX][0-9a-fA-F]+|\d+)")


def columns(table: Table) -> list[str]:
    """Return the role of each column; "" for an unknown header, and for a second one of a role.

    What `name` and `method` mean depends on the other columns: `Name | Type` lists fields, `Name |
    Number` values, and `Method Name | Method | Pattern` methods with their HTTP methods.
    """
    texts = [cell.text for cell in table.header.cells]
    roles = [role if (role := header_role(text)) != "key" else "" for text in texts]
    if roles.count("method") == 2 and "path" in roles:
        roles[len(roles) - 1 - roles[::-1].index("method")] = "verb"
    present = set(roles)
    if "method" not in present and {"request", "response"} <= present:
        present = _rename(roles, ("name", "field"), "method")
    elif "method" not in present and {"path", "verb"} <= present:
        present = _rename(roles, ("name",), "method")
    elif "field" not in present and present & {"type", "validations", "option"}:
        present = _rename(roles, ("name",), "field")
    elif present - {""} == {"number", "description"} and roles.count("number") == 1:
        # Value | Description
        at = roles.index("number")
        roles[at] = "number" if _are_numbers(table, at) else "name"
    elif "number" in present and not present & {"type", "method", "field"}:
        present = _rename(roles, ("name",), "value")
    if {"field", "type"} <= present and "number" not in present:
        # The numbers may have no header, or `Key`.
        unnamed = (n for n, text in enumerate(texts) if not text or header_role(text) == "key")
        for at in [n for n in unnamed if table.rows and _are_numbers(table, n)][:1]:
            roles[at] = "number"
    if roles.count("number") == 2:  # Value | Number, or # | Value
        numbers = [at for at, role in enumerate(roles) if role == "number"]
        at = next((at for at in numbers if not _are_numbers(table, at)), numbers[0])
        roles[at] = "" if present & {"value", "field"} else "value"
    return [role if roles.index(role) == at else "" for at, role in enumerate(roles)]


def kind(table: Table) -> TableKind:
    """Return what a table lists; "" for a table of another page."""
    present = set(columns(table))
    found: TableKind = next((name for name, required in _KINDS if required <= present), "")
    if found == "values" and not _are_numbers(table, columns(table).index("number")):
        return ""
    if found == "fields" and "type" not in present and not _have_types(table):
        return ""
    if found == "names" and not _are_words(table, columns(table).index("name")):
        return ""
    return found


def _have_types(table: Table) -> bool:
    """Return whether the cells of the names of fields have more lines, one of them the type."""
    at = columns(table).index("field")
    return all(len(row.cells[at].parsed.lines) > 1 for row in table.rows if at < len(row.cells))


def _rename(roles: list[str], words: tuple[str, ...], role: str) -> set[str]:
    """Replace the first role that is one of the words; return all roles."""
    if at := next((n for n, name in enumerate(roles, 1) if name in words), 0):
        roles[at - 1] = role
    return set(roles)


def _are_words(table: Table, at: int) -> bool:
    """Return whether each cell of a column is one word, as the name of a value is."""
    cells = (row.cells[at].text for row in table.rows if len(row.cells) > at and not row.spans)
    return not any(_NO_WORD.search(text) for text in cells)


def _are_numbers(table: Table, at: int) -> bool:
    """Return whether the cells of a column are integers in all rows."""
    return all(
        _INTEGER.fullmatch(row.cells[at].text.strip("` "))
        for row in table.rows
        if len(row.cells) > at and not row.spans
    )
