"""The enums of fields in the lock: an enum stays in its scope, and keeps its name.

An enum without a name on the pages is named after a field, and nested in the first message that
lists its values. It must not move if another message comes first later, or if the lock was taken
from a published API.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from apiscribe.diagnostics.source import Span
from apiscribe.lower.declarations import Declaration
from apiscribe.lower.inference import share_equal_enums
from apiscribe.lower.symbols import Symbols
from apiscribe.model.draft import FieldDraft, ValueDraft
from apiscribe.model.lock import NO_NUMBERS, Lock
from apiscribe.model.lock.field_types import read_type


class LockedEnums:
    """Finds the full names that the lock has for the enums of fields."""

    def __init__(
        self, fields: Mapping[str, Sequence[FieldDraft]], symbols: Symbols, lock: Lock
    ) -> None:
        self._lock = lock
        self._by_list: dict[tuple[object, ...], str] = {}
        self._lists: dict[str, tuple[str, ...]] = {}
        self._by_name: dict[tuple[str, str], str] = {}
        for full_name, drafts in fields.items() if lock else ():
            page = symbols.declared.messages[full_name].page
            for field in drafts:
                enum = locked_enum(lock, full_name, field.name)
                if enum and field.type.values:
                    self._by_list.setdefault(share_equal_enums(field, page), enum)
                    # Fields of one enum may list different values by now: the list of a field in
                    # the enum's own message counts.
                    if enum not in self._lists or full_name == enum.rpartition(".")[0]:
                        self._lists[enum] = _value_names(field)
                elif enum:
                    self._by_name.setdefault((page.path, enum.rpartition(".")[2]), enum)

    def of_listed(self, field: FieldDraft, declaration: Declaration) -> str:
        """Return the full name of the enum of a field that lists values.

        It is "" if the lock has no such enum, or if the page has another name or other values.
        """
        enum = locked_enum(self._lock, declaration.full_name, field.name)
        enum = enum or self._by_list.get(share_equal_enums(field, declaration.page), "")
        stated = field.type.name.rpartition(".")[2]
        same_values = self._lists.get(enum) == _value_names(field)
        return enum if same_values and stated in ("", enum.rpartition(".")[2]) else ""

    def of_named(self, name: str, field: FieldDraft, declaration: Declaration) -> str:
        """Return the full name of the undeclared enum that a field names.

        It is "" if the lock has no enum of that name for this field or another field of the page.
        """
        enum = locked_enum(self._lock, declaration.full_name, field.name)
        if enum.rpartition(".")[2] == name:
            return enum
        return self._by_name.get((declaration.page.path, name), "")

    def values(self, full_name: str, span: Span) -> tuple[ValueDraft, ...]:
        """Return the values that the lock has for an enum, by number."""
        live = self._lock.enums.get(full_name, NO_NUMBERS).live
        ordered = sorted(live.items(), key=lambda item: item[1].number)
        return tuple(ValueDraft(name=name, span=span) for name, _ in ordered)


def _value_names(field: FieldDraft) -> tuple[str, ...]:
    return tuple(value.name for value in field.type.values)


def locked_enum(lock: Lock, message: str, field: str) -> str:
    """Return the full name of the enum that the lock has for a field, or ""."""
    if entry := lock.messages.get(message, NO_NUMBERS).entry(field):
        name = read_type(entry.type).name
        return name if name in lock.enums else ""
    return ""
