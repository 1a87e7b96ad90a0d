"""Numbers of fields and enum values: the lock's for known names, the next ones for new names.

A number never moves to another name, and is never assigned again. A name that is gone from its page
stays in the lock as reserved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeVar

from apiscribe.diagnostics.report import Report
from apiscribe.lower.inference import (
    field_position,
    rule_name,
    unspecified_zero,
    value_position,
)
from apiscribe.lower.printed_numbers import compare_printed, repeated_numbers
from apiscribe.lower.reserved import after_removals, reserved_entries
from apiscribe.lower.undeclared_kinds import undeclared_kind
from apiscribe.model.api import Api, Enum, EnumValue, Field, File, Message
from apiscribe.model.lock import (
    ENUM_NUMBERS,
    FIELD_NUMBERS,
    LOCK_FILE,
    NO_NUMBERS,
    Lock,
    Numbered,
    Numbers,
)
from apiscribe.model.lock.entries import KEPT_BY_PROTOBUF
from apiscribe.model.lock.field_types import read_type, type_of
from apiscribe.model.names import screaming, unique
from apiscribe.model.settings import NumberSettings
from apiscribe.model.types import EnumRef, values_type

Entry = TypeVar("Entry", Field, EnumValue)


def assign_numbers(
    api: Api, lock: Lock, settings: NumberSettings, report: Report
) -> tuple[Api, Lock]:
    """Return the Api with its numbers, and the lock that keeps them."""
    numbering = _Numbering(api, lock, settings, report)
    files = tuple(numbering.file(file) for file in api.files)
    after = Lock(
        messages={**lock.messages, **numbering.messages}, enums={**lock.enums, **numbering.enums}
    )
    return replace(api, files=files), after


@dataclass(frozen=True)
class _Allocator:
    """Assigns numbers to names: known names keep theirs, new names get the next ones."""

    numbers: range
    by_position: Callable[[int], list[int]]
    settings: NumberSettings

    def assign(
        self, before: Numbers, names: Sequence[str], stated: Mapping[str, int] | None = None
    ) -> dict[str, int]:
        """Return the number of each name: by position at first, later after the highest.

        A page may state the numbers; those of the lock come first. Of fields with one number, the
        first keeps it.
        """
        known, taken = before.named(), before.taken()
        if stated is not None:
            again = repeated_numbers(stated) if self.numbers is FIELD_NUMBERS else {}
            # A value may be an alias of another one on the page.
            alike = {n for name, n in stated.items() if name in known and known[name].number == n}
            blocked = taken - alike
            blocked_names = {name for name in names if stated[name] in blocked} | again.keys()
            names = [name for name in names if name not in known and name in blocked_names]
            taken |= set(stated.values())
            kept = {name: known[name].number if name in known else stated[name] for name in stated}
            return kept | self._assign_next(names, known, taken)
        if not taken and not self.settings.start:
            return dict(zip(names, self.by_position(len(names)), strict=True))
        return self._assign_next(names, known, taken)

    def _assign_next(
        self, names: Iterable[str], known: Mapping[str, Numbered], taken: set[int]
    ) -> dict[str, int]:
        """Return the number of each name: the known one, or one after the highest."""
        first = self.by_position(1)[0]
        highest = max(taken | {first - 1})
        result: dict[str, int] = {}
        for name in names:
            if name in known:
                result[name] = known[name].number
                continue
            number = self._next(name, highest + 1)
            if number not in self.numbers:
                free = (n for n in range(first, self.numbers.stop) if n not in taken)
                number = next(n for n in free if n not in KEPT_BY_PROTOBUF)
            taken.add(number)
            highest = max(highest, number)
            result[name] = number
        return result

    def _next(self, name: str, number: int) -> int:
        """Return the number for a new name; `number` is the next one.

        A name that starts a block gets the block's first number, or the first number of a later
        block if that one is passed.
        """
        start = self.settings.start.get(name, number)
        if start < number:
            block = self.settings.block
            start = start + -((start - number) // block) * block if block else number
        return KEPT_BY_PROTOBUF.stop if start in KEPT_BY_PROTOBUF else start


class _Numbering:
    """Numbers the declarations of an Api; `messages` and `enums` are new entries of the lock."""

    def __init__(self, api: Api, lock: Lock, settings: NumberSettings, report: Report) -> None:
        self.lock, self.report = lock, report
        self.fields = _Allocator(FIELD_NUMBERS, field_position, settings)
        self.values = _Allocator(ENUM_NUMBERS, value_position, NumberSettings())
        self.messages: dict[str, Numbers] = {}
        self.enums: dict[str, Numbers] = {}
        self.predecessors = _predecessors(api, lock)
        self.undeclared = _undeclared(api)
        self.top_level = _top_level_names(api)
        self.is_about_http = False  # the file that is numbered

    def file(self, file: File) -> File:
        names = self.top_level[file.package]
        self.is_about_http = file.dialect == "http"
        return replace(
            file,
            messages=tuple(self.message(message) for message in file.messages),
            enums=tuple(self.enum(enum, names) for enum in file.enums),
        )

    def message(self, message: Message) -> Message:
        before = self.lock.messages.get(message.full_name, NO_NUMBERS)
        stated = {field.json_name: field.number for field in message.fields}
        numbers = self.fields.assign(
            before, list(stated), None if "numbers" in message.provenance else stated
        )
        if "numbers" not in message.provenance:
            compare_printed(message, message.fields, before, numbers, self.report)
        fields = tuple(_with_number(f, numbers[f.json_name]) for f in message.fields)
        names = {f.name for f in fields} | {enum.name for enum in message.enums}
        names |= {value.name for enum in message.enums for value in enum.values}
        known = before.named()
        live = {f.json_name: self._entry(f, known.get(f.json_name)) for f in fields}
        after = after_removals(before, live)
        self.messages[message.full_name] = after
        return replace(
            message,
            fields=fields,
            enums=tuple(self.enum(enum, names) for enum in message.enums),
            reserved=reserved_entries(after, {field.name for field in fields}, message.reserved),
            provenance=(
                message.provenance
                if not fields or self._states(message.provenance, numbers, stated)
                else {**message.provenance, "numbers": LOCK_FILE}
            ),
        )

    def enum(self, enum: Enum, taken: set[str]) -> Enum:
        """Return the enum with value 0 first, as proto3 requires; add one if the page has none."""
        known = self.lock.enums.get(enum.full_name)
        before = known or self.lock.enums.get(self.predecessors.get(enum.full_name, ""), NO_NUMBERS)
        values = () if is_placeholder(enum) else enum.values
        # Without provenance, the page states the numbers.
        stated = {value.json_name: value.number for value in values}
        states = "numbers" not in enum.provenance
        numbers = self.values.assign(before, list(stated), stated if states else None)
        if states:
            compare_printed(enum, values, before, numbers, self.report)
        by_position = enum.provenance.get("numbers") == rule_name(value_position)
        is_new = by_position and not before.taken() and values
        if is_new and unspecified_zero(values[0].json_name, self.is_about_http):
            numbers = _from_one(enum, numbers)
        numbered = [_with_number(value, numbers[value.json_name]) for value in values]
        numbered.sort(key=lambda value: value.number != 0)
        after = after_removals(
            before, {value.json_name: Numbered(value.number) for value in numbered}
        )
        if after != NO_NUMBERS:
            self.enums[enum.full_name] = after
        if not numbered or numbered[0].number:
            numbered.insert(0, _zero(enum, taken))
        return replace(
            enum,
            values=tuple(numbered),
            reserved=reserved_entries(after, {value.name for value in numbered}, enum.reserved),
            provenance=(
                enum.provenance
                if self._states(enum.provenance, numbers, stated)
                else {**enum.provenance, "numbers": LOCK_FILE}
            ),
        )

    def _entry(self, field: Field, known: Numbered | None) -> Numbered:
        """Return the lock's entry of a field.

        It keeps the old type if no page declares the new one: an undeclared type is only a guess.
        """
        if known and values_type(field.type).name in self.undeclared:
            return known
        return _numbered(field.number, type_of(field).text)

    def _states(
        self, provenance: Mapping[str, str], numbers: Mapping[str, int], stated: Mapping[str, int]
    ) -> bool:
        """Return whether the page states all numbers, and the lock has the same."""
        return "numbers" not in provenance and numbers == stated


def _with_number(entry: Entry, number: int) -> Entry:
    """Return a field or a value with a number, which most have by their positions."""
    return entry if entry.number == number else replace(entry, number=number)


@lru_cache(maxsize=1_000)
def _numbered(number: int, type_: str) -> Numbered:
    """Return an entry that all fields with this number and type share."""
    return Numbered(number, type_)


def _predecessors(api: Api, lock: Lock) -> dict[str, str]:
    """Return the former enums of fields in the lock, by an enum that is new to the lock."""
    result: dict[str, str] = {}
    for _, message in api.messages():
        before = lock.messages.get(message.full_name, NO_NUMBERS).named()
        for field in message.fields:
            type_ = values_type(field.type)
            if isinstance(type_, EnumRef) and field.json_name in before:
                was = read_type(before[field.json_name].type).name
                if was in lock.enums and type_.name not in lock.enums:
                    result.setdefault(type_.name, was)
    return result


def _undeclared(api: Api) -> set[str]:
    """Return the full names of the types that no page declares."""
    rule = rule_name(undeclared_kind)
    messages = {m.full_name for _, m in api.messages() if m.provenance.get("kind") == rule}
    enums = (enum for file in api.files for enum in file.all_enums())
    return messages | {enum.full_name for enum in enums if enum.provenance.get("kind") == rule}


def _top_level_names(api: Api) -> dict[str, set[str]]:
    """Return the names that an enum value cannot have, by package."""
    result: dict[str, set[str]] = {}
    for file in api.files:
        names = result.setdefault(file.package, set())
        names |= {message.name for message in file.messages}
        names |= {service.name for service in file.services}
        names |= {enum.name for enum in file.enums}
        names |= {value.name for enum in file.enums for value in enum.values}
    return result


def is_placeholder(enum: Enum) -> bool:
    """Return whether the only value of an enum is a placeholder for unknown values."""
    return enum.incomplete and [v.json_name for v in enum.values] == [_unspecified(enum)]


def _unspecified(enum: Enum) -> str:
    return f"{screaming(enum.name)}_UNSPECIFIED"


def _from_one(enum: Enum, numbers: Mapping[str, int]) -> dict[str, int]:
    """Return the numbers with 0 for a documented UNSPECIFIED, or for no value; others follow."""
    # A documented value may be empty.
    zero = next((name for name in numbers if _compared(enum, name) == "unspecified"), None)
    others = (name for name in sorted(numbers, key=numbers.__getitem__) if name != zero)
    return ({} if zero is None else {zero: 0}) | {name: at for at, name in enumerate(others, 1)}


def _compared(enum: Enum, name: str) -> str:
    """Return the name of a value as protoc compares it: without the enum's name, marks and case."""
    text = name.replace("_", "").lower()
    return text.removeprefix(enum.name.replace("_", "").lower()) or text


def _zero(enum: Enum, taken: set[str]) -> EnumValue:
    """Return the value 0 for an enum without one."""
    if is_placeholder(enum):
        return replace(enum.values[0], number=0)
    name = _unspecified(enum)
    if any(_compared(enum, value.name) == "unspecified" for value in enum.values):
        name += "_ZERO"  # the lock has another number for the documented value
    name = unique(name, taken)
    return EnumValue(name=name, json_name=name, number=0, documented=False, span=enum.span)
