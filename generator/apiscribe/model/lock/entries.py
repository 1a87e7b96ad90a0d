"""The entries of a lock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

# The valid numbers, and those that protobuf reserves for itself. Source: language guide
# (proto3), "Assigning Field Numbers", "Enum Value Options".
FIELD_NUMBERS = range(1, 2**29)
KEPT_BY_PROTOBUF = range(19_000, 20_000)
ENUM_NUMBERS = range(-(2**31), 2**31)
# A lock lists each reserved number: longer ranges of a `.proto` are not in it.
LONGEST_RANGE = 1000

# What a name is of: of a message the fields, of an enum the values, of a package the messages,
# enums and services, and the objects without a name by their places, of a service the methods.
NameKind = Literal["fields", "values", "messages", "enums", "services", "objects", "methods"]
NAME_KINDS: tuple[NameKind, ...] = (
    *("fields", "values", "messages", "enums", "services", "objects", "methods"),
)
# Full name of the owner → kind → documented name → identifier.
Names = Mapping[str, Mapping[NameKind, Mapping[str, str]]]


@dataclass(frozen=True)
class Numbered:
    """The number of a field or enum value, and a field's type, as `repeated shop.v1.Book`."""

    number: int
    type: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Numbers:
    """The numbers of a message's fields or of an enum's values, by documented name.

    `live` are on the pages, `reserved` were removed from them; `reserved_numbers` have no name.
    """

    live: Mapping[str, Numbered] = field(default_factory=dict)
    reserved: Mapping[str, Numbered] = field(default_factory=dict)
    reserved_numbers: tuple[int, ...] = ()

    def named(self) -> dict[str, Numbered]:
        """Return the live and reserved entries by name."""
        return {**self.reserved, **self.live}

    def entry(self, name: str) -> Numbered | None:
        """Return the live or reserved entry of a name."""
        return self.live.get(name) or self.reserved.get(name)

    def taken(self) -> set[int]:
        """Return every number that was ever assigned."""
        return {entry.number for entry in self.named().values()} | set(self.reserved_numbers)


NO_NUMBERS = Numbers()


@dataclass(frozen=True, kw_only=True, slots=True)
class Lock:
    """The numbers of an API, by the full names of its messages and enums.

    `names` are the identifiers that were made up, because a documented name is no identifier, or
    clashes with another.
    """

    messages: Mapping[str, Numbers] = field(default_factory=dict)
    enums: Mapping[str, Numbers] = field(default_factory=dict)
    names: Names = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.messages or self.enums or self.names)


def difference(before: Lock, after: Lock) -> tuple[int, int]:
    """Return how many numbers a lock newly assigns, and how many it newly reserves."""
    assigned = reserved = 0
    for old, new in ((before.messages, after.messages), (before.enums, after.enums)):
        for name, numbers in new.items():
            known = old.get(name, NO_NUMBERS)
            assigned += len(numbers.taken() - known.taken())
            reserved += len(numbers.reserved.keys() - known.reserved.keys())
    return assigned, reserved
