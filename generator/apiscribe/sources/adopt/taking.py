"""Numbers out of a source, into a lock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from apiscribe.diagnostics.codes.adopting import (
    contradictory_label,
    contradictory_name,
    contradictory_number,
    contradictory_type,
    missing_in_source,
)
from apiscribe.diagnostics.report import Fix, Report
from apiscribe.diagnostics.source import Span
from apiscribe.model.api import Enum, Field, Message
from apiscribe.model.lock import Lock, Numbered, Numbers
from apiscribe.sources.adopt.pairs import Pairs
from apiscribe.sources.adopt.values import by_our_names


@dataclass
class Counts:
    """How many fields and values of the pages the source has, lacks, and has beside them."""

    matched: int = 0
    lacking: int = 0
    hidden: int = 0


@dataclass
class Taking:
    """Takes the numbers of what both editions declare. What contradicts the pages, or the `locked`
    numbers, is reported; a number that is locked moves only where `replace` says so.
    """

    pairs: Pairs
    locked: Lock
    source: str
    replace: bool
    report: Report
    counts: Counts = field(default_factory=Counts)

    def lock(self) -> Lock:
        """The lock with the numbers of the source."""
        messages = dict(self.locked.messages)
        enums = dict(self.locked.enums)
        homes: dict[str, str] = {}
        for name, ours in self.pairs.our_messages.items():
            theirs = self.pairs.messages.get(name)
            if theirs is None:
                self._lacks("message", name, ours.span, len(ours.fields))
                continue
            for mine, other in self.pairs.fields(ours):
                if other and mine.type.kind == other.type.kind == "enum":
                    homes[f"{name}.{mine.json_name}"] = self._home(other.type.name)
            messages[name] = self._message(ours, theirs, homes)
        for our_enum, their_enum, home in self._enums(homes):
            before = self.locked.enums.get(our_enum.full_name, Numbers())
            before = self.locked.enums.get(home, before)
            enums[home] = self._enum(our_enum, their_enum, before)
        return Lock(messages=messages, enums=enums)

    def _message(self, ours: Message, theirs: Message, homes: Mapping[str, str]) -> Numbers:
        wanted: dict[str, Numbered] = {}
        for mine, other in self.pairs.fields(ours):
            full_name = f"{ours.full_name}.{mine.json_name}"
            if other is None:
                self._lacks("field", full_name, mine.span, 1)
                continue
            self.counts.matched += 1
            self._compare_types(full_name, mine, other)
            type_ = homes.get(full_name) or mine.type.name
            label = "repeated " if mine.repeated else ""
            wanted[mine.json_name] = Numbered(other.number, label + type_)
        known = {other.name for _, other in self.pairs.fields(ours) if other}
        hidden = {
            other.json_name: Numbered(other.number, self._type_text(other))
            for other in theirs.fields
            if other.name not in known
        }
        # A `.proto` does not say which number was which name's.
        numbered = [entry for entry in theirs.reserved if entry.number]
        hidden |= {r.json_name: Numbered(r.number) for r in numbered if r.json_name}
        nameless = {entry.number for entry in numbered if not entry.json_name}
        before = self.locked.messages.get(ours.full_name, Numbers())
        spans = {field.json_name: field.span for field in ours.fields}
        return self._joined(ours.full_name, before, wanted, hidden, nameless, ours.span, spans)

    def _enums(self, homes: Mapping[str, str]) -> Iterator[tuple[Enum, Enum, str]]:
        """Ours, the source's, and where it stands, for each enum that a field has on both sides."""
        seen = set()
        for ours in self.pairs.our_messages.values():
            for mine, other in self.pairs.fields(ours):
                home = homes.get(f"{ours.full_name}.{mine.json_name}")
                if other and home and home not in seen:
                    seen.add(home)
                    theirs = self.pairs.their_enums.get(other.type.name)
                    if theirs:
                        yield self.pairs.our_enums[mine.type.name], theirs, home

    def _enum(self, ours: Enum, theirs: Enum, before: Numbers) -> Numbers:
        numbers = by_our_names(ours, theirs)
        wanted = {}
        for value in ours.values:
            if value.json_name in numbers:
                self.counts.matched += 1
                wanted[value.json_name] = Numbered(numbers[value.json_name])
            elif not ours.incomplete:
                self._lacks("value", f"{ours.full_name}.{value.json_name}", value.span, 1)
        others = {name: Numbered(n) for name, n in numbers.items() if name not in wanted}
        if ours.incomplete:
            # The pages name the enum and list no values: those of the source are its values.
            self.counts.matched += len(others)
            wanted, others = {**wanted, **others}, {}
        spans = {value.json_name: value.span for value in ours.values}
        return self._joined(ours.full_name, before, wanted, others, set(), ours.span, spans)

    def _joined(
        self,
        owner: str,
        before: Numbers,
        wanted: Mapping[str, Numbered],
        hidden: Mapping[str, Numbered],
        nameless: set[int],
        span: Span,
        spans: Mapping[str, Span],
    ) -> Numbers:
        """The source's numbers and, where they leave room, those that were given before."""
        self.counts.hidden += len(hidden)
        theirs = {**hidden, **wanted}
        taken = {entry.number: name for name, entry in theirs.items()}
        taken |= dict.fromkeys(nameless, "")
        kept: dict[str, Numbered] = {}
        for name, entry in before.named().items():
            other = theirs.get(name)
            if other and other.number == entry.number:
                continue
            if not other and entry.number not in taken:
                kept[name] = entry
            elif not self.replace:
                full_name, number = f"{owner}.{name}", entry.number
                self.report.add(
                    (
                        contradictory_number(full_name, number, other.number, self.source)
                        if other
                        else contradictory_name(full_name, number, taken[number], self.source)
                    ),
                    spans.get(name, span),
                    mark=name,
                )
        named = {**theirs, **kept}
        if not self.replace:
            # What was given stays given, until somebody says otherwise.
            numbers = {entry.number: name for name, entry in before.named().items()}
            given = before.named()
            fits = {
                name: entry
                for name, entry in theirs.items()
                if numbers.get(entry.number, name) == name
                and given.get(name, entry).number == entry.number
            }
            named = {**given, **fits}
        live = {k: e for k, e in named.items() if k in wanted or k in before.live}
        return Numbers(
            live=live,
            reserved={k: e for k, e in named.items() if k not in live},
            reserved_numbers=tuple(
                sorted({*before.reserved_numbers, *nameless} - {e.number for e in named.values()})
            ),
        )

    def _home(self, enum: str) -> str:
        """Where an enum of the source stands among our messages."""
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
        if mine.type.kind == other.type.kind == "enum":
            return
        if mine.type.name != self.pairs.our_names.get(other.type.name, other.type.name):
            self.report.add(
                contradictory_type(full_name, mine.type.name, other.type.name, self.source),
                mine.span,
                mark=mine.json_name,
            )

    def _type_text(self, other: Field) -> str:
        name = self.pairs.our_names.get(other.type.name, other.type.name)
        return f"repeated {name}" if other.repeated else name

    def _lacks(
        self, kind: Literal["message", "field", "value"], name: str, span: Span, count: int
    ) -> None:
        self.counts.lacking += count
        message = missing_in_source(kind, name, self.source)
        self.report.add(message, span, mark=name.rpartition(".")[2])
