"""Merges entries that have one cause: each comparison reports what it finds where it is.

The entry that remains has the worst grade of all, and names the others in its details.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from apiscribe.diagnostics.source import Span
from apiscribe.drift.change import GRADES, Change
from apiscribe.drift.change_list import Changes
from apiscribe.drift.declarations import Declarations, last_part
from apiscribe.drift.equal_changes import merge_equal_changes
from apiscribe.drift.moved_methods import merge_moved_methods
from apiscribe.drift.pairing import Pairs
from apiscribe.model.api import Method
from apiscribe.model.http import Parameter
from apiscribe.model.names import camel
from apiscribe.model.types import values_type

_ANY = "google.protobuf.Value"


def merge_entries(changes: Changes, pairs: Pairs) -> None:
    """Merge the entries of a comparison."""
    merge_moved_methods(changes, pairs)
    for step in _STEPS:
        merge = _Merge(changes, pairs)
        step(merge)
        merge.apply()
    changes.entries[:] = merge_equal_changes(changes)


@dataclass
class _Merge:
    """The entries of a comparison in the state before a step, and what the step merges: id of the
    entry that remains → name in its details → entry that goes.
    """

    changes: Changes
    pairs: Pairs
    merged: defaultdict[int, dict[str, Change]] = field(default_factory=lambda: defaultdict(dict))

    @cached_property
    def by_symbol(self) -> Mapping[str, list[Change]]:
        """The entries by their symbols."""
        found: defaultdict[str, list[Change]] = defaultdict(list)
        for entry in self.changes.entries:
            found[entry.symbol].append(entry)
        return found

    @cached_property
    def old_names(self) -> Mapping[str, str]:
        """The old full names of messages and services, by the new ones."""
        both = {**self.pairs.messages, **self.pairs.services}
        return {new: old for old, new in both.items()}

    def apply(self) -> None:
        """Replace the entries that remain, and leave out the others."""
        gone = {id(entry) for merged in self.merged.values() for entry in merged.values()}
        kept = [entry for entry in self.changes.entries if id(entry) not in gone]
        self.changes.entries[:] = [
            _with(entry, self.merged[id(entry)]) if id(entry) in self.merged else entry
            for entry in kept
        ]


def _with(entry: Change, merged: Mapping[str, Change]) -> Change:
    grade = min((entry.grade, *(e.grade for e in merged.values())), key=GRADES.index)
    return replace(entry, grade=grade, details=tuple(dict.fromkeys((*entry.details, *merged))))


def _types_with_their_users(merge: _Merge) -> None:
    """Merge an added or removed type into the entry about a method or field that uses it."""
    users = {
        "added": _users(merge.changes.new, merge.old_names),
        "removed": _users(merge.changes.old, {}),
    }
    for entry in merge.changes.entries:
        what, _, state = entry.kind.partition("-")
        if what not in ("message", "enum") or state not in users:
            continue
        for symbol in users[state].get(entry.symbol, ()):
            user = next((e for e in merge.by_symbol.get(symbol, ()) if e.grade != "docs"), None)
            if user:
                merge.merged[id(user)][last_part(entry.symbol)] = entry
                break


def _users(declarations: Declarations, names: Mapping[str, str]) -> Mapping[str, list[str]]:
    """Return each type → the symbols of the methods and fields that use it; `names` are the old
    names of their owners.
    """
    users: defaultdict[str, list[str]] = defaultdict(list)
    for full_name, service in declarations.services.items():
        for method in service.methods:
            for type_name in (method.request, method.response):
                users[type_name].append(f"{names.get(full_name, full_name)}.{method.name}")
    for full_name, message in declarations.messages.items():
        owners = dict.fromkeys((names.get(full_name, full_name), full_name))
        for one in message.fields:
            users[values_type(one.type).name] += [f"{owner}.{one.json_name}" for owner in owners]
    return users


def _types_of_removed_pages(merge: _Merge) -> None:
    """Merge the fields that lost their type into the removal of the page that declared it."""
    for page in [e for e in merge.changes.entries if e.kind == "page-removed" and e.old]:
        names = {
            name
            for name, file in merge.changes.old.files.items()
            if page.old and file.page == page.old.path
        }
        merge.merged[id(page)] |= {
            symbol: entry
            for symbol, type_name, now in _changed_types(merge)
            if type_name in names and now == _ANY
            for entry in merge.by_symbol[symbol]
            if entry.kind == "field-type-changed"
        }


def _changed_types(merge: _Merge) -> Iterator[tuple[str, str, str]]:
    """Yield the symbols of fields in both versions, with their types."""
    for old_name, new_name in merge.pairs.messages.items():
        now = {f.json_name: f.type.name for f in merge.changes.new.messages[new_name].fields}
        for one in merge.changes.old.messages[old_name].fields:
            if one.json_name in now:
                yield f"{old_name}.{one.json_name}", one.type.name, now[one.json_name]


def _messages_of_renamed_methods(merge: _Merge) -> None:
    """Merge a renamed request or response into its method, if both got the same new name."""
    for symbol, old, new in _paired_methods(merge):
        entries = merge.by_symbol.get(symbol, ())
        renamed = next((e for e in entries if e.kind == "method-renamed"), None)
        words = camel(old.name), camel(new.name)
        merged = {
            last_part(name): entry
            for name in (old.request, old.response)
            for entry in merge.by_symbol.get(name, ())
            if entry.kind == "message-renamed"
            and last_part(merge.pairs.messages[name]) == last_part(name).replace(*words)
        }
        if renamed:
            merge.merged[id(renamed)] |= merged


def _moved_parameters(merge: _Merge) -> None:
    """Report a field of a request and a header or cookie with its name as one that moved."""
    for symbol, old, new in _paired_methods(merge):
        names = [{header.name.lower() for header in method.headers} for method in (old, new)]
        for header in new.headers:
            if header.name.lower() not in names[0]:
                field_entry = _find(merge, f"{old.request}.{header.name}", "field-removed")
                entry = _find(merge, symbol, "parameter-added", header.span)
                _report_moved(merge, header, field_entry, entry)
        for header in old.headers:
            if header.name.lower() not in names[1]:
                field_entry = _find(merge, f"{new.request}.{header.name}", "field-added")
                entry = _find(merge, symbol, "parameter-removed", header.span)
                _report_moved(merge, header, field_entry, entry)


def _find(merge: _Merge, symbol: str, kind: str, span: Span | None = None) -> Change | None:
    """Return the entry of a kind, such as `required-` and the kind, at a location."""
    return next(
        (
            entry
            for entry in merge.by_symbol.get(symbol, ())
            if entry.kind.endswith(kind) and (span is None or span in (entry.old, entry.new))
        ),
        None,
    )


def _report_moved(
    merge: _Merge, header: Parameter, field_entry: Change | None, entry: Change | None
) -> None:
    if not field_entry or not entry:
        return
    way, source, target = "to", field_entry, entry
    if entry.old == header.span:
        way, source, target = "from", entry, field_entry
    message = f"{header.name} moved {way} the {header.location or 'header'}"
    merge.changes.add("parameter-moved", field_entry.symbol, message, source.old, target.new)
    moved = merge.changes.entries[-1]
    merge.merged[id(moved)] |= {header.name: entry, field_entry.symbol: field_entry}


def _paired_methods(merge: _Merge) -> Iterator[tuple[str, Method, Method]]:
    """Yield the methods that both versions have, with their symbols."""
    for old_name, methods in merge.pairs.methods.items():
        service = merge.changes.new.services[merge.pairs.services[old_name]]
        others = {method.name: method for method in service.methods}
        for method in merge.changes.old.services[old_name].methods:
            if other := others.get(methods.get(method.name, "")):
                yield f"{old_name}.{method.name}", method, other


_STEPS: tuple[Callable[[_Merge], None], ...] = (
    # Types first: a page that is gone takes its types along.
    _types_of_removed_pages,
    _types_with_their_users,
    _messages_of_renamed_methods,
    _moved_parameters,
)
