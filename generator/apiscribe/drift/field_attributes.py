"""Compares what a field has besides its type: presence, default, null, constraints."""

from __future__ import annotations

import json

from apiscribe.drift.change import Grade
from apiscribe.drift.change_list import Changes
from apiscribe.model.api import Enum, EnumValue, Field, Message, Method
from apiscribe.model.types import EnumRef, Scalar

Deprecable = Field | Message | Method | Enum | EnumValue

# Keywords of JSON Schema that are lower limits: to raise one is to accept less.
_LOWER = frozenset({"minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"})


def compare_attributes(
    symbol: str, old: Field, new: Field, names: tuple[str, str], changes: Changes
) -> None:
    """Report the changes of a field's attributes, if both versions can state them."""
    spans = old.span, new.span
    inferred = "optional" in old.provenance or "optional" in new.provenance
    if (
        old.optional != new.optional
        and not inferred
        and _has_choice(old)
        and _has_choice(new)
        and changes.both_know_attribute("presence", *names)
    ):
        state = "is now optional" if new.optional else "is no longer optional"
        message = f"{old.json_name} {state}: {_PRESENCE[new.optional]}"
        changes.add("presence-changed", symbol, message, *spans)
    became_required = new.required and not old.required and not _default(new)
    if (
        _default(old) != _default(new)
        and changes.both_know_attribute("defaults", *names)
        and not changes.leave_open("defaults", _default(old), _default(new), others=True)
        and not (became_required and not changes.are_protobuf)  # reported as that change
    ):
        message = f"the default of {old.json_name} changed from {_or_none(old.default)}"
        message = f"{message} to {_or_none(new.default)}"
        grade: Grade = "wire" if changes.are_protobuf else "json"
        changes.add("default-changed", symbol, message, *spans, grade=grade)
    if (
        old.nullable != new.nullable
        and changes.both_know_attribute("nulls", *names)
        and not changes.leave_open("nulls", old.nullable, new.nullable, others=False)
    ):
        _report_nullable(symbol, old, new, names, changes)
    if old.constraints != new.constraints and changes.both_know_attribute("constraints", *names):
        _report_constraints(symbol, old, new, names, changes)
    compare_deprecation(symbol, old, new, names, changes)


def compare_deprecation(
    symbol: str,
    old: Deprecable,
    new: Deprecable,
    names: tuple[str, str],
    changes: Changes,
) -> None:
    """Report that a declaration in `names` became deprecated, or no longer is.

    Its description often says so, too, and is part of the entry.
    """
    # The first mark on pages is news: before it, nothing was deprecated.
    are_pages = changes.old.version.is_pages and changes.new.version.is_pages
    if (
        old.deprecated != new.deprecated
        and (are_pages or changes.both_know_attribute("deprecation", *names))
        and not changes.leave_open(
            "deprecation", old.deprecated, new.deprecated, pages=False, others=True
        )
    ):
        state = "is now" if new.deprecated else "is no longer"
        message = f"{symbol.rpartition('.')[2]} {state} deprecated"
        details = ("description",) if old.description != new.description else ()
        changes.add("deprecation-changed", symbol, message, old.span, new.span, details=details)


def _has_choice(field: Field) -> bool:
    """Return whether the presence of a field is not that of its type: a list or map has none, and a
    message always has.
    """
    return not field.repeated and isinstance(field.type, Scalar | EnumRef)


_PRESENCE = {
    True: "zero is a value, and no value another",
    False: "zero and no value are the same",
}


def _default(field: Field) -> str:
    """Return a default; null is none."""
    return "" if field.default == "null" else field.default


def _or_none(default: str) -> str:
    return default or "none"


def _report_nullable(
    symbol: str, old: Field, new: Field, names: tuple[str, str], changes: Changes
) -> None:
    if new.nullable:
        is_safe = names[1] not in changes.new.response_messages
        message = f"{old.json_name} may now be null"
    else:
        is_safe = names[1] not in changes.new.request_messages
        message = f"{old.json_name} may no longer be null"
    grade: Grade = "safe" if is_safe else "json"
    changes.add("null-changed", symbol, message, old.span, new.span, grade=grade)


def _report_constraints(
    symbol: str, old: Field, new: Field, names: tuple[str, str], changes: Changes
) -> None:
    """Report each constraint that changed: in requests less may be accepted, in responses more."""
    for keyword in sorted(old.constraints.keys() | new.constraints.keys()):
        before, after = old.constraints.get(keyword), new.constraints.get(keyword)
        if before == after or changes.leave_open("constraints", before, after, others=True):
            continue
        tightens = _accepts_less(keyword, before, after)
        matters = (tightens is not False and names[1] in changes.new.request_messages) or (
            tightens is not True and names[1] in changes.new.response_messages
        )
        message = f"{keyword} of {old.json_name} changed from {_text(before)} to {_text(after)}"
        grade: Grade = "json" if matters else "safe"
        changes.add("constraint-changed", symbol, message, old.span, new.span, grade=grade)


def _accepts_less(keyword: str, before: object, after: object) -> bool | None:
    """Return whether fewer values are accepted than before; None if neither more nor fewer."""
    if before is None or after is None:
        return before is None
    if isinstance(before, int | float) and isinstance(after, int | float):
        return (after > before) == (keyword in _LOWER)
    return None


def _text(value: object) -> str:
    return "none" if value is None else json.dumps(value, ensure_ascii=False)
