"""Numbers of fields and enum values: those that the lock has; for what is new, the next ones.

A number that was given never moves, and is never given again. What a page no longer has stays in
the lock, reserved.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from apiscribe.lower.inference import field_position, rule_name, undeclared_kind, value_position
from apiscribe.model.api import Api, Enum, EnumValue, Field, File, Message, Reserved
from apiscribe.model.lock import ENUM_NUMBERS, FIELD_NUMBERS, LOCK_FILE, Lock, Numbered, Numbers
from apiscribe.model.lock.entries import KEPT_BY_PROTOBUF
from apiscribe.model.names import is_identifier, screaming, unique
from apiscribe.model.settings import NumberSettings


def give_numbers(api: Api, lock: Lock, settings: NumberSettings, keeps: bool) -> tuple[Api, Lock]:
    """The Api with its numbers, and the lock that keeps them. Where nothing `keeps` them, they are
    those of the page's order, and say so.
    """
    numbering = _Numbering(api, lock, settings, keeps)
    files = tuple(numbering.file(file) for file in api.files)
    after = Lock(
        messages={**lock.messages, **numbering.messages}, enums={**lock.enums, **numbering.enums}
    )
    return replace(api, files=files), after


def lock_of(api: Api) -> Lock:
    """The lock that gives an Api the numbers which it has. The types of what is reserved are not
    known any more.
    """

    def numbers(live: Mapping[str, Numbered], reserved: Sequence[Reserved]) -> Numbers:
        return Numbers(
            live=live,
            reserved={r.json_name: Numbered(r.number) for r in reserved if r.json_name},
            reserved_numbers=tuple(r.number for r in reserved if not r.json_name),
        )

    messages = {
        message.full_name: numbers(
            {f.json_name: Numbered(f.number, type_text(f)) for f in message.fields},
            message.reserved,
        )
        for _, message in api.messages()
    }
    enums = {
        enum.full_name: numbers(
            {v.json_name: Numbered(v.number) for v in enum.values}, enum.reserved
        )
        for file in api.files
        for enum in file.all_enums()
        if not _is_placeholder(enum)
    }
    return Lock(messages=messages, enums=enums)


def type_text(field: Field) -> str:
    """The type of a field as a `.proto` writes it, by its full name."""
    return f"repeated {field.type.name}" if field.repeated else field.type.name


@dataclass(frozen=True)
class _Next:
    """Gives numbers to names: to those that had one the same, to others the next one."""

    numbers: range
    by_position: Callable[[int], list[int]]
    settings: NumberSettings

    def given(self, before: Numbers, names: Sequence[str]) -> dict[str, int]:
        """Name → number. The first ones go by position, a later one is behind the highest."""
        known, taken = before.named(), before.taken()
        first = self.by_position(1)[0]
        if not taken and not self.settings.start:
            return dict(zip(names, self.by_position(len(names)), strict=True))
        highest = max(taken | {first - 1})
        found: dict[str, int] = {}
        for name in names:
            if name in known:
                found[name] = known[name].number
                continue
            number = self._opened(name, highest + 1)
            if number not in self.numbers:
                free = (n for n in range(first, self.numbers.stop) if n not in taken)
                number = next(n for n in free if n not in KEPT_BY_PROTOBUF)
            taken.add(number)
            highest = max(highest, number)
            found[name] = number
        return found

    def _opened(self, name: str, number: int) -> int:
        """The number for a name where `number` is the next one: a name that opens a block gets the
        block's first number, or where that is passed, that of the next block.
        """
        start = self.settings.start.get(name, number)
        if start < number:
            block = self.settings.block
            start = start + -((start - number) // block) * block if block else number
        return KEPT_BY_PROTOBUF.stop if start in KEPT_BY_PROTOBUF else start


class _Numbering:
    """Numbers the declarations of an Api; what it gave is in `messages` and `enums`."""

    def __init__(self, api: Api, lock: Lock, settings: NumberSettings, keeps: bool) -> None:
        self.lock, self.keeps = lock, keeps
        self.fields = _Next(FIELD_NUMBERS, field_position, settings)
        self.values = _Next(ENUM_NUMBERS, value_position, NumberSettings())
        self.messages: dict[str, Numbers] = {}
        self.enums: dict[str, Numbers] = {}
        self.forerunners = _forerunners(api, lock)
        self.undeclared = _undeclared(api)
        self.top_level = _top_level_names(api)

    def file(self, file: File) -> File:
        names = self.top_level[file.package]
        return replace(
            file,
            messages=tuple(self.message(message) for message in file.messages),
            enums=tuple(self.enum(enum, names) for enum in file.enums),
        )

    def message(self, message: Message) -> Message:
        before = self.lock.messages.get(message.full_name, Numbers())
        given = self.fields.given(before, [field.json_name for field in message.fields])
        fields = tuple(replace(f, number=given[f.json_name]) for f in message.fields)
        names = {f.name for f in fields} | {enum.name for enum in message.enums}
        names |= {value.name for enum in message.enums for value in enum.values}
        live = {f.json_name: self._entry(f, before) for f in fields}
        after = _after(before, live)
        self.messages[message.full_name] = after
        return replace(
            message,
            fields=fields,
            enums=tuple(self.enum(enum, names) for enum in message.enums),
            reserved=_reserved(after, {field.name for field in fields}),
            provenance=(
                self._provenance(message.provenance, self.fields) if fields else message.provenance
            ),
        )

    def enum(self, enum: Enum, taken: set[str]) -> Enum:
        """The enum; its value 0 comes first, as proto3 demands. Where the page has lost that one,
        another stands in.
        """
        known = self.lock.enums.get(enum.full_name)
        before = known or self.lock.enums.get(self.forerunners.get(enum.full_name, ""), Numbers())
        values = () if _is_placeholder(enum) else enum.values
        given = self.values.given(before, [value.json_name for value in values])
        numbered = [replace(value, number=given[value.json_name]) for value in values]
        numbered.sort(key=lambda value: value.number != 0)
        after = _after(before, {value.json_name: Numbered(value.number) for value in numbered})
        if after != Numbers():
            self.enums[enum.full_name] = after
        if not numbered or numbered[0].number:
            numbered.insert(0, _zero(enum, taken))
        return replace(
            enum,
            values=tuple(numbered),
            reserved=_reserved(after, {value.name for value in numbered}),
            provenance=self._provenance(enum.provenance, self.values),
        )

    def _entry(self, field: Field, before: Numbers) -> Numbered:
        """What the lock keeps of a field. A type that no page declares any more tells nothing of
        the type that the field had.
        """
        known = before.named().get(field.json_name)
        if known and field.type.name in self.undeclared:
            return known
        return _numbered(field.number, type_text(field))

    def _provenance(self, provenance: Mapping[str, str], next_: _Next) -> dict[str, str]:
        return {**provenance, "numbers": LOCK_FILE if self.keeps else rule_name(next_.by_position)}


@lru_cache(maxsize=1_000)
def _numbered(number: int, type_: str) -> Numbered:
    """One for all fields of a number and type."""
    return Numbered(number, type_)


def _after(before: Numbers, live: Mapping[str, Numbered]) -> Numbers:
    """The numbers when `live` is on the pages: what is not is reserved."""
    gone = {name: entry for name, entry in before.named().items() if name not in live}
    return Numbers(live=live, reserved=gone, reserved_numbers=before.reserved_numbers)


def _reserved(numbers: Numbers, in_use: set[str]) -> tuple[Reserved, ...]:
    """What a declaration reserves, by number. A name that is no identifier cannot be reserved, nor
    one that another field has by now.
    """
    nameless = [Reserved(name="", json_name="", number=n) for n in numbers.reserved_numbers]
    named = [
        Reserved(
            name=name if is_identifier(name) and name not in in_use else "",
            json_name=name,
            number=entry.number,
        )
        for name, entry in numbers.reserved.items()
    ]
    return tuple(sorted([*named, *nameless], key=lambda r: (r.number, r.json_name)))


def _forerunners(api: Api, lock: Lock) -> dict[str, str]:
    """Enum that the lock does not have → the one that a field of its type had before."""
    found: dict[str, str] = {}
    for _, message in api.messages():
        before = lock.messages.get(message.full_name, Numbers()).named()
        for field in message.fields:
            if field.type.kind == "enum" and field.json_name in before:
                was = before[field.json_name].type.removeprefix("repeated ")
                if was in lock.enums and field.type.name not in lock.enums:
                    found.setdefault(field.type.name, was)
    return found


def _undeclared(api: Api) -> set[str]:
    """The full names of the types that no page declares."""
    rule = rule_name(undeclared_kind)
    found = {m.full_name for _, m in api.messages() if m.provenance.get("kind") == rule}
    enums = (enum for file in api.files for enum in file.all_enums())
    return found | {enum.full_name for enum in enums if enum.provenance.get("kind") == rule}


def _top_level_names(api: Api) -> dict[str, set[str]]:
    """Package → the names that an enum value in it cannot have."""
    found: dict[str, set[str]] = {}
    for file in api.files:
        names = found.setdefault(file.package, set())
        names |= {message.name for message in file.messages}
        names |= {service.name for service in file.services}
        names |= {enum.name for enum in file.enums}
        names |= {value.name for enum in file.enums for value in enum.values}
    return found


def _is_placeholder(enum: Enum) -> bool:
    """Whether the only value of an enum stands in for values that nobody knows."""
    return enum.incomplete and [v.json_name for v in enum.values] == [_unspecified(enum)]


def _unspecified(enum: Enum) -> str:
    return f"{screaming(enum.name)}_UNSPECIFIED"


def _zero(enum: Enum, taken: set[str]) -> EnumValue:
    """The value 0 of an enum that has none."""
    if _is_placeholder(enum):
        return replace(enum.values[0], number=0)
    name = unique(_unspecified(enum), taken)
    return EnumValue(name=name, json_name=name, number=0, span=enum.span)
