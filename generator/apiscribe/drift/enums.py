"""The values of enums that both sides have."""

from __future__ import annotations

from apiscribe.drift.changes import Changes
from apiscribe.drift.pairing import Pairs
from apiscribe.model.api import Enum


def compare_enums(changes: Changes, pairs: Pairs) -> None:
    """Compare the values of enums that both sides have."""
    for name, target in pairs.enums.items():
        old, new = changes.old.enums[name], changes.new.enums[target]
        named = "name" not in old.provenance and "name" not in new.provenance
        if old.name != new.name and named and changes.know("enum names", name, target):
            said = f"{old.name} is {new.name} now"
            changes.add("enum-renamed", name, said, old.span, new.span)
        if old.incomplete or new.incomplete:
            edition = changes.old if old.incomplete else changes.new
            changes.skip("enum values", edition, "its pages name the enum and list no values")
        elif changes.know("enum values", name, target):
            _compare_values(old, new, changes)


def _compare_values(old: Enum, new: Enum, changes: Changes) -> None:
    numbered = changes.old.knows_numbers(old) and changes.new.knows_numbers(new)
    theirs = {value.json_name: value for value in new.values}
    by_number = {value.number: value for value in new.values}
    # A `.proto` has the identifiers of values, and not the names of the pages.
    theirs |= {value.name: value for value in new.values if value.name not in theirs}
    ours = {name for value in old.values for name in (value.json_name, value.name)}
    renamed = set()
    for value in old.values:
        symbol = f"{old.full_name}.{value.json_name}"
        if other := theirs.get(value.json_name) or theirs.get(value.name):
            if numbered and other.number != value.number:
                said = f"{value.json_name} had the number {value.number} and has {other.number}"
                changes.add("enum-value-number-changed", symbol, said, value.span, other.span)
            continue
        instead = by_number.get(value.number) if numbered else None
        if instead and instead.json_name not in ours:
            renamed.add(instead.json_name)
            said = f"{value.json_name} is {instead.json_name} now"
            changes.add("enum-value-renamed", symbol, said, value.span, instead.span)
            continue
        kept = any(value.json_name == r.json_name or value.number == r.number for r in new.reserved)
        kind = "enum-value-removed" if kept or not numbered else "enum-value-unreserved"
        changes.add(kind, symbol, f"{value.json_name} is gone", value.span, new.span)
    for value in new.values:
        if not {value.json_name, value.name} & (ours | renamed):
            symbol = f"{new.full_name}.{value.json_name}"
            said = f"{value.json_name} is new"
            changes.add("enum-value-added", symbol, said, new.span and old.span, value.span)
