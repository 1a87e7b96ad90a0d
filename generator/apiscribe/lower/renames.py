"""Renamed declarations: they keep their numbers; likely renames are reported."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from apiscribe.diagnostics.codes.lock import (
    likely_renamed_field,
    likely_renamed_message,
    reserved_number,
)
from apiscribe.diagnostics.codes.overlay import (
    renamed_from_declared,
    renamed_from_unknown,
    renamed_to_undeclared,
)
from apiscribe.diagnostics.report import Fix, Report
from apiscribe.diagnostics.source import Span
from apiscribe.model.api import Api, Field, Message
from apiscribe.model.lock import NO_NUMBERS, Lock, Numbered, Numbers
from apiscribe.model.lock.field_types import read_type, type_of

# How much of two names, or of the fields of two messages, must be equal for a likely rename.
_SIMILAR_NAMES = 0.5
_SIMILAR_FIELDS = 0.7
_FEWEST_FIELDS = 2
# Comparing two names takes 10 µs.
_MOST_COMPARED = 50


@dataclass(frozen=True, kw_only=True)
class Renamed:
    """The new full name of a declaration (`at`), and its old name, in full or only the last part.

    A `certain` one is an entry by a person, so it is an error if it does not fit.
    """

    at: str
    was: str
    certain: bool
    span: Span


def with_renames(lock: Lock, renames: Sequence[Renamed], api: Api, report: Report) -> Lock:
    """Return the lock with the numbers of renamed declarations under their new names."""
    declared = _Declared(api)
    # Messages and enums before their parts: the parts are found by the new names.
    for renamed in sorted(renames, key=lambda renamed: renamed.at not in declared.types):
        if renamed.at in declared.types:
            was = renamed.was
            if "." not in was:
                was = f"{renamed.at.rpartition('.')[0]}.{was}"
            lock = _with_type(lock, renamed, was, declared, report)
        elif renamed.at in declared.parts:
            lock = _with_part(lock, renamed, declared, report)
        elif renamed.certain:
            report.add(renamed_to_undeclared(renamed.was, renamed.at), renamed.span)
    return lock


def with_splits(lock: Lock, split: Mapping[str, str]) -> Lock:
    """Return the lock with the numbers of messages for others that were a part of their uses."""
    known = {name: lock.messages[was] for name, was in split.items() if was in lock.messages}
    return replace(lock, messages={**known, **lock.messages})


class _Declared:
    """The full names of the messages and enums of an Api, and of their fields and values."""

    def __init__(self, api: Api) -> None:
        self.types: set[str] = set()
        self.parts: dict[str, str] = {}
        for _, message in api.messages():
            self._add(message.full_name, [field.json_name for field in message.fields])
        for enum in (enum for file in api.files for enum in file.all_enums()):
            self._add(enum.full_name, [value.json_name for value in enum.values])

    def _add(self, owner: str, parts: Sequence[str]) -> None:
        self.types.add(owner)
        self.parts |= {f"{owner}.{part}": owner for part in parts}


def _with_type(lock: Lock, renamed: Renamed, was: str, declared: _Declared, report: Report) -> Lock:
    """Return the lock with a message or enum, and the enums in it, under a new name."""
    if was in declared.types:
        if renamed.certain:
            report.add(renamed_from_declared(was, renamed.at), renamed.span)
        return lock
    if was not in lock.messages and was not in lock.enums:
        if renamed.certain and renamed.at not in lock.messages and renamed.at not in lock.enums:
            report.add(renamed_from_unknown(was), renamed.span)
        return lock

    def new_name(name: str) -> str:
        inside = name == was or name.startswith(f"{was}.")
        return renamed.at + name.removeprefix(was) if inside else name

    def new_type(entry: Numbered) -> Numbered:
        return replace(entry, type=read_type(entry.type).renamed(new_name).text)

    def moved(tables: Mapping[str, Numbers]) -> dict[str, Numbers]:
        replaced = {new_name(name) for name in tables if new_name(name) != name}
        result: dict[str, Numbers] = {}
        for name, numbers in tables.items():
            if name in replaced:
                continue
            if new_name(name) != name and new_name(name) in tables:
                numbers = _merged(numbers, tables[new_name(name)])
            result[new_name(name)] = replace(
                numbers,
                live={key: new_type(entry) for key, entry in numbers.live.items()},
                reserved={key: new_type(entry) for key, entry in numbers.reserved.items()},
            )
        return result

    return Lock(messages=moved(lock.messages), enums=moved(lock.enums))


def _merged(old: Numbers, new: Numbers) -> Numbers:
    """Merge the numbers of a declaration that was built under its new name before the rename was
    stated: the old numbers count, and the new ones are never assigned again.
    """
    named = old.named()
    added = set(new.taken()) - old.taken()
    names = {key: e for key, e in new.named().items() if key not in named and e.number in added}
    nameless = added - {entry.number for entry in names.values()}
    return Numbers(
        live={**old.live, **names},
        reserved=old.reserved,
        reserved_numbers=tuple(sorted({*old.reserved_numbers, *nameless})),
    )


def _with_part(lock: Lock, renamed: Renamed, declared: _Declared, report: Report) -> Lock:
    """Return the lock with the number of a field or enum value under a new name."""
    owner = declared.parts[renamed.at]
    short = renamed.at.removeprefix(f"{owner}.")
    was = renamed.was.removeprefix(f"{owner}.")
    in_messages = owner in lock.messages
    tables = dict(lock.messages if in_messages else lock.enums)
    numbers = tables.get(owner, NO_NUMBERS)
    if f"{owner}.{was}" in declared.parts:
        if renamed.certain:
            report.add(renamed_from_declared(f"{owner}.{was}", short), renamed.span)
        return lock
    if was not in numbers.named():
        if renamed.certain and short not in numbers.live:
            report.add(renamed_from_unknown(f"{owner}.{was}"), renamed.span)
        return lock
    entry = numbers.named()[was]
    others = {key: e for key, e in numbers.named().items() if key not in (was, short)}
    nameless = set(numbers.reserved_numbers)
    if short in numbers.named():
        nameless.add(numbers.named()[short].number)
    tables[owner] = Numbers(
        live={**{k: e for k, e in others.items() if k in numbers.live}, short: entry},
        reserved={k: e for k, e in others.items() if k not in numbers.live},
        reserved_numbers=tuple(sorted(nameless)),
    )
    if in_messages:
        return Lock(messages=tables, enums=lock.enums)
    return Lock(messages=lock.messages, enums=tables)


def report_gone(api: Api, before: Lock, report: Report) -> None:
    """Report the fields that are gone since the lock was written, and new fields and messages that
    may be renamed ones.
    """
    for _, message in api.messages():
        if known := before.messages.get(message.full_name):
            _report_fields(message, known, report)
    _report_messages(api, before, report)


def _report_fields(message: Message, known: Numbers, report: Report) -> None:
    names = {field.json_name for field in message.fields}
    gone = {name: entry for name, entry in known.live.items() if name not in names}
    new = [field for field in message.fields if field.json_name not in known.named()]
    for was, field in _pairs(gone, new):
        entry = gone.pop(was)
        full_name = f"{message.full_name}.{field.json_name}"
        report.add(
            likely_renamed_field(full_name, field.number, was, entry.number),
            field.span,
            mark=field.json_name,
            fix=Fix(table="number", at=full_name, keys={"renamed_from": was}),
        )
    for was, entry in gone.items():
        gone_field = reserved_number(f"{message.full_name}.{was}", entry.number)
        report.add(gone_field, message.span, mark=message.name)


def _pairs(gone: Mapping[str, Numbered], new: Sequence[Field]) -> Iterator[tuple[str, Field]]:
    """Yield likely renames: fields of one type that have similar names, or are the only ones."""
    by_type: dict[str, list[str]] = defaultdict(list)
    for name, entry in gone.items():
        by_type[entry.type].append(name)
    fields: dict[str, list[Field]] = defaultdict(list)
    for field in new:
        fields[type_of(field).text].append(field)
    for type_, candidates in fields.items():
        names = by_type.get(type_, [])
        left = []
        for field in candidates[:_MOST_COMPARED]:
            scores = [(_similarity(n, field.json_name), n) for n in names[:_MOST_COMPARED]]
            similarity, name = max(scores, default=(0.0, ""))
            if similarity >= _SIMILAR_NAMES:
                names.remove(name)
                yield name, field
            else:
                left.append(field)
        if len(names) == len(left) == 1:
            yield names[0], left[0]


def _similarity(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _report_messages(api: Api, before: Lock, report: Report) -> None:
    declared = {message.full_name for _, message in api.messages()}
    holders: dict[str, set[str]] = defaultdict(set)
    for name, numbers in before.messages.items():
        if name not in declared:
            for key in numbers.live:
                holders[key].add(name)
    for _, message in api.messages() if holders else ():
        names = {field.json_name for field in message.fields}
        if message.full_name in before.messages or len(names) < _FEWEST_FIELDS:
            continue
        shared: dict[str, int] = defaultdict(int)
        for name in names:
            for holder in holders.get(name, ()):
                shared[holder] += 1
        similar = [
            holder
            for holder, count in shared.items()
            if count >= _SIMILAR_FIELDS * len(names | before.messages[holder].live.keys())
        ]
        if len(similar) == 1:
            was = similar[0]
            report.add(
                likely_renamed_message(message.full_name, was),
                message.span,
                mark=message.name,
                fix=Fix(table="number", at=message.full_name, keys={"renamed_from": was}),
            )
