"""Rows for what a version has and the tables of pages lack, in the form of the rows beside them.

A row copies its form from a row of the same table: the columns, the marks of the name, the word for
the type, and the mark of what is required. Lists, HTML tables and tables with cells that span
columns get no rows.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from apiscribe.commands.drift_suggestions.edits import Edit
from apiscribe.commands.drift_suggestions.overlay_entries import fields_with
from apiscribe.commands.drift_suggestions.page_tables import (
    PageTable,
    Row,
    is_name,
    renamed,
    table_at,
)
from apiscribe.diagnostics.report import visible
from apiscribe.diagnostics.source import Span
from apiscribe.drift.addition import Addition
from apiscribe.drift.declarations import Declarations
from apiscribe.drift.traffic.operations import Operations
from apiscribe.model.api import Enum, EnumValue, Field
from apiscribe.model.http import Answer
from apiscribe.model.type_words import usual_word

_INTEGERS = frozenset({"int32", "int64", "uint32", "uint64"})
_NUMBERS = frozenset({"double", "float"})
_FAMILIES = (_INTEGERS, _NUMBERS)
_STATUS = re.compile(r"(\W*)\d{3}(\W*)")
_STATUS_AND_PHRASE = re.compile(r"(\W*)\d{3}( )[A-Z][\w' -]*(\W*)")


@dataclass(frozen=True)
class _Place:
    """A field with its row, and the table and page of that."""

    field: Field
    path: str
    table: PageTable
    row: Row

    def cell(self, role: str) -> str:
        """Return the text of the cell of a role."""
        return self.row.cells[self.table.roles.index(role)].strip()


class PageRows:
    """The tables of the pages of a version, and rows for what they lack."""

    def __init__(self, old: Declarations) -> None:
        self._old, self._sources = old, old.version.texts
        self._operations = Operations(old.version.api)
        self._tables: dict[tuple[str, int], PageTable | None] = {}

    def edits_for(self, additions: Sequence[Addition]) -> Iterator[tuple[Edit, ...]]:
        """Yield the edits that may add all parts of one change, the most likely ones first."""
        match additions[0].part:
            case "field":
                yield from self._together([self._added_field(each) for each in additions])
            case "value":
                yield from self._added_values(additions)
            case "status":
                yield from self._together([self._added_status(each) for each in additions])
            case "operation":
                # A section has a title and sentences, which no other version states.
                return

    def _together(self, edits: Sequence[Edit | None]) -> Iterator[tuple[Edit, ...]]:
        known = tuple(edit for edit in edits if edit)
        if known and len(known) == len(edits):
            yield known

    def _table(self, span: Span) -> PageTable | None:
        key = (span.path, span.line)
        if key not in self._tables:
            source = self._sources.get(span.path)
            self._tables[key] = table_at(source, span.line) if source else None
        return self._tables[key]

    def _places(self, fields: Sequence[Field]) -> list[_Place]:
        """Return the fields with rows of their own in tables with columns of names and types."""
        places = []
        for field in fields:
            table = self._table(field.span)
            if table and {"name", "type"} <= set(table.roles):
                row = table.row_at(field.span.line)
                assert row is not None, "the table was found by the line"
                places.append(_Place(field, field.span.path, table, row))
        return places

    def _added_field(self, addition: Addition) -> Edit | None:
        places = self._places(self._neighbours(addition))
        # An optional field has the form of other optional fields.
        alike = [p for p in places if bool(p.field.required) == bool(addition.required)]
        for place in reversed(alike):
            name = renamed(place.cell("name"), place.field.json_name, addition.name)
            type_ = self._type_word(addition, place)
            if name and type_:
                last = [p for p in places if p.table is place.table][-1]
                text = _row(addition, place, name, type_)
                return Edit(path=place.path, line=last.row.line, new=text)
        return None

    def _neighbours(self, addition: Addition) -> Sequence[Field]:
        """Return the fields in the list that lacks one, in the order of the page."""
        message = self._old.messages[addition.owner]
        own = [one for one in self._operations.all if one.method.request == message.full_name]
        if not own:
            return sorted(message.fields, key=lambda field: field.span)
        places = own[0].places
        in_query = addition.in_query or not places.body
        fields = places.query if in_query else places.body
        return sorted(fields, key=lambda field: field.span)

    def _type_word(self, addition: Addition, place: _Place) -> str:
        """Return the word for a type: that of the table, of its page, or of most other pages."""
        alike = [p for p in self._all_places if _same_type(p.field, addition)]
        nearest = (
            [p for p in alike if p.table.row_at(place.row.line) and p.path == place.path],
            [p for p in alike if p.path == place.path],
            alike,
        )
        for places in nearest:
            if counted := Counter(p.cell("type") for p in places):
                return counted.most_common(1)[0][0]
        return "" if addition.repeated or addition.values else usual_word(addition.type)

    @property
    def _all_places(self) -> list[_Place]:
        return self._places([f for m in self._old.messages.values() for f in m.fields])

    def _added_values(self, additions: Sequence[Addition]) -> Iterator[tuple[Edit, ...]]:
        """Yield rows for the table of an enum's values, and other lines for lists of them."""
        enum, names = self._old.enums[additions[0].owner], [each.name for each in additions]
        rows = self._value_rows(enum.documented_values, names)
        lines = [self._listed(span, enum.documented_values, names) for span in self._lists(enum)]
        if rows:
            yield (*rows, *filter(None, lines))
            yield rows
        yield from ((line,) for line in lines if line)

    def _lists(self, enum: Enum) -> list[Span]:
        spans = [field.span for _, field in fields_with(enum, self._old)]
        return sorted(set(spans))

    def _value_rows(self, values: Sequence[EnumValue], names: Sequence[str]) -> tuple[Edit, ...]:
        for value in reversed(values):
            table = self._table(value.span)
            row = table.row_at(value.span.line) if table else None
            if table is None or row is None:
                continue
            for at, cell in enumerate(row.cells):
                texts = [renamed(cell, value.json_name, name) for name in names]
                if all(texts):
                    filled = [table.filler(column) for column in range(len(row.cells))]
                    return tuple(
                        Edit(
                            path=value.span.path,
                            line=row.line,
                            new=table.row_text(row, [*filled[:at], text or "", *filled[at + 1 :]]),
                        )
                        for text in texts
                    )
        return ()

    def _listed(self, span: Span, values: Sequence[EnumValue], names: Sequence[str]) -> Edit | None:
        """Return a line that lists the values with others: `a`, `b` or `c`."""
        source = self._sources.get(span.path)
        if source is None or span.line != span.end_line or len(values) < 2:
            return None
        line = source.lines[span.line - 1]
        quoted = [f"`{value.json_name}`" for value in values]
        places = [line.find(text) for text in quoted]
        if min(places) < 0 or places != sorted(places):
            return None
        ends = [at + len(text) for at, text in zip(places, quoted, strict=True)]
        between = [line[end:at] for end, at in zip(ends, places[1:], strict=False)]
        separator = between[0] if len(between) > 1 else ", "
        if any(text != separator for text in between[:-1]) or not all(map(is_name, names)):
            return None
        # The last two values may have a word between them.
        end = ends[-1] if between[-1] == separator else ends[-2]
        more = "".join(f"{separator}`{name}`" for name in names)
        return Edit(
            path=span.path, line=span.line, new=line[:end] + more + line[end:], replaces=True
        )

    def _added_status(self, addition: Addition) -> Edit | None:
        operation = next((o for o in self._operations.all if o.text == addition.owner), None)
        answers = operation.method.answers if operation else ()
        for answer in reversed(answers):
            table = self._table(answer.span)
            row = table.row_at(answer.span.line) if table else None
            if table is None or row is None or "status" not in table.roles:
                continue
            at = table.roles.index("status")
            if text := _status(row.cells[at].strip(), addition.name):
                filled = [table.filler(column) for column in range(len(row.cells))]
                cells = [*filled[:at], text, *filled[at + 1 :]]
                below = [row for row in table.rows if row.line in _lines(answers)]
                return Edit(
                    path=answer.span.path, line=below[-1].line, new=table.row_text(row, cells)
                )
        return None


def _lines(answers: Sequence[Answer]) -> set[int]:
    return {answer.span.line for answer in answers}


def _status(cell: str, status: str) -> str:
    """Return the text of a cell with another status, and with its phrase if the cell has one."""
    if _STATUS.fullmatch(cell):
        return _STATUS.sub(rf"\g<1>{status}\g<2>", cell)
    known = {str(each.value): each.phrase for each in HTTPStatus}
    if status in known and (found := _STATUS_AND_PHRASE.fullmatch(cell)):
        return f"{found[1]}{status} {known[status]}{found[3]}"
    return ""


def _same_type(field: Field, addition: Addition) -> bool:
    if field.repeated != addition.repeated or addition.values:
        return False
    wanted, have = addition.type, field.type.name
    return have == wanted or any({have, wanted} <= family for family in _FAMILIES)


def _row(addition: Addition, place: _Place, name: str, type_: str) -> str:
    """Return a row in the form of another one, with the mark of that for what is required."""
    cells = []
    for at, role in enumerate(place.table.roles):
        match role:
            case "name":
                cells.append(name)
            case "type":
                cells.append(type_)
            case "description":
                text = visible(" ".join(addition.description.split())).replace("|", "\\|")
                cells.append(text or place.table.filler(at))
            case "required" | "optional" | "place" | "nullable":
                cells.append(place.row.cells[at].strip())
            case _:
                cells.append(place.table.filler(at))
    return place.table.row_text(place.row, cells)
