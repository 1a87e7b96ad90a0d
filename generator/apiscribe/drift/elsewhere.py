"""Finds fields that a message of one version has elsewhere in the other one.

Where messages have no names, as between pages and a document, one of the pages may be several
schemas, and the fields of a request may be those of each item of a list.
"""

from __future__ import annotations

from collections.abc import Iterator

from apiscribe.drift.change_list import Changes
from apiscribe.drift.declarations import Declarations
from apiscribe.drift.pairing import Pairs
from apiscribe.model.api import Field, Message
from apiscribe.model.names import snake
from apiscribe.model.types import values_type

_ANY = "google.protobuf.Value"


def is_kept_elsewhere(
    field: Field, old: Message, new: Message, pairs: Pairs, changes: Changes
) -> bool:
    """Return whether another new message for the old one has a removed field, or may have it."""
    names = pairs.uses.get(old.full_name, {})
    if _ANY in names:
        changes.skip("types", changes.new, "it leaves a type open")
        return True
    if new.full_name in pairs.uses.get(field.type.name, ()) and not field.repeated:
        return True  # its fields are those of the new message
    others = [*names, *_items(new, old, pairs)]
    return any(_has(name, field, changes.new) for name in others)


def was_elsewhere(field: Field, old: Message, new: Message, pairs: Pairs, changes: Changes) -> bool:
    """Return whether another old message for the new one has an added field, or may have it."""
    names = [name for name, targets in pairs.uses.items() if new.full_name in targets]
    if _ANY in names:
        changes.skip("types", changes.old, "it leaves a type open")
        return True
    is_list = values_type(field.type).name in _items(new, old, pairs)
    others = [*names, *_items(old, new, pairs)]
    is_shown = field.json_name in pairs.shown.get(new.full_name, ())
    if is_list or is_shown:
        return True
    return any(_has(name, field, changes.old) for name in others)


def _items(message: Message, other: Message, pairs: Pairs) -> Iterator[str]:
    """Yield the type of the list that a message consists of, if the other one is not a list."""
    if pairs.uses:
        names = {field.json_name for field in other.fields}
        own = [field for field in message.fields if field.json_name not in names]
        if len(own) == 1 and own[0].repeated:
            yield own[0].type.name


def _has(name: str, field: Field, declarations: Declarations) -> bool:
    message = declarations.messages.get(name)
    # `webhook.id` in a path of pages is `webhook_id`.
    names = {snake(each.json_name) for each in message.fields} if message else set[str]()
    return snake(field.json_name) in names
