"""Report fields that have a new type and the same number."""

from __future__ import annotations

from collections.abc import Mapping

from apiscribe.diagnostics.codes.lock import incompatible_type
from apiscribe.diagnostics.report import Report
from apiscribe.model.api import Api, Field, Message
from apiscribe.model.lock import NO_NUMBERS, Lock, Numbered, Numbers
from apiscribe.model.lock.field_types import FieldType, read_type, type_of
from apiscribe.model.types import SCALARS, EnumRef, MessageRef, values_type
from apiscribe.model.wire_types import scalars_are_alike


def check_types(
    api: Api, before: Lock, after: Lock, accepted: Mapping[str, str], report: Report
) -> None:
    """Report the fields with a new type that clients of the old type cannot read.

    `accepted` has the old types of fields that the overlay accepts, by the fields' full names.
    """
    for _, message in api.messages():
        known = before.messages.get(message.full_name, NO_NUMBERS).named()
        kept = after.messages[message.full_name].live
        for field in message.fields:
            entry = known.get(field.json_name)
            if entry is None or not entry.type or kept[field.json_name] == entry:
                continue
            full_name = f"{message.full_name}.{field.json_name}"
            if accepted.get(full_name) == entry.type:
                continue
            if not _is_compatible(read_type(entry.type), field, before, after):
                _refuse(message, field, entry, report)


def _refuse(message: Message, field: Field, entry: Numbered, report: Report) -> None:
    full_name = f"{message.full_name}.{field.json_name}"
    report.add(
        incompatible_type(full_name, type_of(field).text, entry.number, entry.type),
        field.span,
        mark=field.json_name,
    )


def _is_compatible(old: FieldType, field: Field, before: Lock, after: Lock) -> bool:
    """Return whether a client that knows the old type can read and write the new one.

    A client that expects one string or message reads a list as its last item or as the merged
    items; a list of numbers is packed, and cannot be read so. A map is a list of entries that have
    its key and its value. Source: language guide (proto3), "Updating A Message Type", "Maps".
    """
    new = type_of(field)
    if old.key or new.key:
        if not old.key or not new.key:
            return False
        if old.key != new.key and not scalars_are_alike(old.key, new.key):
            return False
    elif old.repeated != new.repeated and not _is_delimited(field):
        return False
    old_name, new_name = old.name, new.name
    if old_name == new_name:
        return True
    if old_name in SCALARS or new_name in SCALARS:
        return scalars_are_alike(old_name, new_name)
    if isinstance(values_type(field.type), EnumRef) and _is_opaque_enum(old_name, before):
        return old_name.rpartition(".")[2] == new_name.rpartition(".")[2]
    tables = (before.enums, after.enums)
    if isinstance(values_type(field.type), MessageRef):
        tables = (before.messages, after.messages)
    if old_name not in tables[0] or new_name not in tables[1]:
        return False
    return _agree(tables[0][old_name], tables[1][new_name])


def _is_opaque_enum(name: str, before: Lock) -> bool:
    """Return whether a lock has an enum of a message without numbers: no page listed its values, so
    clients know none of them.
    """
    return name not in before.enums and name.rpartition(".")[0] in before.messages


def _is_delimited(field: Field) -> bool:
    return isinstance(field.type, MessageRef) or field.type.name in ("string", "bytes")


def _agree(old: Numbers, new: Numbers) -> bool:
    """Return whether names and numbers that both types have are the same in both.

    If they are, the new type counts as the old one under another name.
    """
    names = {entry.number: name for name, entry in old.live.items()}
    return all(
        names.get(entry.number, name) == name and (name not in old.live or old.live[name] == entry)
        for name, entry in new.live.items()
    )
