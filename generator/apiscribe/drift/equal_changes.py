"""Merges equal changes of fields in many messages into one entry.

If `created_at` is now a text, it is one in every message that has it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from apiscribe.drift.change import Change
from apiscribe.drift.change_list import Changes, fingerprint

# At least this many equal changes are one; renames state both names, so that two are enough.
_MIN_EQUAL = 3
_MIN_RENAMES = 2


def merge_equal_changes(changes: Changes) -> list[Change]:
    """Return the changes with equal ones of fields as one, at the place of the first."""
    types = _types_of_fields(changes)
    groups: defaultdict[object, list[Change]] = defaultdict(list)
    for change in changes.entries:
        alike = (change.kind, change.grade, change.message, types.get(change.symbol))
        groups[alike if change.symbol in types else id(change)].append(change)
    return [change for group in groups.values() for change in _merged(group)]


def _merged(group: list[Change]) -> list[Change]:
    first = group[0]
    if len(group) < (_MIN_RENAMES if first.kind.endswith("-renamed") else _MIN_EQUAL):
        return group
    message = f"in {len(group)} messages, {first.message}"
    return [
        replace(
            first,
            message=message,
            details=tuple(
                dict.fromkeys([c.symbol for c in group] + [d for c in group for d in c.details])
            ),
            fingerprint=fingerprint(first.kind, first.symbol, message),
            additions=tuple(addition for change in group for addition in change.additions),
        )
    ]


def _types_of_fields(changes: Changes) -> Mapping[str, tuple[str, bool]]:
    """Return the symbol of each field → its type, in the old version if it has the field."""
    return {
        f"{message.full_name}.{field.json_name}": (field.type.name, field.repeated)
        for declarations in (changes.new, changes.old)
        for message in declarations.messages.values()
        for field in message.fields
    }
