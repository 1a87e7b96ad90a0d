"""The fields of messages that both sides have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from apiscribe.drift.change import Grade
from apiscribe.drift.changes import Changes
from apiscribe.drift.declarations import Declarations, differs
from apiscribe.drift.pairing import Pairs
from apiscribe.drift.services import same_type
from apiscribe.model.api import Enum, Field, Message, TypeRef
from apiscribe.model.version import Fact
from apiscribe.model.wire_types import scalars_are_alike

# Scalars that are one another's varint in binary, and not in JSON. Source: language guide (proto3),
# "Updating A Message Type".
_VARINTS = frozenset({"int32", "uint32", "int64", "uint64", "bool"})
_NUMBERS = _VARINTS - {"bool"} | {"sint32", "sint64", "fixed32", "fixed64", "sfixed32", "sfixed64"}


def compare_messages(changes: Changes, pairs: Pairs) -> None:
    """Compare the fields of messages that both sides have."""
    for name, target in pairs.messages.items():
        _compare(changes.old.messages[name], changes.new.messages[target], pairs, changes)


def _compare(old: Message, new: Message, pairs: Pairs, changes: Changes) -> None:
    theirs = {field.json_name: field for field in new.fields}
    names = _pair(old, new, pairs, changes)
    numbered = changes.old.knows_numbers(old) and changes.new.knows_numbers(new)
    if old.fields and new.fields and not numbered:
        for edition, message in ((changes.old, old), (changes.new, new)):
            if not edition.knows_numbers(message):
                reason = edition.side.unknown.get("numbers", "")
                changes.skip("numbers", edition, reason or "they are positions on its pages")
    if _is_part(old, changes.old) or _is_part(new, changes.new):
        return
    for field in old.fields:
        other = theirs.get(names.get(field.json_name, ""))
        if other is None:
            _removed(field, old, new, numbered, changes)
        else:
            _compare_fields(field, other, (old, new), numbered, pairs, changes)
    for field in new.fields:
        if field.json_name not in names.values():
            _added(field, new, changes)
    _compare_descriptions(old, new, names, changes)
    _compare_reserved(old, new, changes)


def _is_part(message: Message, edition: Declarations) -> bool:
    """Whether a message is made of the parameters of a route: it may have more fields."""
    return message.incomplete and not edition.names_messages


def _pair(old: Message, new: Message, pairs: Pairs, changes: Changes) -> dict[str, str]:
    """Old name → new name of the fields. One that is gone and one that is new are one field where
    they have one number, or where nobody knows numbers, one type and one place.
    """
    theirs = {field.json_name: field for field in new.fields}
    found = {f.json_name: f.json_name for f in old.fields if f.json_name in theirs}
    gone = [field for field in old.fields if field.json_name not in theirs]
    added = [field for field in new.fields if field.json_name not in found]
    if changes.old.knows_numbers(old) and changes.new.knows_numbers(new):
        by_number = {field.number: field.json_name for field in added}
        for field in gone:
            if field.number in by_number:
                found[field.json_name] = by_number[field.number]
        return found
    places = _neighbours(new.fields)
    for field in gone:
        before, behind = _neighbours(old.fields)[field.json_name]
        for other in added:
            same_place = places[other.json_name] == (found.get(before, ""), found.get(behind, ""))
            same = pairs.type_name(field.type.name) == other.type.name
            if same_place and same and field.repeated == other.repeated:
                found[field.json_name] = other.json_name
                break
    return found


def _neighbours(fields: Sequence[Field]) -> Mapping[str, tuple[str, str]]:
    names = ["", *(field.json_name for field in fields), ""]
    return {name: (names[at], names[at + 2]) for at, name in enumerate(names[1:-1])}


def _removed(field: Field, old: Message, new: Message, numbered: bool, changes: Changes) -> None:
    symbol = f"{old.full_name}.{field.json_name}"
    kept = any(r.number == field.number or r.json_name == field.json_name for r in new.reserved)
    kind = "field-removed" if kept or not numbered else "field-unreserved"
    changes.add(kind, symbol, f"{field.json_name} is gone", field.span, new.span)


def _added(field: Field, new: Message, changes: Changes) -> None:
    symbol = f"{new.full_name}.{field.json_name}"
    if field.required and new.full_name in changes.new.requested:
        said = f"{field.json_name} is new, and required"
        changes.add("required-field-added", symbol, said, None, field.span)
    else:
        changes.add("field-added", symbol, f"{field.json_name} is new", None, field.span)


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
    if old.json_name != new.json_name:
        said = f"{old.json_name} is {new.json_name} now"
        if not numbered:
            said = f"{said}, or gone, and {new.json_name} is new"
        changes.add("field-renamed", symbol, said, *spans)
    if numbered and old.number != new.number:
        said = f"{old.json_name} had the number {old.number} and has {new.number}"
        changes.add("field-number-changed", symbol, said, *spans)
    if grade := _type_grade(old, new, names, pairs, changes):
        said = f"{old.json_name} was {_type_text(old.type)} and is {_type_text(new.type)}"
        changes.add("field-type-changed", symbol, said, *spans, grade=grade)
    labels: Fact = "labels of messages" if new.type.kind == "message" else "labels"
    if old.repeated != new.repeated and changes.know(labels, *names):
        said = f"{old.json_name} is {'a' if new.repeated else 'no'} list now"
        packed = new.type.kind == "enum" or new.type.name not in ("string", "bytes")
        packed = packed and new.type.kind != "message"
        changes.add("field-label-changed", symbol, said, *spans, grade="wire" if packed else "json")
    _compare_required(symbol, old, new, names, changes)


def _compare_descriptions(
    old: Message, new: Message, names: Mapping[str, str], changes: Changes
) -> None:
    """One entry for all that is described otherwise in a message."""
    theirs = {field.json_name: field.description for field in new.fields}
    differ = [
        field.json_name
        for field in old.fields
        if field.json_name in names and differs(theirs[names[field.json_name]], field.description)
    ]
    itself = differs(old.description, new.description)
    if (differ or itself) and changes.know("descriptions", old.full_name, new.full_name):
        parts = [old.name] * itself + [f"{n} field{'s'[: n > 1]}" for n in [len(differ)] if n]
        changes.add(
            "description-changed",
            old.full_name,
            f"{' and '.join(parts)} {'is' if len(differ) + itself == 1 else 'are'} described anew",
            old.span,
            new.span,
            details=tuple(differ),
        )


def _compare_required(
    symbol: str, old: Field, new: Field, names: tuple[str, str], changes: Changes
) -> None:
    if old.required is None or new.required is None or old.required == new.required:
        return
    if not changes.know("required", *names):
        return
    requested = names[1] in changes.new.requested
    answered = names[1] in changes.new.answered
    if new.required and (requested or not answered):
        kind, said = "required-added", f"{old.json_name} is required now"
    elif not new.required and (answered or not requested):
        kind, said = "required-removed", f"{old.json_name} is not required any more"
    else:
        kind = "required-relaxed"
        said = f"{old.json_name} is {'' if new.required else 'not '}required now"
    changes.add(kind, symbol, said, old.span, new.span)


def _type_grade(
    old: Field, new: Field, names: tuple[str, str], pairs: Pairs, changes: Changes
) -> Grade | None:
    """What another type breaks; None where it is the same one."""
    ours, theirs = old.type, new.type
    if not changes.know("types", *names):
        return None if _json_kind(ours, changes) == _json_kind(theirs, changes) else "json"
    if ours.kind != theirs.kind:
        # An enum is its number in binary, and its name in JSON.
        return "json" if {ours.name, theirs.name} & _VARINTS else "wire"
    if ours.kind == "scalar":
        return _scalar_grade(ours.name, theirs.name)
    if ours.kind == "enum":
        return _enum_grade(ours.name, theirs.name, pairs, changes)
    guessed = "nearest" in (old.provenance.get("type"), new.provenance.get("type"))
    last = ours.name.rpartition(".")[2] == theirs.name.rpartition(".")[2]
    if (guessed and last) or same_type(ours.name, theirs.name, pairs, changes, names):
        return None
    return "wire"


def _scalar_grade(ours: str, theirs: str) -> Grade | None:
    if ours == theirs:
        return None
    if scalars_are_alike(ours, theirs):
        return "source"
    return "json" if {ours, theirs} <= _VARINTS or {ours, theirs} == {"string", "bytes"} else "wire"


def _enum_grade(ours: str, theirs: str, pairs: Pairs, changes: Changes) -> Grade | None:
    if pairs.enums.get(ours, ours) == theirs:
        return None
    one, other = changes.old.enums.get(ours), changes.new.enums.get(theirs)
    if one and other and (one.incomplete or other.incomplete or _values(one) == _values(other)):
        # Without names of their own, equal lists of values are one enum here and two there.
        unnamed = (
            "name" in one.provenance
            or "name" in other.provenance
            or one.incomplete
            or other.incomplete
        )
        return None if unnamed else "source"
    return "wire"


def _values(enum: Enum) -> set[str]:
    return {value.json_name for value in enum.values}


def _json_kind(type_: TypeRef, changes: Changes) -> str:
    """What a type is in JSON; a text for what JSON has no kind for."""
    enums = changes.old.enums.keys() | changes.new.enums.keys()
    if type_.kind == "enum" or type_.name in enums:
        return "string"
    if type_.kind == "message":
        texts = ("Timestamp", "Duration", "FieldMask")
        return "string" if type_.name.rpartition(".")[2] in texts else "object"
    if type_.name in ("string", "bytes"):
        return "string"
    return "boolean" if type_.name == "bool" else "number"


def _type_text(type_: TypeRef) -> str:
    return type_.name


def _compare_reserved(old: Message, new: Message, changes: Changes) -> None:
    """Numbers that were reserved, and are neither that nor in use once more."""
    numbers = {r.number for r in new.reserved} | {field.number for field in new.fields}
    names = {r.json_name for r in new.reserved} | {field.json_name for field in new.fields}
    gone = [str(number) for number in sorted({r.number for r in old.reserved} - numbers - {0})]
    gone += sorted({r.json_name for r in old.reserved} - names - {""})
    if gone:
        said = f"{', '.join(gone)} {'are' if gone[1:] else 'is'} not reserved any more"
        changes.add("reservation-removed", old.full_name, said, old.span, new.span)
