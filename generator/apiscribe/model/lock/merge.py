"""Merges the locks of two branches."""

from __future__ import annotations

import re
from collections.abc import Mapping

from apiscribe.diagnostics.codes import Message
from apiscribe.diagnostics.codes.lock import merged_identifier, merged_name, merged_number
from apiscribe.model.lock.entries import Lock, NameKind, Names, Numbered, Numbers

# The message or enum, the field or value, and the diagnostic's message.
Moved = tuple[str, str, Message]

# The conflict markers of git, with merge.conflictStyle diff3 too.
_CONFLICT = re.compile(
    r"^<{7}(?: .*)?\n(?P<ours>(?:.*\n)*?)(?:\|{7}(?: .*)?\n(?:.*\n)*?)?={7}\n"
    r"(?P<theirs>(?:.*\n)*?)>{7}(?: .*)?(?:\n|\Z)",
    re.MULTILINE,
)


def split_conflict(text: str) -> list[str]:
    """Return the text, or the text of each side if git left conflicts in it."""
    if not _CONFLICT.search(text):
        return [text]
    return [_CONFLICT.sub(rf"\g<{side}>", text) for side in ("ours", "theirs")]


def merge_locks(ours: Lock, theirs: Lock) -> tuple[Lock, list[Moved]]:
    """Return the entries of both sides, and the entries that differ: ours count."""
    moved: list[Moved] = []
    return (
        Lock(
            messages=_tables(ours.messages, theirs.messages, moved),
            enums=_tables(ours.enums, theirs.enums, moved),
            names=_all_names(ours.names, theirs.names, moved),
        ),
        moved,
    )


def _tables(
    ours: Mapping[str, Numbers], theirs: Mapping[str, Numbers], moved: list[Moved]
) -> dict[str, Numbers]:
    both = {
        name: _numbers(name, ours[name], theirs[name], moved) for name in ours if name in theirs
    }
    return {**theirs, **ours, **both}


def _numbers(name: str, ours: Numbers, theirs: Numbers, moved: list[Moved]) -> Numbers:
    our_names = ours.named()
    owners = {entry.number: key for key, entry in our_names.items()}
    owners |= dict.fromkeys(ours.reserved_numbers, "")
    added: dict[str, Numbered] = {}
    for key, entry in theirs.named().items():
        if key in our_names:
            if our_names[key].number != entry.number:
                message = merged_number(f"{name}.{key}", our_names[key].number, entry.number)
                moved.append((name, key, message))
        elif entry.number in owners:
            message = merged_name(f"{name}.{key}", entry.number, owners[entry.number])
            moved.append((name, key, message))
        else:
            added[key] = entry
    # A number without a name on one side may have a name on the other.
    nameless = {*ours.reserved_numbers, *theirs.reserved_numbers}
    nameless -= {entry.number for entry in (*our_names.values(), *added.values())}
    return Numbers(
        live={**ours.live, **{key: e for key, e in added.items() if key in theirs.live}},
        reserved={
            **ours.reserved,
            **{key: e for key, e in added.items() if key not in theirs.live},
        },
        reserved_numbers=tuple(sorted(nameless)),
    )


def _all_names(ours: Names, theirs: Names, moved: list[Moved]) -> Names:
    result: dict[str, dict[NameKind, Mapping[str, str]]] = {}
    for owner in {**theirs, **ours}:
        our_kinds, their_kinds = ours.get(owner, {}), theirs.get(owner, {})
        result[owner] = {
            kind: _names(owner, our_kinds.get(kind, {}), their_kinds.get(kind, {}), kind, moved)
            for kind in {**their_kinds, **our_kinds}
        }
    return result


def _names(
    owner: str,
    ours: Mapping[str, str],
    theirs: Mapping[str, str],
    kind: NameKind,
    moved: list[Moved],
) -> dict[str, str]:
    # Equal objects share a name.
    owners = {} if kind == "objects" else {used: name for name, used in ours.items()}
    names = dict(ours)
    for name, used in theirs.items():
        if ours.get(name, used) != used or owners.get(used, name) != name:
            first = f"{owner}.{owners.get(used, name)}", ours.get(name, used)
            message = merged_identifier(f"{owner}.{name}", used, *first)
            moved.append((owner, name, message))
        else:
            names[name] = used
    return names
