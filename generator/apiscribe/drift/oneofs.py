"""Compares the oneofs that the fields of a message are in: one entry for each move."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from apiscribe.drift.change_list import Changes
from apiscribe.model.api import Field, Message


def compare_oneofs(old: Message, new: Message, names: Mapping[str, str], changes: Changes) -> None:
    """Report fields that moved into a oneof, out of one or to another, and renamed oneofs. `names`
    are old name → new name of the fields that both versions have.
    """
    others = {field.json_name: field for field in new.fields}
    moves: defaultdict[tuple[str, str], list[tuple[Field, Field]]] = defaultdict(list)
    for field in old.fields:
        other = others.get(names.get(field.json_name, ""))
        if (
            other
            and field.oneof != other.oneof
            and changes.both_know_attribute("oneofs", old.full_name, new.full_name)
        ):
            moves[field.oneof, other.oneof].append((field, other))
    for (was, now), fields in moves.items():
        first, other = fields[0]
        moved = [field.json_name for field, _ in fields]
        if was and now and _is_renamed((old, was), (new, now), names):
            message = f"the oneof {was} was renamed to {now}"
            changes.add(
                "oneof-changed",
                f"{old.full_name}.{was}",
                message,
                first.span,
                other.span,
                grade="source",
                details=tuple(moved),
            )
            continue
        symbol = moved[0] if len(moved) == 1 else was or now
        message = f"{' and '.join(moved)} moved {_move(was, now)}"
        changes.add("oneof-changed", f"{old.full_name}.{symbol}", message, first.span, other.span)


def _is_renamed(
    old: tuple[Message, str], new: tuple[Message, str], names: Mapping[str, str]
) -> bool:
    """Return whether a oneof has the fields of another one."""
    before, after = (
        [field.json_name for field in message.fields if field.oneof == oneof]
        for message, oneof in (old, new)
    )
    return sorted(names.get(name, "") for name in before) == sorted(after)


def _move(old: str, new: str) -> str:
    if old and new:
        return f"from the oneof {old} to the oneof {new}"
    return f"into the oneof {new}" if new else f"out of the oneof {old}"
