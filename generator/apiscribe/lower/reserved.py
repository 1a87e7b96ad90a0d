"""The reserved numbers and names of messages and enums."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from apiscribe.model.lock import Numbered, Numbers
from apiscribe.model.names import is_identifier
from apiscribe.model.reserved import Reserved


def after_removals(before: Numbers, live: Mapping[str, Numbered]) -> Numbers:
    """Return the numbers with `live` names on the pages; all other names are reserved."""
    gone = {name: entry for name, entry in before.named().items() if name not in live}
    return Numbers(live=live, reserved=gone, reserved_numbers=before.reserved_numbers)


def reserved_entries(
    numbers: Numbers, in_use: set[str], stated: Iterable[Reserved]
) -> tuple[Reserved, ...]:
    """Return the reserved numbers of a declaration, in order: those of the lock, and `stated` ones.

    Their names are reserved too if they are identifiers and not in use. A number that an alias of
    a removed value has is in use.
    """
    live = {entry.number for entry in numbers.live.values()}
    nameless = [Reserved(name="", json_name="", number=n) for n in numbers.reserved_numbers]
    named = [
        Reserved(
            name=name if is_identifier(name) and name not in in_use else "",
            json_name=name,
            number=entry.number,
        )
        for name, entry in numbers.reserved.items()
        if entry.number not in live
    ]
    known = {entry.number for entry in (*named, *nameless)}
    added = [entry for entry in stated if entry.number not in known]
    return tuple(sorted([*named, *nameless, *added], key=lambda r: (r.number, r.json_name)))
