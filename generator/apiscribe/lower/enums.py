"""The enums of one scope: a message or a package.

An enum without a name is nested in the first message that lists its values, so that the values keep
their documented names: protobuf declares values in the scope that contains the enum, and half of
the enums in a package share values such as `NONE`.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from operator import eq

from apiscribe.diagnostics.codes.declarations import duplicate_value
from apiscribe.diagnostics.report import Report
from apiscribe.diagnostics.source import Span
from apiscribe.lower.inference import rule_name, value_position, zero_first
from apiscribe.lower.naming import Naming
from apiscribe.model.api import Enum, EnumValue
from apiscribe.model.draft import EnumDraft, ValueDraft
from apiscribe.model.names import identifier, is_identifier, screaming, unique

# Keywords that begin a statement in an enum cannot be the name of a value.
_KEYWORDS = frozenset({"option", "reserved"})


class EnumScope:
    """The names that are taken in one scope, and its enums so far."""

    def __init__(
        self, full_name: str, taken: Iterable[str], naming: Naming, report: Report
    ) -> None:
        self.enums: list[Enum] = []
        self._full_name, self._naming, self._report = full_name, naming, report
        self._taken = {*taken, *_KEYWORDS}

    def add(self, draft: EnumDraft, provenance: dict[str, str], is_new: bool = False) -> Enum:
        """Add an enum under the last part of the draft's name; without values, it is incomplete.

        A new one does not have the name that the lock has for another enum.
        """
        documented, span = draft.name.rpartition(".")[2], draft.span
        known = "" if is_new else self._naming.known(self._full_name, "enums", documented)
        name = known
        if not name or name in self._taken:
            name = unique(identifier(documented), self._blocked())
        self._taken.add(name)
        if not is_new:
            self._naming.keep(self._full_name, "enums", documented, name)
        self._naming.report("enums", documented, name, span)
        if name != identifier(documented) and "name" not in provenance:
            self._naming.report_taken(documented, name, span)
        full_name = f"{self._full_name}.{name}"
        if known and known != name:
            self._naming.move(full_name, f"{self._full_name}.{known}", span)
        enum = Enum(
            name=name,
            full_name=full_name,
            values=self._values(name, full_name, draft.values, span),
            reserved=draft.reserved,
            description=draft.description,
            incomplete=draft.incomplete or not draft.values,
            provenance=provenance | _numbering(draft.values),
            span=span,
        )
        self.enums.append(enum)
        return enum

    def clashes_with(self, name: str, values: Sequence[ValueDraft]) -> bool:
        """Return whether the name of any value of an enum is taken in the scope, or is that of
        another enum in the lock, so that it must change.
        """
        blocked = self._blocked(f"{self._full_name}.{name}")
        return any(value.name in blocked for value in values)

    def _blocked(self, besides: str = "") -> Container[str]:
        """Return the names that a new name cannot have; those of the values of one enum are left
        out.
        """
        return {*self._taken, *self._naming.claimed(self._full_name, besides)}

    def _values(
        self, enum: str, full_name: str, values: Sequence[ValueDraft], span: Span
    ) -> tuple[EnumValue, ...]:
        """Return the values in the order of the page.

        If the name of one is taken in the scope, all get the enum's name as a prefix; later ones do
        too.
        """
        drafts = self._distinct(enum, values)
        if not drafts:
            # proto3 requires a value 0, and the page has none.
            drafts = [ValueDraft(name=f"{screaming(enum)}_UNSPECIFIED", span=span)]
        known = [self._naming.known(full_name, "values", draft.name) for draft in drafts]
        plain = [identifier(draft.name) for draft in drafts]
        blocked = {*self._taken, *self._naming.claimed(self._full_name, full_name)}
        if self._taken & set(known):
            known = [""] * len(drafts)
        prefixed = [f"{screaming(enum)}_{name}" for name in plain]
        has_prefix = any(map(eq, known, prefixed))
        if has_prefix or (not any(known) and not blocked.isdisjoint(plain)):
            plain = prefixed
        if any(known):
            # A value that is gone keeps its name.
            blocked |= {*self._naming.claimed(self._full_name)}
        names: dict[int, str] = {}
        compared: set[str] = set()
        for at in sorted(
            range(len(drafts)),
            key=lambda at: (not known[at], not is_identifier(drafts[at].name)),
        ):
            name = known[at]
            if not name:
                name = plain[at] if plain[at] not in blocked else prefixed[at]
                name = unique(name, blocked | self._taken)
            while _as_compared(name, enum) in compared:
                name = unique(f"{name}_{at}", blocked | self._taken)
            names[at] = name
            self._taken.add(name)
            compared.add(_as_compared(name, enum))
            self._naming.keep(full_name, "values", drafts[at].name, name)
            self._naming.report("values", drafts[at].name, name, drafts[at].span)
        return tuple(
            EnumValue(
                name=names[at],
                json_name=draft.name,
                number=at if draft.number is None else draft.number,
                description=draft.description,
                deprecated=draft.deprecated,
                span=draft.span,
            )
            for at, draft in enumerate(drafts)
        )

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
