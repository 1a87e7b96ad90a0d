"""Sections that list the values of a field: "One of the [statuses](#statuses)" leads to one.

The section has a table with code, such as `draft`, in the first column, and no column of types.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from apiscribe.dialects.http.parts import Part, clean
from apiscribe.dialects.http.sections import Section
from apiscribe.dialects.http.words import FACTS, column
from apiscribe.model.draft import FieldDraft, MessageDraft, OperationDraft, TypeDraft, ValueDraft
from apiscribe.pages.blocks import Row, Table

_LINK = re.compile(r"[\w\s]{0,20}\[[^\[\]]+\]\(#(?P<anchor>[^()\s]+)\)")
_CODE = re.compile(r"`([^`\s]+)`")
_TEXTS = frozenset({"", "string", "str", "text", "enum"})
_FEWEST = 2  # rows of a table of values


@dataclass(frozen=True)
class ListedValues:
    """The values that a section lists; `part` is the index of their table."""

    values: tuple[ValueDraft, ...]
    part: int


class ValueSections:
    """The sections with values on a page, by anchor. `used` are the tables that fields refer to."""

    def __init__(self, parts: Sequence[Part], root: Section, taken: set[int]) -> None:
        self._listed: Mapping[str, ListedValues] = {
            anchor: listed
            for section in root.walk()
            if section.level and (listed := _listed(section, parts, taken))
            for anchor in section.anchors
        }
        self.used: set[int] = set()

    def in_message(self, message: MessageDraft) -> MessageDraft:
        """Return a message with the values of its fields."""
        return replace(message, fields=self._fields(message.fields))

    def in_operation(self, operation: OperationDraft) -> OperationDraft:
        """Return an operation with the values of its parameters and of the fields of its body."""
        body = operation.body and replace(
            operation.body, fields=self._fields(operation.body.fields)
        )
        return replace(operation, parameters=self._fields(operation.parameters), body=body)

    def _fields(self, fields: Sequence[FieldDraft]) -> tuple[FieldDraft, ...]:
        return tuple(self._field(field) for field in fields) if self._listed else tuple(fields)

    def _field(self, field: FieldDraft) -> FieldDraft:
        type_ = field.type
        if type_.fields:
            return replace(field, type=replace(type_, fields=self._fields(type_.fields)))
        for phrase in FACTS["values"].finditer(field.description):
            link = _LINK.match(field.description, phrase.end())
            listed = self._listed.get(link["anchor"]) if link else None
            if listed and type_.name.lower() in _TEXTS and not type_.values and not type_.link:
                self.used.add(listed.part)
                return replace(field, type=_of_values(type_, listed))
        return field


def _of_values(type_: TypeDraft, listed: ListedValues) -> TypeDraft:
    return replace(type_, name="", values=listed.values)


def _listed(section: Section, parts: Sequence[Part], taken: set[int]) -> ListedValues | None:
    tables = [at for at in section.own() if isinstance(parts[at].block, Table)]
    if len(tables) != 1 or tables[0] in taken:
        return None
    table = parts[tables[0]].block
    assert isinstance(table, Table)
    roles = {column(clean(cell).text) for cell in table.header.cells}
    values = [_value(row) for row in table.rows]
    if "type" in roles or "name" in roles or len(values) < _FEWEST:
        return None
    known = tuple(value for value in values if value)
    return ListedValues(known, tables[0]) if len(known) == len(values) else None


def _value(row: Row) -> ValueDraft | None:
    name = _CODE.fullmatch(clean(row.cells[0]).source.strip()) if row.cells else None
    if name is None:
        return None
    description = clean(row.cells[1]).prose if len(row.cells) > 1 else ""
    return ValueDraft(name=name[1], description=description, span=row.span)
