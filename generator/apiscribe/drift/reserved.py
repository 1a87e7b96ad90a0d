"""Compares the numbers and names that a message or an enum has reserved."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from apiscribe.drift.change_list import Changes
from apiscribe.model.api import Enum, Message
from apiscribe.model.reserved import Reserved


def is_reserved(number: int, json_name: str, reserved: Iterable[Reserved]) -> bool:
    """Return whether a removed field or value is reserved, by its number or its name."""
    return any(number in entry.numbers or json_name == entry.json_name for entry in reserved)


def compare_reserved(old: Message | Enum, new: Message | Enum, changes: Changes) -> None:
    """Report numbers and names that are neither reserved any more nor in use again."""
    members = new.fields if isinstance(new, Message) else new.values
    kept = [entry.numbers for entry in new.reserved if entry.number]
    kept += [range(member.number, member.number + 1) for member in members]
    names = {entry.json_name for entry in new.reserved} | {member.json_name for member in members}
    gone = [
        replace(entry, number=part.start, last=None if len(part) == 1 else part[-1])
        for entry in old.reserved
        if entry.number
        for part in _without(entry.numbers, kept)
    ]
    gone.sort(key=lambda entry: entry.number)
    removed = [entry.numbers_text for entry in gone]
    removed += sorted({entry.json_name for entry in old.reserved} - names - {""})
    if removed:
        is_one = not removed[1:] and not any(entry.last for entry in gone)
        message = f"{', '.join(removed)} {'is' if is_one else 'are'} no longer reserved"
        changes.add("reservation-removed", old.full_name, message, old.span, new.span)


def _without(numbers: range, kept: Iterable[range]) -> list[range]:
    """Return the parts of a range that none of the others covers."""
    parts = [numbers]
    for other in kept:
        parts = [
            piece
            for part in parts
            for piece in (
                range(part.start, min(part.stop, other.start)),
                range(max(part.start, other.stop), part.stop),
            )
            if piece
        ]
    return parts
