"""The declarations of a page by package and file, and the drafts that they make."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TypeVar

from apiscribe.diagnostics.source import Span
from apiscribe.dialects.protobuf import members
from apiscribe.dialects.protobuf.names import packages_of_uses, used_types
from apiscribe.dialects.protobuf.scopes import with_scopes
from apiscribe.dialects.protobuf.types import PROVIDED
from apiscribe.model.draft import EnumDraft, FieldDraft, MessageDraft, PageDraft, ServiceDraft
from apiscribe.model.names import entry_name

Place = tuple[str, str]  # package, file
Drafted = MessageDraft | EnumDraft | ServiceDraft
_Kind = TypeVar("_Kind", MessageDraft, EnumDraft, ServiceDraft)

_CAMEL = re.compile(r"[a-z]+[A-Z]\w*")


class Collected:
    """The declarations by place, in the order of the page; each counts once.

    `labels`: a table of fields has a column for labels. `texts`: a message is in the language of
    protobuf.
    """

    def __init__(self) -> None:
        self._places: dict[Place, list[Drafted]] = defaultdict(list)
        self._known: dict[tuple[Place, type[Drafted], str], list[Drafted]] = defaultdict(list)
        self.descriptions: dict[str, list[str]] = defaultdict(list)  # by file
        self.title = ""
        self.labels = self.texts = False

    def add(self, place: Place, drafts: Iterable[Drafted]) -> None:
        """Add declarations that are not there yet."""
        for draft in drafts:
            known = self._known[place, type(draft), draft.name]
            if draft not in known:
                known.append(draft)
                self._places[place].append(draft)

    def drafts(self, path: str, spans: dict[Place, Span], top: Span) -> tuple[PageDraft, ...]:
        """Return a draft for each place of a page; `spans` has the first heading of each."""
        self._place_texts()
        declared: dict[str, set[str]] = defaultdict(set)  # by package
        for (package, _), drafts in self._places.items():
            declared[package] |= {draft.name for draft in drafts}
        lists_values = self.labels or any(self._all(EnumDraft))
        json_names = self._prints_json_names()
        return tuple(
            PageDraft(
                dialect="protobuf",
                path=path,
                package=place[0],
                file=place[1],
                title=self.title,
                description="\n\n".join(self.descriptions.get(place[1], ())),
                services=tuple(d for d in drafts if isinstance(d, ServiceDraft)),
                messages=tuple(
                    with_scopes(
                        with_maps([d for d in drafts if isinstance(d, MessageDraft)]),
                        declared[place[0]],
                        outer_first=True,
                    )
                ),
                enums=tuple(d for d in drafts if isinstance(d, EnumDraft)),
                lists_values=lists_values,
                json_names=json_names,
                span=spans.get(place, top),
            )
            for place, drafts in self._places.items()
            if drafts and not place[0].startswith(PROVIDED)
        )

    def _place_texts(self) -> None:
        """Move the declarations without a package to that by which others name them."""
        used = used_types([*self._all(MessageDraft), *self._all(ServiceDraft)])
        packages = packages_of_uses(used)
        for place, drafts in list(self._places.items()):
            if place[0]:
                continue
            for draft in list(drafts):
                if isinstance(draft, ServiceDraft):
                    continue  # no type uses a service
                found = packages.get(draft.name, set())
                if len(found) == 1 and (package := next(iter(found))):
                    drafts.remove(draft)
                    self.add((package, place[1]), [draft])

    def _prints_json_names(self) -> bool:
        """Return whether the page prints the JSON names of fields: some are in camel case, and none
        is in snake case. Pages with labels, and texts, have the names of the `.proto`.
        """
        names = [field.name for message in self._all(MessageDraft) for field in message.fields]
        is_camel = any(map(_CAMEL.fullmatch, names))
        is_exact = self.labels or self.texts or any("_" in name for name in names)
        return is_camel and not is_exact

    def _all(self, kind: type[_Kind]) -> Iterator[_Kind]:
        for drafts in self._places.values():
            yield from (draft for draft in drafts if isinstance(draft, kind))


def with_maps(messages: list[MessageDraft]) -> list[MessageDraft]:
    """Return the messages with map fields in place of repeated entries, and without the entries.

    protoc declares a message of `key` and `value` for each map, and names it after the field.
    """
    entries = {m.name: m for m in messages if members.is_map_entry(m.name, m.fields)}
    uses = Counter(_local(field, entries) for m in messages for field in m.fields)
    maps: set[str] = set()
    result = []
    for message in messages:
        fields = []
        for field in message.fields:
            name = f"{message.name}.{entry_name(field.name)}"
            if field.type.repeated and _local(field, entries) == name and uses[name] == 1:
                maps.add(name)
                key, value = entries[name].fields
                field = replace(field, type=members.map_type(key, value, field.type))
            fields.append(field)
        result.append(replace(message, fields=tuple(fields)))
    return [message for message in result if message.name not in maps]


def _local(field: FieldDraft, entries: Mapping[str, MessageDraft]) -> str:
    """Return the name of the entries that are the type of a field, or ""."""
    parts = field.type.name.split(".")
    names = (".".join(parts[at:]) for at in range(len(parts)))
    return next((name for name in names if name in entries), "")
