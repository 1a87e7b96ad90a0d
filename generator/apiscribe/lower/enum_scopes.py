"""Where enums stood when their numbers were given: they stay there, and keep their names.

An enum that no page names is named for a field and nested in the message that lists it first. A
message that comes above that one, or the published API that a lock was taken from, must not move
it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from apiscribe.diagnostics.source import Span
from apiscribe.lower.declared import Declaration
from apiscribe.lower.inference import one_enum
from apiscribe.lower.symbols import Symbols
from apiscribe.model.draft import FieldDraft, ValueDraft
from apiscribe.model.lock import Lock, Numbers


class EnumHomes:
    """The full names that a lock has for the enums of fields."""

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
                home = locked_enum(lock, full_name, field.name)
                if home and field.type.values:
                    self._by_list.setdefault(one_enum(field, page), home)
                    # Fields of one enum may list different values by now: it stays with the field
                    # of its own message.
                    if home not in self._lists or full_name == home.rpartition(".")[0]:
                        self._lists[home] = _listed(field)
                elif home:
                    self._by_name.setdefault((page.path, home.rpartition(".")[2]), home)

    def of_listed(self, field: FieldDraft, declaration: Declaration) -> str:
        """The full name of the enum whose values a field lists; nothing where the lock has none, or
        the page another.
        """
        home = locked_enum(self._lock, declaration.full_name, field.name)
        home = home or self._by_list.get(one_enum(field, declaration.page), "")
        stated = field.type.name.rpartition(".")[2]
        fits = self._lists.get(home) == _listed(field) and stated in ("", home.rpartition(".")[2])
        return home if fits else ""

    def of_named(self, name: str, field: FieldDraft, declaration: Declaration) -> str:
        """The full name of the enum that a field names and no page declares; nothing where the lock
        has none of that name for it, nor for another field of the page.
        """
        home = locked_enum(self._lock, declaration.full_name, field.name)
        if home.rpartition(".")[2] == name:
            return home
        return self._by_name.get((declaration.page.path, name), "")

    def values(self, full_name: str, span: Span) -> tuple[ValueDraft, ...]:
        """The values that the lock has for an enum, by number."""
        live = self._lock.enums.get(full_name, Numbers()).live
        ordered = sorted(live.items(), key=lambda item: item[1].number)
        return tuple(ValueDraft(name=name, span=span) for name, _ in ordered)


def _listed(field: FieldDraft) -> tuple[str, ...]:
    return tuple(value.name for value in field.type.values)


def locked_enum(lock: Lock, message: str, field: str) -> str:
    """The full name of the enum that a lock has for a field, or nothing."""
    if entry := lock.messages.get(message, Numbers()).named().get(field):
        type_ = entry.type.removeprefix("repeated ")
        return type_ if type_ in lock.enums else ""
    return ""
