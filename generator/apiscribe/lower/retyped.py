"""Fields whose type changed under their number."""

from __future__ import annotations

from collections.abc import Mapping

from apiscribe.diagnostics.codes.lock import incompatible_type
from apiscribe.diagnostics.report import Report
from apiscribe.lower.numbers import type_text
from apiscribe.model.api import SCALARS, Api, Field, Message
from apiscribe.model.lock import Lock, Numbered, Numbers
from apiscribe.model.wire_types import scalars_are_alike


def check_types(
    api: Api, before: Lock, after: Lock, accepted: Mapping[str, str], report: Report
) -> None:
    """Report the fields whose type is none that a client of the old one can read. `accepted` holds
    the old types of those that the overlay lets pass, by the full names of the fields.
    """
    for _, message in api.messages():
        known = before.messages.get(message.full_name, Numbers()).named()
        kept = after.messages[message.full_name].live
        for field in message.fields:
            entry = known.get(field.json_name)
            if entry is None or not entry.type or kept[field.json_name] == entry:
                continue
            full_name = f"{message.full_name}.{field.json_name}"
            if accepted.get(full_name) == entry.type:
                continue
            if not _alike(entry.type, field, before, after):
                _refuse(message, field, entry, report)


def _refuse(message: Message, field: Field, entry: Numbered, report: Report) -> None:
    full_name = f"{message.full_name}.{field.json_name}"
    report.add(
        incompatible_type(full_name, type_text(field), entry.number, entry.type),
        field.span,
        mark=field.json_name,
    )


def _alike(old: str, field: Field, before: Lock, after: Lock) -> bool:
    """Whether a client that knows the old type can read and write the new one.

    A list of texts or messages is read as its last or merged one by a client that knows no list; a
    list of numbers is packed, and is not. Source: language guide (proto3), "Updating A Message
    Type".
    """
    old_name = old.removeprefix("repeated ")
    new_name = field.type.name
    if (old_name != old) != field.repeated and not _is_delimited(field):
        return False
    if old_name == new_name:
        return True
    if old_name in SCALARS or new_name in SCALARS:
        return scalars_are_alike(old_name, new_name)
    tables = (before.enums, after.enums)
    if field.type.kind == "message":
        tables = (before.messages, after.messages)
    if old_name not in tables[0] or new_name not in tables[1]:
        return False
    return _agree(tables[0][old_name], tables[1][new_name])


def _is_delimited(field: Field) -> bool:
    return field.type.kind == "message" or field.type.name in ("string", "bytes")


def _agree(old: Numbers, new: Numbers) -> bool:
    """Whether what both have by name or by number is the same in both. A type that another type
    replaced is a renamed one then.
    """
    names = {entry.number: name for name, entry in old.live.items()}
    return all(
        names.get(entry.number, name) == name and (name not in old.live or old.live[name] == entry)
        for name, entry in new.live.items()
    )
