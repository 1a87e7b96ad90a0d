"""Compares the fields of messages that both versions have."""

from __future__ import annotations

import re
from collections.abc import Mapping

from apiscribe.drift.addition import field_of_version
from apiscribe.drift.change import GRADES, Grade
from apiscribe.drift.change_list import Changes
from apiscribe.drift.declarations import Declarations, descriptions_differ
from apiscribe.drift.elsewhere import is_kept_elsewhere, was_elsewhere
from apiscribe.drift.field_attributes import compare_attributes, compare_deprecation
from apiscribe.drift.field_pairing import pair_fields
from apiscribe.drift.oneofs import compare_oneofs
from apiscribe.drift.pairing import Pairs
from apiscribe.drift.required import compare_required
from apiscribe.drift.reserved import compare_reserved, is_reserved
from apiscribe.drift.routes import is_only_in_path
from apiscribe.drift.services import same_type
from apiscribe.model.api import Enum, Field, Message
from apiscribe.model.types import EnumRef, Map, MessageRef, Scalar, Type
from apiscribe.model.version import Fact
from apiscribe.model.wire_types import scalars_are_alike

# Scalars with the same varint encoding in binary, but not in JSON. Source: language guide (proto3),
# "Updating A Message Type".
_VARINTS = frozenset({"int32", "uint32", "int64", "uint64", "bool"})
_LIST = "google.protobuf.ListValue"
_INTEGER = re.compile(r"-?\d+")


def compare_messages(changes: Changes, pairs: Pairs) -> None:
    """Report the changes of messages that both versions have."""
    for old_name, new_name in pairs.messages.items():
        _compare(changes.old.messages[old_name], changes.new.messages[new_name], pairs, changes)


def _compare(old: Message, new: Message, pairs: Pairs, changes: Changes) -> None:
    new_fields = {field.json_name: field for field in new.fields}
    names = pair_fields(old, new, pairs, changes)
    numbered = changes.old.knows_numbers(old) and changes.new.knows_numbers(new)
    if old.fields and new.fields and not numbered:
        for declarations, message in ((changes.old, old), (changes.new, new)):
            if not declarations.knows_numbers(message):
                reason = declarations.version.unknown.get("numbers", "")
                changes.skip("numbers", declarations, reason or "they are positions on its pages")
    if _is_partial(old, changes.old) or _is_partial(new, changes.new):
        return
    for field in old.fields:
        other = new_fields.get(names.get(field.json_name, ""))
        if other is None and is_kept_elsewhere(field, old, new, pairs, changes):
            continue
        if other is None:
            _report_removed(field, old, new, numbered, changes)
        else:
            _compare_fields(field, other, (old, new), numbered, pairs, changes)
    for field in new.fields:
        if field.json_name not in names.values() and not was_elsewhere(
            field, old, new, pairs, changes
        ):
            _report_added(field, old, new, pairs, changes)
    compare_oneofs(old, new, names, changes)
    compare_deprecation(old.full_name, old, new, (old.full_name, new.full_name), changes)
    _compare_descriptions(old, new, names, changes)
    compare_reserved(old, new, changes)


def _is_partial(message: Message, declarations: Declarations) -> bool:
    """Return whether a message only has the parameters of a route, and may have more fields."""
    return message.incomplete and not declarations.names_messages


def _report_removed(
    field: Field, old: Message, new: Message, numbered: bool, changes: Changes
) -> None:
    symbol = f"{old.full_name}.{field.json_name}"
    reserved = is_reserved(field.number, field.json_name, new.reserved)
    kind = "field-removed" if reserved or not numbered else "field-unreserved"
    changes.add(kind, symbol, f"{field.json_name} was removed", field.span, new.span)


def _report_added(field: Field, old: Message, new: Message, pairs: Pairs, changes: Changes) -> None:
    symbol = f"{new.full_name}.{field.json_name}"
    # A program with proto2's label refuses messages without the field, responses too.
    labelled = changes.are_protobuf and field.provenance.get("required") == "proto2"
    if field.required and (labelled or new.full_name in changes.new.request_messages):
        message = f"{field.json_name} was added as required"
        grade: Grade | None = "wire" if labelled else None
        kind = "required-field-added"
    else:
        message, grade, kind = f"{field.json_name} was added", None, "field-added"
    additions = field_of_version(old.full_name, field, pairs, changes.new.enums)
    changes.add(kind, symbol, message, None, field.span, grade=grade, additions=additions)


def _compare_fields(
    old: Field,
    new: Field,
    messages: tuple[Message, Message],
    numbered: bool,
    pairs: Pairs,
    changes: Changes,
) -> None:
    names = messages[0].full_name, messages[1].full_name
    symbol, spans = f"{names[0]}.{old.json_name}", (old.span, new.span)
    type_grade = _field_type_grade(old, new, names, pairs, changes)
    if numbered and old.json_name != new.json_name and type_grade:
        message = (
            f"the number {old.number} of {old.json_name} is now that of {new.json_name}, of type"
            f" {new.type.name} instead of {old.type.name}"
        )
        grade = min(("json", type_grade), key=GRADES.index)
        changes.add("field-number-reused", symbol, message, *spans, grade=grade)
        return
    if old.json_name != new.json_name:
        message = f"{old.json_name} was renamed to {new.json_name}"
        if not numbered:
            message = f"{message}, or was removed and {new.json_name} was added"
        # A message that is written as JSON has the names of its fields in it.
        in_path = not changes.are_protobuf and all(
            is_only_in_path({field.name, field.json_name}, name, declarations)
            for field, name, declarations in zip(
                (old, new), names, (changes.old, changes.new), strict=True
            )
        )
        kind = "path-parameter-renamed" if in_path else "field-renamed"
        changes.add(kind, symbol, message, *spans)
    if numbered and old.number != new.number:
        message = f"the number of {old.json_name} changed from {old.number} to {new.number}"
        changes.add("field-number-changed", symbol, message, *spans)
    if type_grade:
        message = f"the type of {old.json_name} changed from {old.type.name} to {new.type.name}"
        changes.add("field-type-changed", symbol, message, *spans, grade=type_grade)
    labels: Fact = "labels of messages" if isinstance(new.type, MessageRef) else "labels"
    # An open value of a version without protobuf's types may be a list.
    is_open = isinstance(old.type, Map) or isinstance(new.type, Map)
    if not changes.both_know("types", *names):
        is_open = is_open or "google.protobuf.Value" in (old.type.name, new.type.name)
    if _is_list(old) != _is_list(new) and not is_open and changes.both_know(labels, *names):
        state = "is now a list" if _is_list(new) else "is no longer a list"
        packed = isinstance(new.type, EnumRef) or new.type.name not in ("string", "bytes")
        packed = packed and not isinstance(new.type, MessageRef)
        changes.add(
            "field-label-changed",
            symbol,
            f"{old.json_name} {state}",
            *spans,
            grade="wire" if packed else "json",
        )
    compare_required(symbol, old, new, names, changes)
    compare_attributes(symbol, old, new, names, changes)


def _compare_descriptions(
    old: Message, new: Message, names: Mapping[str, str], changes: Changes
) -> None:
    """Report all changed descriptions of a message as one entry, but those of deprecations."""
    are_alike = changes.old.version.is_pages == changes.new.version.is_pages
    new_descriptions = {field.json_name: field.description for field in new.fields}
    fields = [
        field.json_name
        for field in old.fields
        if field.json_name in names
        and not changes.is_reported("deprecation-changed", f"{old.full_name}.{field.json_name}")
        and descriptions_differ(
            field.description,
            new_descriptions[names[field.json_name]],
            are_alike=are_alike,
        )
    ]
    itself = descriptions_differ(old.description, new.description, are_alike=are_alike)
    itself = itself and not changes.is_reported("deprecation-changed", old.full_name)
    if (fields or itself) and changes.both_know("descriptions", old.full_name, new.full_name):
        parts = [old.name] * itself + [f"{n} field{'s'[: n > 1]}" for n in [len(fields)] if n]
        plural = len(fields) + itself > 1
        changes.add(
            "description-changed",
            old.full_name,
            f"the description{'s' if plural else ''} of {' and '.join(parts)} changed",
            old.span,
            new.span,
            details=tuple(fields),
        )


def _field_type_grade(
    old: Field, new: Field, names: tuple[str, str], pairs: Pairs, changes: Changes
) -> Grade | None:
    """Return what a change of type breaks; None if the types are the same, or one of them only
    looks different, because a rule chose it among several of its name.
    """
    guessed = "nearest" in (old.provenance.get("type"), new.provenance.get("type"))
    same_last_part = old.type.name.rpartition(".")[2] == new.type.name.rpartition(".")[2]
    if guessed and same_last_part and type(old.type) is type(new.type):
        return None
    return _type_grade(old.type, new.type, names, pairs, changes)


def _type_grade(
    old_type: Type, new_type: Type, names: tuple[str, str], pairs: Pairs, changes: Changes
) -> Grade | None:
    """Return what a change from one type to another breaks; None if they are the same."""
    if not changes.both_know("types", *names):
        if isinstance(old_type, Map) and isinstance(new_type, Map):
            return _type_grade(old_type.value, new_type.value, names, pairs, changes)
        kinds = {_json_kind(type_, changes) for type_ in (old_type, new_type)}
        return None if len(kinds) == 1 or "" in kinds else "json"
    match old_type, new_type:
        case Scalar(), Scalar():
            return _scalar_grade(old_type.name, new_type.name)
        case EnumRef(), EnumRef():
            return _enum_grade(old_type.name, new_type.name, pairs, changes)
        case MessageRef(), MessageRef():
            same = same_type(old_type.name, new_type.name, pairs, changes, names)
            return None if same else "wire"
        case Map(), Map():
            keys = _scalar_grade(old_type.key, new_type.key)
            values = _type_grade(old_type.value, new_type.value, names, pairs, changes)
            return min(filter(None, (keys, values)), key=GRADES.index, default=None)
        case (EnumRef(), Scalar(name=name)) | (Scalar(name=name), EnumRef()):
            # An enum is its number in binary, and its name in JSON.
            return "json" if name in _VARINTS else "wire"
        case _:
            return "wire"


def _scalar_grade(old: str, new: str) -> Grade | None:
    if old == new:
        return None
    if scalars_are_alike(old, new):
        return "source"
    return "json" if {old, new} <= _VARINTS or {old, new} == {"string", "bytes"} else "wire"


def _enum_grade(old_name: str, new_name: str, pairs: Pairs, changes: Changes) -> Grade | None:
    if pairs.enums.get(old_name, old_name) == new_name:
        return None
    old, new = changes.old.enums.get(old_name), changes.new.enums.get(new_name)
    if old is None or new is None:
        return "wire"
    incomplete = old.incomplete or new.incomplete
    if not incomplete and _values(old) != _values(new):
        return "wire"
    # Equal lists of values without names may be one enum in one version and two in the other.
    unnamed = "name" in old.provenance or "name" in new.provenance or incomplete
    return None if unnamed else "source"


def _values(enum: Enum) -> set[str]:
    return {value.json_name for value in enum.documented_values}


def _is_list(field: Field) -> bool:
    return field.repeated or field.type.name == _LIST


def _json_kind(type_: Type, changes: Changes) -> str:
    """Return the JSON type of a type; empty for one that a source leaves open."""
    if type_.name in ("google.protobuf.Value", _LIST):
        return ""  # the label states that it is a list
    if isinstance(type_, Map):
        return "object"
    if enum := changes.old.enums.get(type_.name) or changes.new.enums.get(type_.name):
        is_number = all(_INTEGER.fullmatch(name) for name in _values(enum))
        return "number" if is_number and _values(enum) else "string"
    if isinstance(type_, MessageRef):
        texts = ("Timestamp", "Duration", "FieldMask")
        return "string" if type_.name.rpartition(".")[2] in texts else "object"
    if type_.name in ("string", "bytes") or isinstance(type_, EnumRef):
        return "string"
    return "boolean" if type_.name == "bool" else "number"
