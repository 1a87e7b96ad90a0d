"""Codes for lock.json: the numbers of fields and enum values, and the names that were made up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from apiscribe.diagnostics.codes.code import Code, Message

MALFORMED_LOCK = Code(
    word="malformed-lock",
    level="error",
    summary="lock.json is missing or not in the format of `apiscribe build`, so its numbers cannot"
    " be read.",
    action="Restore the last good lock.json from version control and build again;"
    " new declarations get new numbers.",
)


def lock_not_json(reason: str) -> Message:
    """Report a lock.json that cannot be parsed; `reason` is the parser's."""
    return MALFORMED_LOCK(f"lock.json is not valid JSON: {reason}")


def lock_nested_too_deeply() -> Message:
    """Report a lock.json that exceeds the parser's nesting limit."""
    return MALFORMED_LOCK("lock.json is nested too deeply")


def missing_lock(field: str, number: int, last: int) -> Message:
    """Report that the last outputs have another number, and that no lock keeps it."""
    return MALFORMED_LOCK(
        f"lock.json is missing: {field} would get number {number}, and has {last} in the last"
        " outputs"
    )


def not_an_object(what: str) -> Message:
    """Report an entry, or lock.json itself, that is not a JSON object."""
    return MALFORMED_LOCK(f"{what} is not a JSON object")


def repeated_key(key: str) -> Message:
    """Report two entries of one object with the same key."""
    return MALFORMED_LOCK(f'the key "{key}" occurs twice in one object')


def unknown_table(key: str) -> Message:
    """Report a top-level key."""
    return MALFORMED_LOCK(f'unknown key "{key}"; expected "messages", "enums" or "names"')


def unknown_entry(name: str, key: str, live: str) -> Message:
    """Report a key of a message or an enum; `live` is `fields` or `values`."""
    return MALFORMED_LOCK(
        f'{name} has the unknown key "{key}";'
        f' expected "{live}", "reserved" or "reserved_numbers"'
    )


def reserved_numbers_not_a_list(name: str) -> Message:
    """Report `reserved_numbers` that are not a list."""
    return MALFORMED_LOCK(f"reserved_numbers of {name} is not a list")


def malformed_field(field: str) -> Message:
    """Report a field that does not have exactly a number and a type; reserved ones may lack it."""
    return MALFORMED_LOCK(f'{field} is not an object with "number" and "type"')


def type_not_a_string(field: str) -> Message:
    """Report a field with a malformed type."""
    return MALFORMED_LOCK(f"the type of {field} is not a string")


def not_a_number(name: str, value: str) -> Message:
    """Report a number that is not a JSON integer; `value` is its JSON text."""
    return MALFORMED_LOCK(f"the number of {name} is {value}; expected an integer")


def number_over_32_bits(name: str, number: int) -> Message:
    """Report the number of an enum value that is out of range."""
    return MALFORMED_LOCK(f"the number of {name} is {number}; expected a 32-bit integer")


def number_of_protobuf(name: str, number: int) -> Message:
    """Report a field number from the range that protobuf reserves for itself."""
    return MALFORMED_LOCK(
        f"the number of {name} is {number}, but protobuf reserves the numbers from 19000 to 19999"
    )


def number_out_of_range(name: str, number: int, last: int) -> Message:
    """Report a field number that is out of range."""
    return MALFORMED_LOCK(f"the number of {name} is {number}; expected 1 to {last}")


def used_and_reserved(name: str) -> Message:
    """Report a name that is both in use and reserved."""
    return MALFORMED_LOCK(f"{name} is both in use and reserved")


def shared_number(name: str, other: str, number: int) -> Message:
    """Report two names with one number."""
    return MALFORMED_LOCK(f"{name} and {other} have the same number {number}")


def unknown_kind(owner: str, key: str, kinds: Sequence[str]) -> Message:
    """Report a key of an owner of names."""
    expected = ", ".join(f'"{kind}"' for kind in kinds)
    return MALFORMED_LOCK(
        f'the names of {owner} have the unknown key "{key}"; expected one of {expected}'
    )


def not_an_identifier(name: str, value: str) -> Message:
    """Report a made-up name that no output can have; `value` is its JSON text."""
    return MALFORMED_LOCK(f"the name of {name} is {value}; expected an identifier")


def shared_identifier(name: str, other: str, used: str) -> Message:
    """Report two documented names with one identifier."""
    return MALFORMED_LOCK(f'{name} and "{other}" have the same name {used}')


MERGED_LOCK = Code(
    word="merged-lock",
    level="warning",
    summary="lock.json contains both sides of a git merge, and they contradict each other."
    " The first side is used.",
    action="Run `apiscribe build` to write a lock.json without conflict markers. If the numbers of"
    " the second side are already published, redo the merge with that side first.",
)


def merged_number(name: str, ours: int, theirs: int) -> Message:
    """Report a name with another number on each side of a merge."""
    return MERGED_LOCK(
        f"{name} has the number {ours} on the first side of the merge and {theirs} on the second;"
        f" {ours} is used"
    )


def merged_name(name: str, number: int, owner: str) -> Message:
    """Report a number with another name on each side; `owner` is empty where it is reserved."""
    first = f'has it for "{owner}"' if owner else "reserves it"
    return MERGED_LOCK(
        f"both sides of the merge use the number {number}: the first {first}, the second for"
        f" {name}, which gets a new number"
    )


def merged_identifier(name: str, used: str, first: str, first_used: str) -> Message:
    """Report a documented name or an identifier that each side of a merge has for another."""
    return MERGED_LOCK(
        f"the second side of the merge has the name {used} for {name}, and the first has"
        f" {first_used} for {first}, which is used"
    )


INCOMPATIBLE_TYPE = Code(
    word="incompatible-type",
    level="error",
    summary="A field has a new type and its old number, so clients that use the old type misread"
    " it.",
    action="Give the field a new name, or allow the change with `retyped_from` in a [[number]]"
    " entry in overlay.toml.",
)


def incompatible_type(field: str, type_: str, number: int, old_type: str) -> Message:
    """Report a field with a type that clients of the old one cannot read."""
    return INCOMPATIBLE_TYPE(
        f"the type of {field} (number {number}) changed from {old_type} to {type_}"
    )


LIKELY_RENAME = Code(
    word="likely-rename",
    level="warning",
    summary="A declaration was removed and a similar one was added."
    " The new one gets new numbers, which existing clients do not know.",
    action="If it was renamed, keep its numbers: add a [[number]] entry with `at`, `renamed_from`"
    " and `reason` to overlay.toml.",
)


def likely_renamed_field(field: str, number: int, old: str, old_number: int) -> Message:
    """Report a new field that resembles a removed field."""
    return LIKELY_RENAME(
        f"{field} is new (number {number}), and {old} (number {old_number}, now reserved)"
        " is no longer on any page;"
        " this looks like a rename",
        help=_entry_of_rename(field, old),
    )


def likely_renamed_message(message: str, old: str) -> Message:
    """Report a new message with nearly the fields of a removed message."""
    return LIKELY_RENAME(
        f"{message} is new, and {old}, with nearly the same fields, is no longer on any page;"
        " this looks like a rename",
        help=_entry_of_rename(message, old),
    )


def _entry_of_rename(name: str, old: str) -> str:
    """Return the entry itself: after a build, `lint --suggest` no longer knows the old name."""
    return (
        "If it was renamed, keep its numbers, also after a build: add [[number]] with"
        f' at = "{name}", renamed_from = "{old}" and a reason to overlay.toml.'
    )


RESERVED_NUMBER = Code(
    word="reserved-number",
    level="note",
    summary="A field was removed from the pages. Its number is reserved and never used again.",
    action="No action is needed. If the field returns, it gets the same number.",
)


def reserved_number(field: str, number: int) -> Message:
    """Report a field that was removed."""
    return RESERVED_NUMBER(f"{field} is no longer on any page; its number {number} is reserved")


LOST_DECLARATION = Code(
    word="lost-declaration",
    level="error",
    summary="The last build read this; now it is not read, but still on the page.",
    action="Correct the page so that it is read again, or remove it from the page."
    " `apiscribe build --accept-losses` removes it from the outputs instead.",
)

# What can be lost.
LostKind = Literal["message", "enum", "service", "field", "value", "method", "route", "response"]


def lost_declaration(kind: LostKind, name: str) -> Message:
    """Report a declaration that a page still has a heading for."""
    return LOST_DECLARATION(f"the {kind} {name} is not read any more")


def lost_members(owner: str, kind: LostKind, names: Sequence[str]) -> Message:
    """Report members of a declaration that are still on its page."""
    count = f"{len(names)} {kind}s" if names[1:] else f"the {kind} {names[0]}"
    listed = f": {', '.join(names)}" if names[1:] else ""
    are = "are" if names[1:] else "is"
    return LOST_DECLARATION(f"{count} of {owner} {are} not read any more{listed}")


PRINTED_NUMBER = Code(
    word="printed-number",
    level="warning",
    summary="A page prints another number than the lock has, one number twice, or none for some of"
    " the fields. Clients depend on the lock's number.",
    action="Correct the page, or correct the number in lock.json if no client uses it.",
)


def printed_number(name: str, locked: int, printed: int) -> Message:
    """Report a field or value with different numbers on the page and in the lock."""
    return PRINTED_NUMBER(
        f"{name} has number {locked} in the lock, and {printed} on the page; {locked} is used"
    )


def printed_number_in_use(name: str, used: int, printed: int) -> Message:
    """Report a new field or value with a printed number that the lock has for another."""
    return PRINTED_NUMBER(
        f"{name} has number {printed} on the page, which belongs to another name in the lock;"
        f" {used} is used"
    )


def printed_number_twice(name: str, used: int, printed: int, first: str) -> Message:
    """Report a new field with the same printed number as an earlier field of the message."""
    return PRINTED_NUMBER(
        f"{name} has number {printed} on the page, and so has {first}; {used} is used"
    )


def missing_numbers(owner: str, names: Sequence[str]) -> Message:
    """Report fields without a printed number beside fields with one."""
    return PRINTED_NUMBER(
        f"{owner} has fields without a number on the page ({', '.join(names)}), so the numbers of"
        " the page are not used"
    )
