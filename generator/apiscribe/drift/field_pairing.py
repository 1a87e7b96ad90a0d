"""Pairs the fields of a message that both versions have, renamed ones too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from apiscribe.drift.change_list import Changes
from apiscribe.drift.elsewhere import is_kept_elsewhere
from apiscribe.drift.pairing import Pairs
from apiscribe.model.api import Field, Message
from apiscribe.model.names import snake


def pair_fields(old: Message, new: Message, pairs: Pairs, changes: Changes) -> dict[str, str]:
    """Return old name → new name of the fields. A removed and an added field are a pair if they
    have the same number, or without known numbers the same place in a path, the same words
    (`userId`, `user_id`), or the same type and neighbors.
    """
    new_names = {field.json_name for field in new.fields}
    paired = {f.json_name: f.json_name for f in old.fields if f.json_name in new_names}
    removed = [field for field in old.fields if field.json_name not in new_names]
    added = [field for field in new.fields if field.json_name not in paired]
    if changes.old.knows_numbers(old) and changes.new.knows_numbers(new):
        by_number = {field.number: field.json_name for field in added}
        for field in removed:
            if field.number in by_number:
                paired[field.json_name] = by_number[field.number]
        return paired
    renamed = pairs.path_parameters.get(old.full_name, {})
    in_path = {name: f.json_name for f in added for name in (f.name, f.json_name)}
    for field in removed:
        now = renamed.get(field.json_name) or renamed.get(field.name)
        if now and in_path.get(now) and in_path[now] not in paired.values():
            paired[field.json_name] = in_path[now]
    same_words = {
        snake(f.json_name): f.json_name for f in added if f.json_name not in paired.values()
    }
    for field in removed:
        if field.json_name not in paired and snake(field.json_name) in same_words:
            paired[field.json_name] = same_words.pop(snake(field.json_name))
    removed = [
        field
        for field in removed
        if field.json_name not in paired and not is_kept_elsewhere(field, old, new, pairs, changes)
    ]
    added = [field for field in added if field.json_name not in paired.values()]
    neighbors = _neighbors(new.fields)
    for field in removed:
        before, after = _neighbors(old.fields)[field.json_name]
        for other in added:
            same_neighbors = neighbors[other.json_name] == (
                paired.get(before, ""),
                paired.get(after, ""),
            )
            same = pairs.type_name(field.type.name) == other.type.name
            if same_neighbors and same and field.repeated == other.repeated:
                paired[field.json_name] = other.json_name
                break
    return paired


def _neighbors(fields: Sequence[Field]) -> Mapping[str, tuple[str, str]]:
    names = ["", *(field.json_name for field in fields), ""]
    return {name: (names[at], names[at + 2]) for at, name in enumerate(names[1:-1])}
