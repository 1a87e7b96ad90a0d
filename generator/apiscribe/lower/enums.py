"""Enums of one message: those that its fields list, and those that it is the first to name.

Enums are nested in the message that uses them first, so that their values keep the documented
names: protobuf puts a value into the scope that its enum stands in, and half of all enums of a
package share values like `NONE`.
"""

from __future__ import annotations

from collections.abc import Sequence

from apiscribe.draft import EnumDraft, FieldDraft, ValueDraft
from apiscribe.ir import Enum, EnumValue
from apiscribe.lower.identifiers import as_identifier
from apiscribe.names import camel, screaming, unique
from apiscribe.report import Report
from apiscribe.source import Span


class MessageScope:
    """The names taken in one message, and the enums nested in it so far."""

    def __init__(self, full_name: str, fields: Sequence[str], report: Report) -> None:
        self.enums: list[Enum] = []
        self._full_name, self._taken, self._report = full_name, set(fields), report

    def add_listed(self, field: FieldDraft) -> Enum:
        """The enum whose values a field lists; its name is beside them, or made of the field's."""
        stated = field.type.name
        name = as_identifier(stated, "enum", field.span, self._report) if stated else ""
        inferred = {} if stated else {"name": "field-name"}
        return self._add(name or camel(field.name), field.type.values, field.span, inferred)

    def add_named(self, enum: EnumDraft) -> Enum:
        """An enum that pages name; an open one where nobody knows its values."""
        inferred = {} if enum.values else {"kind": "undeclared-enum"}
        return self._add(enum.name, enum.values, enum.span, inferred)

    def _add(
        self, name: str, values: Sequence[ValueDraft], span: Span, inferred: dict[str, str]
    ) -> Enum:
        name = unique(name, self._taken)
        self._taken.add(name)
        enum = Enum(
            name=name,
            full_name=f"{self._full_name}.{name}",
            values=self._values(name, values, span),
            open=not values,
            inferred={**inferred, "numbers": "position"},
            span=span,
        )
        self.enums.append(enum)
        return enum

    def _values(self, enum: str, values: Sequence[ValueDraft], span: Span) -> tuple[EnumValue, ...]:
        """The values, numbered from 0 in the order of the page.

        Where one of them is taken in the message, all get the enum's name as a prefix.
        """
        drafts = {value.name: value for value in values}
        if not drafts:
            # proto3 demands a value 0, and the page names none.
            name = f"{screaming(enum)}_UNSPECIFIED"
            drafts = {name: ValueDraft(name=name, span=span)}
        names = [
            as_identifier(draft.name, "enum value", draft.span, self._report)
            for draft in drafts.values()
        ]
        if self._taken & set(names) or len(set(names)) < len(names):
            names = [f"{screaming(enum)}_{name}" for name in names]
        found = []
        for number, (draft, name) in enumerate(zip(drafts.values(), names, strict=True)):
            name = unique(name, self._taken)
            self._taken.add(name)
            found.append(EnumValue(name=name, json_name=draft.name, number=number, span=draft.span))
        return tuple(found)
