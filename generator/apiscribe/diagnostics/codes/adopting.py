"""Codes for `apiscribe adopt`: numbers from a published version of the API, the source."""

from __future__ import annotations

from typing import Literal

from apiscribe.diagnostics.codes.code import Code, Message
from apiscribe.diagnostics.codes.methods import MethodPart

CONTRADICTORY_SOURCE = Code(
    word="contradictory-source",
    level="warning",
    summary="The source of the adopted numbers contradicts the pages or lock.json.",
    action="If the page is wrong, correct it in overlay.toml.",
)


_REPLACE = "Adopt with `--replace` to use the source's numbers instead of those in lock.json."


def contradictory_number(name: str, locked: int, number: int, source: str) -> Message:
    """Report a name with another number in lock.json than in the source."""
    return CONTRADICTORY_SOURCE(
        f"{name} has the number {locked} in lock.json, but {number} in {source}", help=_REPLACE
    )


def contradictory_name(name: str, number: int, other: str, source: str) -> Message:
    """Report a number with another name in the source; `other` is empty where it is reserved."""
    taken = f"{source} has it for {other}" if other else f"it is reserved in {source}"
    return CONTRADICTORY_SOURCE(
        f"{name} has the number {number} in lock.json, but {taken}", help=_REPLACE
    )


def contradictory_lock(count: int, name: str, locked: int, number: int, source: str) -> Message:
    """Report that most numbers differ, as after a first build: one of them is the example."""
    return CONTRADICTORY_SOURCE(
        f"{count} numbers in lock.json are not those of {source}: {name} has {locked} instead of"
        f" {number}",
        help="If no client uses the numbers of lock.json yet, adopt with `--replace`.",
    )


def contradictory_label(field: str, *, repeated: bool, source: str) -> Message:
    """Report a field that is a list on one side only."""
    sides = ("on the page", f"in {source}")
    here, there = sides if repeated else sides[::-1]
    return CONTRADICTORY_SOURCE(f"{field} is a list {here}, but not {there}")


def contradictory_type(field: str, type_: str, other: str, source: str) -> Message:
    """Report a field with another type in the source."""
    return CONTRADICTORY_SOURCE(f"{field} is {type_} on the page, but {other} in {source}")


def contradictory_method(
    method: str, part: MethodPart, type_: str, other: str, source: str
) -> Message:
    """Report a method with another request or response type in the source."""
    return CONTRADICTORY_SOURCE(
        f"the {part} of {method} is {type_} on the page, but {other} in {source}"
    )


def contradictory_stream(method: str, part: MethodPart, *, streams: bool, source: str) -> Message:
    """Report a method that streams on one side only."""
    sides = ("on the page", f"in {source}")
    here, there = sides if streams else sides[::-1]
    return CONTRADICTORY_SOURCE(f"the {part} of {method} is a stream {here}, but not {there}")


MISSING_IN_SOURCE = Code(
    word="missing-in-source",
    level="note",
    summary="The source of the adopted numbers lacks a declaration that the pages have.",
    action="No action is needed. The declaration gets new numbers.",
)


def missing_in_source(
    kind: Literal["message", "field", "value", "method"], name: str, source: str
) -> Message:
    """Report a declaration that only the pages have."""
    return MISSING_IN_SOURCE(f"{source} has no {kind} {name}")


RANGE_NOT_TAKEN = Code(
    word="range-not-taken",
    level="warning",
    summary="The source of adopted numbers reserves a range that is too long for lock.json.",
    action="Choose no number of this range in lock.json or overlay.toml.",
)


def range_not_taken(owner: str, numbers: str, source: str) -> Message:
    """Report a reserved range that the lock does not list."""
    return RANGE_NOT_TAKEN(f"{source} reserves {numbers} of {owner}; lock.json does not list them")
