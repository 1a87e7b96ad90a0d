"""The enums of one scope: a message or a package.

An enum without a name is nested in the first message that lists its values, so that the values keep
their documented names: protobuf declares values in the scope that contains the enum, and half of
the enums in a package share values such as `NONE`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from apiscribe.diagnostics.codes.declarations import duplicate_value
from apiscribe.diagnostics.report import Report
from apiscribe.diagnostics.source import Span
from apiscribe.lower.identifiers import as_identifier
from apiscribe.lower.inference import rule_name, value_position, zero_first
from apiscribe.model.api import Enum, EnumValue
from apiscribe.model.draft import EnumDraft, ValueDraft
from apiscribe.model.names import screaming, unique

# Keywords that begin a statement in an enum cannot be the name of a value.
_KEYWORDS = frozenset({"option", "reserved"})


class EnumScope:
    """The names that are taken in one scope, and its enums so far."""

    def __init__(self, full_name: str, taken: Iterable[str], report: Report) -> None:
        self.enums: list[Enum] = []
        self._full_name, self._report = full_name, report
        self._taken = {*taken, *_KEYWORDS}

    def add(self, draft: EnumDraft, provenance: dict[str, str]) -> Enum:
        """Add an enum under the last part of the draft's name; without values, it is incomplete."""
        name, values, span = draft.name.rpartition(".")[2], draft.values, draft.span
        name = unique(as_identifier(name, "enum", span, self._report), self._taken)
        self._taken.add(name)
        enum = Enum(
            name=name,
            full_name=f"{self._full_name}.{name}",
            values=self._values(name, values, span),
            description=draft.description,
            incomplete=draft.incomplete or not values,
            provenance=provenance | _numbering(values),
            span=span,
        )
        self.enums.append(enum)
        return enum

    def clashes_with(self, values: Sequence[ValueDraft]) -> bool:
        """Return whether the name of any value is taken in the scope, so that it must change."""
        return any(value.name in self._taken for value in values)

    def _values(self, enum: str, values: Sequence[ValueDraft], span: Span) -> tuple[EnumValue, ...]:
        """Return the values in the order of the page.

        If the name of one is taken in the scope, all get the enum's name as a prefix.
        """
        drafts = self._distinct(enum, values)
        if not drafts:
            # proto3 requires a value 0, and the page has none.
            drafts = [ValueDraft(name=f"{screaming(enum)}_UNSPECIFIED", span=span)]
        names = [
            as_identifier(draft.name, "enum value", draft.span, self._report) for draft in drafts
        ]
        if self._taken & set(names):
            names = [f"{screaming(enum)}_{name}" for name in names]
        result: list[EnumValue] = []
        compared: set[str] = set()
        for number, (draft, wanted) in enumerate(zip(drafts, names, strict=True)):
            name = unique(wanted, self._taken)
            while _as_compared(name, enum) in compared:
                name = unique(f"{name}_{number}", self._taken)
            self._taken.add(name)
            compared.add(_as_compared(name, enum))
            value = EnumValue(
                name=name,
                json_name=draft.name,
                number=number if draft.number is None else draft.number,
                description=draft.description,
                deprecated=draft.deprecated,
                span=draft.span,
            )
            result.append(value)
        return tuple(result)

    def _distinct(self, enum: str, values: Sequence[ValueDraft]) -> list[ValueDraft]:
        distinct: dict[str, ValueDraft] = {}
        for value in values:
            if value.name in distinct:
                self._report.add(duplicate_value(enum, value.name), value.span, mark=value.name)
            distinct.setdefault(value.name, value)
        return list(distinct.values())


def _numbering(values: Sequence[ValueDraft]) -> dict[str, str]:
    """Return the provenance of the numbers: the page if it states all, else their order on it."""
    stated = bool(values) and all(value.number is not None for value in values)
    if stated:
        return {}
    return {"numbers": rule_name(zero_first if zero_first(values) else value_position)}


def _as_compared(value: str, enum: str) -> str:
    """Return a value's name as protoc compares it: without the enum's prefix, `_` and case.

    Source: descriptor.cc, CheckEnumValueUniqueness; languages that strip the prefix need it.
    """
    plain, prefix = value.replace("_", "").lower(), enum.replace("_", "").lower()
    return plain.removeprefix(prefix) or plain
