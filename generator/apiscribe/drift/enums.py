"""Compares the values of enums that both versions have."""

from __future__ import annotations

from collections.abc import Mapping

from apiscribe.drift.addition import Addition
from apiscribe.drift.change_list import Changes
from apiscribe.drift.field_attributes import compare_deprecation
from apiscribe.drift.pairing import Pairs
from apiscribe.drift.renamed_values import renamed_in_place
from apiscribe.drift.reserved import compare_reserved, is_reserved
from apiscribe.model.api import Enum, EnumValue


def compare_enums(changes: Changes, pairs: Pairs) -> None:
    """Report the changes of enums that both versions have."""
    for old_name, new_name in pairs.enums.items():
        old, new = changes.old.enums[old_name], changes.new.enums[new_name]
        named = "name" not in old.provenance and "name" not in new.provenance
        if old.name != new.name and named and changes.both_know("enum names", old_name, new_name):
            message = f"{old.name} was renamed to {new.name}"
            changes.add("enum-renamed", old_name, message, old.span, new.span)
        compare_deprecation(old_name, old, new, (old_name, new_name), changes)
        if old.incomplete or new.incomplete:
            declarations = changes.old if old.incomplete else changes.new
            changes.skip("enum values", declarations, "its pages name the enum but list no values")
        elif changes.both_know("enum values", old_name, new_name):
            _compare_values(old, new, changes)
            compare_reserved(old, new, changes)


def _compare_values(old: Enum, new: Enum, changes: Changes) -> None:
    numbered = changes.old.knows_numbers(old) and changes.new.knows_numbers(new)
    by_name = {value.json_name: value for value in new.values}
    by_number = {value.number: value for value in new.values}
    # A `.proto` has the identifiers of values, not the documented names.
    by_name |= {value.name: value for value in new.values if value.name not in by_name}
    old_names = {name for value in old.values for name in (value.json_name, value.name)}
    renamed = set()
    in_place = {} if numbered else _renamed_in_place(old, new)
    for value in old.documented_values:
        symbol = f"{old.full_name}.{value.json_name}"
        if other := by_name.get(value.json_name) or by_name.get(value.name):
            if numbered and other.number != value.number:
                message = (
                    f"the number of {value.json_name} changed from {value.number} to {other.number}"
                )
                changes.add("enum-value-number-changed", symbol, message, value.span, other.span)
            compare_deprecation(symbol, value, other, (old.full_name, new.full_name), changes)
            continue
        successor = by_number.get(value.number) if numbered else in_place.get(value.json_name)
        if successor and successor.json_name not in old_names:
            renamed.add(successor.json_name)
            message = f"{value.json_name} was renamed to {successor.json_name}"
            if not numbered:
                message = f"{message}, or was removed and {successor.json_name} was added"
            addition = Addition(part="value", owner=old.full_name, name=successor.json_name)
            spans = value.span, successor.span
            changes.add("enum-value-renamed", symbol, message, *spans, additions=(addition,))
            continue
        reserved = is_reserved(value.number, value.json_name, new.reserved)
        # The number of an alias stays that of another value.
        is_safe = reserved or not numbered or successor is not None
        kind = "enum-value-removed" if is_safe else "enum-value-unreserved"
        changes.add(kind, symbol, f"{value.json_name} was removed", value.span, new.span)
    for value in new.documented_values:
        if not {value.json_name, value.name} & (old_names | renamed):
            symbol = f"{new.full_name}.{value.json_name}"
            message = f"{value.json_name} was added"
            addition = Addition(part="value", owner=old.full_name, name=value.json_name)
            changes.add(
                "enum-value-added",
                symbol,
                message,
                new.span and old.span,
                value.span,
                additions=(addition,),
            )


def _renamed_in_place(old: Enum, new: Enum) -> Mapping[str, EnumValue]:
    """Return old name → new value of the renamed values."""
    before, after = ([v.json_name for v in enum.documented_values] for enum in (old, new))
    values = {value.json_name: value for value in new.documented_values}
    return {was: values[now] for was, now in renamed_in_place(before, after).items()}
