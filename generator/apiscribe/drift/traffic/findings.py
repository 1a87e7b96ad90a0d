"""Collects the differences between traffic and pages: one entry for each cause, with an example."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from apiscribe.diagnostics.source import Span
from apiscribe.drift.addition import Addition, merged, merged_parameter
from apiscribe.drift.change import Grade
from apiscribe.drift.change_list import Changes
from apiscribe.drift.traffic.differences import Difference
from apiscribe.drift.traffic.exchange import Exchange
from apiscribe.drift.traffic.masks import masked_line

# Equal differences of so many declarations have one cause; so have unknown values of one enum.
_MIN_EQUAL = 3

# So many undocumented fields of one message have one cause: its list of fields is another one.
_MIN_LIST = 6
_FIELD = "undocumented-field"


@dataclass
class _Finding:
    """A difference in exchanges; `example` is the place of the first one."""

    kind: str
    symbol: str
    message: str
    old: Span | None
    example: Span
    grade: Grade | None
    count: int = 0
    last: tuple[str, int] = ("", 0)
    withdrawn: set[tuple[str, int]] = field(default_factory=set)
    details: dict[str, None] = field(default_factory=dict)
    addition: Addition | None = None

    def show(self, addition: Addition | None) -> None:
        """Merge what another exchange shows of the part that the pages lack."""
        if self.addition and addition:
            merge = merged_parameter if addition.in_query else merged
            addition = merge(self.addition, addition)
        self.addition = addition


@dataclass
class Findings:
    """The differences so far, and the request lines of their examples: file → entry → line."""

    entries: dict[tuple[str, str, str], _Finding] = field(default_factory=dict)
    examples: defaultdict[str, dict[int, str]] = field(default_factory=lambda: defaultdict(dict))
    left_out: Counter[str] = field(default_factory=Counter)
    places: defaultdict[str, dict[str, None]] = field(default_factory=lambda: defaultdict(dict))

    def add(self, difference: Difference, exchange: Exchange, grade: Grade | None = None) -> None:
        """Add a difference of an exchange."""
        key = _key(difference)
        if not (entry := self.entries.get(key)):
            self.examples[exchange.file][exchange.number] = _line(exchange)
            example = Span(exchange.file, exchange.number, exchange.number)
            entry = _Finding(*key, difference.span, example, grade)
            self.entries[key] = entry
        entry.show(difference.addition)
        if difference.detail:
            entry.details[difference.detail] = None
        place = (exchange.file, exchange.number)
        entry.count += place != entry.last
        entry.last = place

    def add_of_all(self, difference: Difference, example: Exchange) -> None:
        """Add a difference that no single exchange shows, but all of them."""
        self.add(difference, example)
        self.entries[_key(difference)].count = 0

    def withdraw(self, kind: str, symbol: str, exchange: Exchange) -> None:
        """Take back a difference of an exchange that another one explains."""
        for key, entry in list(self.entries.items()):
            if (
                key[:2] == (kind, symbol)
                and (exchange.file, exchange.number) not in entry.withdrawn
            ):
                entry.withdrawn.add((exchange.file, exchange.number))
                if len(entry.withdrawn) == entry.count:
                    del self.entries[key]

    def leave_out(self, fact: str, place: str = "") -> None:
        """Count something that is not compared; `place` is its host, or its entry."""
        self.left_out[fact] += 1
        if place:
            self.places[fact][place] = None

    def report(self, changes: Changes) -> None:
        """Add the differences to the changes."""
        fields = Counter(_owner(e) for e in self.entries.values() if e.kind == _FIELD)
        groups: defaultdict[tuple[str, ...], list[_Finding]] = defaultdict(list)
        for entry in self.entries.values():
            is_list = entry.kind == _FIELD and fields[_owner(entry)] >= _MIN_LIST
            groups[(entry.kind, _owner(entry)) if is_list else _cause(entry)].append(entry)
        for group in groups.values():
            if len(group) >= _MIN_EQUAL:
                _report_group(group, changes)
            else:
                for entry in group:
                    _report(entry, changes)


def _line(exchange: Exchange) -> str:
    """Return the line of an exchange in a report."""
    if exchange.method:
        return f"{exchange.method} → {exchange.code}"
    return masked_line(exchange.verb, exchange.path, exchange.query, exchange.status)


def _key(difference: Difference) -> tuple[str, str, str]:
    return (difference.kind, difference.symbol, difference.message)


def _owner(entry: _Finding) -> str:
    return entry.symbol.rpartition(".")[0]


def _cause(entry: _Finding) -> tuple[str, ...]:
    """Return what entries with one cause share."""
    if entry.kind == "undocumented-value":
        return (entry.kind, _owner(entry))
    return (entry.kind, entry.message)


def _report(entry: _Finding, changes: Changes) -> None:
    changes.add(
        entry.kind,
        entry.symbol,
        entry.message,
        entry.old,
        entry.example,
        grade=entry.grade,
        details=(*entry.details, *_times(entry.count)),
        additions=_additions([entry]),
    )


def _report_group(group: Sequence[_Finding], changes: Changes) -> None:
    first = group[0]
    # The entry stays the same if a later recording has more of them.
    message, symbol = first.message, first.symbol.rpartition(" ")[2].rpartition(".")[2]
    owners = {_owner(entry) for entry in group}
    if first.kind == _FIELD and len(owners) == 1:
        (symbol,) = owners
        message = f"no page documents many fields of {symbol.rpartition('.')[2]}"
    elif first.kind == "undocumented-value":
        symbol = _owner(first)
        message = f"no page documents values of {symbol.rpartition('.')[2]} that the traffic has"
    changes.add(
        first.kind,
        symbol,
        message,
        first.old,
        first.example,
        grade=first.grade,
        details=(*(entry.symbol for entry in group), *_times(sum(e.count for e in group))),
        additions=_additions(group),
    )


def _additions(group: Sequence[_Finding]) -> tuple[Addition, ...]:
    """Return what the pages lack of a group; nothing if a part of it is unknown."""
    additions = tuple(entry.addition for entry in group if entry.addition)
    return additions if len(additions) == len(group) else ()


def _times(count: int) -> tuple[str, ...]:
    return (f"in {count} exchange{'s'[: count > 1]}",) if count else ()
