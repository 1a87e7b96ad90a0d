"""Make the lock of an Api without pages from its own numbers and names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from apiscribe.lower.numbers import is_placeholder
from apiscribe.model.api import Api
from apiscribe.model.lock import LONGEST_RANGE, Lock, NameKind, Numbered, Numbers
from apiscribe.model.lock.field_types import type_of
from apiscribe.model.reserved import Reserved


def lock_of(api: Api) -> Lock:
    """Return the lock that assigns an Api the numbers and the identifiers that it has.

    It has neither the types of reserved fields nor long ranges of reserved numbers.
    """

    def numbers(live: Mapping[str, Numbered], reserved: Sequence[Reserved]) -> Numbers:
        return Numbers(
            live=live,
            reserved={r.json_name: Numbered(r.number) for r in reserved if r.json_name},
            reserved_numbers=tuple(
                number
                for entry in reserved
                if not entry.json_name and len(entry.numbers) <= LONGEST_RANGE
                for number in entry.numbers
            ),
        )

    messages = {
        message.full_name: numbers(
            {f.json_name: Numbered(f.number, type_of(f).text) for f in message.fields},
            message.reserved,
        )
        for _, message in api.messages()
    }
    enums = {
        enum.full_name: numbers(
            {v.json_name: Numbered(v.number) for v in enum.documented_values}, enum.reserved
        )
        for file in api.files
        for enum in file.all_enums()
        if not is_placeholder(enum)
    }
    names: dict[str, Mapping[NameKind, Mapping[str, str]]] = {}
    for _, message in api.messages():
        fields = {f.json_name: f.name for f in message.fields if f.json_name != f.name}
        names |= {message.full_name: {"fields": fields}} if fields else {}
    for enum in (enum for file in api.files for enum in file.all_enums()):
        values = {v.json_name: v.name for v in enum.values if v.json_name != v.name}
        names |= {enum.full_name: {"values": values}} if values else {}
    return Lock(messages=messages, enums=enums, names=names)
