"""The enums of one scope: those nested in a message, or those of a package.

An enum that nobody named is nested in the message that lists it first, so that its values keep
their documented names: protobuf puts a value into the scope that its enum stands in, and half of
all enums of a package share values like `NONE`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from apiscribe.diagnostics.codes.declarations import duplicate_value
from apiscribe.diagnostics.report import Report
from apiscribe.diagnostics.source import Span
from apiscribe.lower.identifiers import as_identifier
from apiscribe.model.api import Enum, EnumValue
from apiscribe.model.draft import EnumDraft, ValueDraft
from apiscribe.model.names import screaming, unique

# What may begin a statement in an enum, so that no value can be named so.
_KEYWORDS = frozenset({"option", "reserved"})


class EnumScope:
    """The names taken in one scope, and the enums in it so far."""

    def __init__(self, full_name: str, taken: Iterable[str], report: Report) -> None:
        self.enums: list[Enum] = []
        self._full_name, self._report = full_name, report
        self._taken = {*taken, *_KEYWORDS}

    def add(self, draft: EnumDraft, provenance: dict[str, str]) -> Enum:
        """Make an enum of the last part of the draft's name; without values it is an open one."""
        name, values, span = draft.name.rpartition(".")[2], draft.values, draft.span
        name = unique(as_identifier(name, "enum", span, self._report), self._taken)
        self._taken.add(name)
        enum = Enum(
            name=name,
            full_name=f"{self._full_name}.{name}",
            values=self._values(name, values, span),
            incomplete=draft.incomplete or not values,
            provenance=provenance,
            span=span,
        )
        self.enums.append(enum)
        return enum

    def holds(self, values: Sequence[ValueDraft]) -> bool:
        """Whether a value's name is taken in the scope; it would have to change."""
        return any(value.name in self._taken for value in values)

    def _values(self, enum: str, values: Sequence[ValueDraft], span: Span) -> tuple[EnumValue, ...]:
        """The values in the order of the page.

        Where one of them is taken in the scope, all get the enum's name as a prefix.
        """
        drafts = self._distinct(enum, values)
        if not drafts:
            # proto3 demands a value 0, and the page names none.
            drafts = [ValueDraft(name=f"{screaming(enum)}_UNSPECIFIED", span=span)]
        names = [
            as_identifier(draft.name, "enum value", draft.span, self._report) for draft in drafts
        ]
        if self._taken & set(names):
            names = [f"{screaming(enum)}_{name}" for name in names]
        found: list[EnumValue] = []
        alike: set[str] = set()
        for number, (draft, wanted) in enumerate(zip(drafts, names, strict=True)):
            name = unique(wanted, self._taken)
            while _without_case(name, enum) in alike:
                name = unique(f"{name}_{number}", self._taken)
            self._taken.add(name)
            alike.add(_without_case(name, enum))
            found.append(EnumValue(name=name, json_name=draft.name, number=number, span=draft.span))
        return tuple(found)

    def _distinct(self, enum: str, values: Sequence[ValueDraft]) -> list[ValueDraft]:
        found: dict[str, ValueDraft] = {}
        for value in values:
            if value.name in found:
                message = duplicate_value(enum, value.name)
                self._report.add(message, value.span, mark=value.name)
            found.setdefault(value.name, value)
        return list(found.values())


def _without_case(value: str, enum: str) -> str:
    """What protoc compares values by: without the enum's name before them, `_` and case.

    Source: descriptor.cc, CheckEnumValueUniqueness; languages that strip the prefix need it.
    """
    plain, prefix = value.replace("_", "").lower(), enum.replace("_", "").lower()
    return plain.removeprefix(prefix) or plain
