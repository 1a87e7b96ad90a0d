"""Import field and enum numbers from a source into a lock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from apiscribe.diagnostics.codes.adopting import (
    contradictory_label,
    contradictory_lock,
    contradictory_name,
    contradictory_number,
    contradictory_type,
    missing_in_source,
    range_not_taken,
)
from apiscribe.diagnostics.report import Fix, Report
from apiscribe.diagnostics.source import Span
from apiscribe.model.api import Enum, Field, Message
from apiscribe.model.lock import LONGEST_RANGE, NO_NUMBERS, Lock, Numbered, Numbers
from apiscribe.model.lock.field_types import FieldType, type_of
from apiscribe.model.types import EnumRef, values_type
from apiscribe.sources.adopt.contradiction import Contradiction
from apiscribe.sources.adopt.enum_values import numbers_by_our_names
from apiscribe.sources.adopt.matching import DeclarationPairs

# So many numbers differ, and this part of the matched ones, if the lock is not of the source.
_MIN_MANY = 10
_MANY = 0.1


@dataclass
class Counts:
    """Numbers of fields and enum values: in both, only in the pages, only in the source."""

    matched: int = 0
    lacking: int = 0
    hidden: int = 0


@dataclass
class NumberImport:
    """An import of the numbers that the source has for our declarations.

    Contradictions with the pages and with `locked` are reported. A locked number changes only with
    `replace`.
    """

    pairs: DeclarationPairs
    locked: Lock
    source: str
    replace: bool
    report: Report
    counts: Counts = field(default_factory=Counts)
    contradictions: list[Contradiction] = field(default_factory=list)
    replaced: list[Contradiction] = field(default_factory=list)

    def lock(self) -> Lock:
        """Return the lock with the numbers of the source."""
        messages = dict(self.locked.messages)
        enums = dict(self.locked.enums)
        # Full name of an enum field → full name of its enum, in the scope that the source states.
        enum_names: dict[str, str] = {}
        for name, ours in self.pairs.our_messages.items():
            theirs = self.pairs.messages.get(name)
            if theirs is None:
                self._lacks("message", name, ours.span, len(ours.fields))
                continue
            for mine, other in self.pairs.fields(ours):
                if other and self._can_be_enum(mine) and _has_enum(other):
                    enum_names[f"{name}.{mine.json_name}"] = self._enum_name(type_of(other).name)
            messages[name] = self._message(ours, theirs, enum_names)
        for our_enum, their_enum, full_name in self._enums(enum_names):
            ours_now = our_enum or replace(their_enum, values=(), incomplete=True)
            before = self.locked.enums.get(ours_now.full_name, NO_NUMBERS)
            before = self.locked.enums.get(full_name, before)
            enums[full_name] = self._enum(ours_now, their_enum, before)
        self.report_contradictions()
        return Lock(messages=messages, enums=enums, names=self.locked.names)

    def report_contradictions(self) -> None:
        """Report the numbers that differ: as one, if they are as many as after a first build."""
        listed = self.contradictions
        moved = [each for each in listed if each.other]
        if moved and len(listed) >= _MIN_MANY and len(listed) >= _MANY * self.counts.matched:
            first = moved[0]
            numbers = first.number, first.other
            message = contradictory_lock(len(listed), first.name, *numbers, self.source)
            self.report.add(message, first.span, mark=first.mark)
            return
        for each in listed:
            message = (
                contradictory_number(each.name, each.number, each.other, self.source)
                if each.other
                else contradictory_name(each.name, each.number, each.taken_by, self.source)
            )
            self.report.add(message, each.span, mark=each.mark)

    def _message(self, ours: Message, theirs: Message, enum_names: Mapping[str, str]) -> Numbers:
        live: dict[str, Numbered] = {}
        for mine, other in self.pairs.fields(ours):
            full_name = f"{ours.full_name}.{mine.json_name}"
            if other is None:
                self._lacks("field", full_name, mine.span, 1)
                continue
            self.counts.matched += 1
            self._compare_types(full_name, mine, other)
            type_ = replace(type_of(mine), name=enum_names.get(full_name) or type_of(mine).name)
            live[mine.json_name] = Numbered(other.number, type_.text)
        matched = {other.name for _, other in self.pairs.fields(ours) if other}
        hidden = {
            other.json_name: Numbered(other.number, self._type_of(other).text)
            for other in theirs.fields
            if other.name not in matched
        }
        numbered = [entry for entry in theirs.reserved if entry.number]
        hidden |= {r.json_name: Numbered(r.number) for r in numbered if r.json_name}
        nameless = self._nameless(ours, theirs)
        before = self.locked.messages.get(ours.full_name, NO_NUMBERS)
        spans = {field.json_name: field.span for field in ours.fields}
        return self._merge(ours.full_name, before, live, hidden, nameless, ours.span, spans)

    def _enums(self, enum_names: Mapping[str, str]) -> Iterator[tuple[Enum | None, Enum, str]]:
        """Yield our enum, the source's and its full name, for the type of each matched field."""
        seen = set()
        for ours in self.pairs.our_messages.values():
            for mine, other in self.pairs.fields(ours):
                full_name = enum_names.get(f"{ours.full_name}.{mine.json_name}")
                if other and full_name and full_name not in seen:
                    seen.add(full_name)
                    theirs = self.pairs.their_enums.get(type_of(other).name)
                    if theirs:
                        yield self.pairs.our_enums.get(type_of(mine).name), theirs, full_name

    def _enum(self, ours: Enum, theirs: Enum, before: Numbers) -> Numbers:
        numbers = numbers_by_our_names(ours, theirs)
        live = {}
        for value in ours.documented_values:
            if value.json_name in numbers:
                self.counts.matched += 1
                live[value.json_name] = Numbered(numbers[value.json_name])
            elif not ours.incomplete:
                self._lacks("value", f"{ours.full_name}.{value.json_name}", value.span, 1)
        hidden = {name: Numbered(n) for name, n in numbers.items() if name not in live}
        if ours.incomplete:
            # The pages do not list all values of the enum: take over those of the source.
            self.counts.matched += len(hidden)
            live, hidden = {**live, **hidden}, {}
        spans = {value.json_name: value.span for value in ours.documented_values}
        nameless = self._nameless(ours, theirs) - {entry.number for entry in live.values()}
        return self._merge(ours.full_name, before, live, hidden, nameless, ours.span, spans)

    def _nameless(self, ours: Message | Enum, theirs: Message | Enum) -> set[int]:
        """Return the reserved numbers of the source that have no name, as `reserved` of a `.proto`
        does not relate its numbers to its names. Long ranges are reported, and not taken.
        """
        nameless: set[int] = set()
        for entry in theirs.reserved:
            if len(entry.numbers) > LONGEST_RANGE:
                message = range_not_taken(ours.full_name, entry.numbers_text, self.source)
                self.report.add(message, ours.span, mark=ours.name)
            elif not entry.json_name:
                nameless |= set(entry.numbers)
        return nameless

    def _merge(
        self,
        owner: str,
        before: Numbers,
        live: Mapping[str, Numbered],
        hidden: Mapping[str, Numbered],
        nameless: set[int],
        span: Span,
        spans: Mapping[str, Span],
    ) -> Numbers:
        """Merge the source's numbers with the locked ones (`before`).

        Where the two contradict, `replace` takes the source's number; else the locked one stays.
        """
        self.counts.hidden += len(hidden)
        theirs = {**hidden, **live}
        taken = {entry.number: name for name, entry in theirs.items()}
        taken |= dict.fromkeys(nameless, "")
        kept: dict[str, Numbered] = {}
        for name, entry in before.named().items():
            other = theirs.get(name)
            if other and not other.type:
                # `reserved` of a `.proto` has no types.
                theirs[name] = other = replace(other, type=entry.type)
            if other and other.number == entry.number:
                continue
            if not other and entry.number not in taken:
                kept[name] = entry
            else:
                listed = self.replaced if self.replace else self.contradictions
                listed.append(
                    Contradiction(
                        name=f"{owner}.{name}",
                        number=entry.number,
                        other=other.number if other else 0,
                        taken_by=taken.get(entry.number, ""),
                        span=spans.get(name, span),
                    )
                )
        named = {**theirs, **kept}
        if not self.replace:
            locked = before.named()
            locked_names = {entry.number: name for name, entry in locked.items()}
            compatible = {
                name: entry
                for name, entry in theirs.items()
                if locked_names.get(entry.number, name) == name
                and locked.get(name, entry).number == entry.number
            }
            named = {**locked, **compatible}
        all_live = {k: e for k, e in named.items() if k in live or k in before.live}
        return Numbers(
            live=all_live,
            reserved={k: e for k, e in named.items() if k not in all_live},
            reserved_numbers=tuple(
                sorted({*before.reserved_numbers, *nameless} - {e.number for e in named.values()})
            ),
        )

    def _can_be_enum(self, mine: Field) -> bool:
        """Return whether a field has an enum, or a type that no page declares."""
        message = self.pairs.our_messages.get(type_of(mine).name)
        is_opaque = message is not None and message.incomplete and not message.fields
        return _has_enum(mine) or is_opaque

    def _enum_name(self, enum: str) -> str:
        """Return the full name of a source's enum with our name of the message that it is in."""
        owner, _, name = enum.rpartition(".")
        return f"{self.pairs.our_names.get(owner, owner)}.{name}"

    def _compare_types(self, full_name: str, mine: Field, other: Field) -> None:
        if mine.repeated != other.repeated:
            self.report.add(
                contradictory_label(full_name, repeated=mine.repeated, source=self.source),
                mine.span,
                mark=mine.json_name,
                fix=Fix(
                    table="change",
                    at=full_name,
                    keys={
                        "was": {"repeated": True} if mine.repeated else {},
                        "set": {"repeated": other.repeated},
                    },
                ),
            )
        type_, other_type = type_of(mine), self._type_of(other)
        if type_.key == other_type.key and self._can_be_enum(mine) and _has_enum(other):
            return
        if (type_.key, type_.name) != (other_type.key, other_type.name):
            self.report.add(
                contradictory_type(full_name, mine.type.name, other.type.name, self.source),
                mine.span,
                mark=mine.json_name,
            )

    def _type_of(self, other: Field) -> FieldType:
        """Return the type of a source's field with our name of the message."""
        return type_of(other).renamed(lambda name: self.pairs.our_names.get(name, name))

    def _lacks(
        self, kind: Literal["message", "field", "value"], name: str, span: Span, count: int
    ) -> None:
        self.counts.lacking += count
        message = missing_in_source(kind, name, self.source)
        self.report.add(message, span, mark=name.rpartition(".")[2])


def _has_enum(field_: Field) -> bool:
    """Return whether the values of a field are those of an enum."""
    return isinstance(values_type(field_.type), EnumRef)
