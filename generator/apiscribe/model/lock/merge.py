"""Two locks of one API, as two branches wrote them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from apiscribe.diagnostics.codes import Message
from apiscribe.diagnostics.codes.lock import merged_name, merged_number
from apiscribe.model.lock.entries import Lock, Numbered, Numbers

# Owner, name, and the message about it.
Moved = tuple[str, str, Message]

# What git leaves in a file that two branches changed, with merge.conflictStyle diff3 too.
_CONFLICT = re.compile(
    r"^<{7}(?: .*)?\n(?P<ours>(?:.*\n)*?)(?:\|{7}(?: .*)?\n(?:.*\n)*?)?={7}\n"
    r"(?P<theirs>(?:.*\n)*?)>{7}(?: .*)?(?:\n|\Z)",
    re.MULTILINE,
)


def sides(text: str) -> list[str]:
    """The text; or where git left conflicts in it, the text of each side."""
    if not _CONFLICT.search(text):
        return [text]
    return [_CONFLICT.sub(rf"\g<{side}>", text) for side in ("ours", "theirs")]


def merged(ours: Lock, theirs: Lock) -> tuple[Lock, list[Moved]]:
    """All that both sides have; and what has another number on the other side than on ours, which
    counts.
    """
    moved: list[Moved] = []
    return (
        Lock(
            messages=_tables(ours.messages, theirs.messages, moved),
            enums=_tables(ours.enums, theirs.enums, moved),
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
    have = ours.named()
    owners = {entry.number: key for key, entry in have.items()}
    owners |= dict.fromkeys(ours.reserved_numbers, "")
    added: dict[str, Numbered] = {}
    for key, entry in theirs.named().items():
        if key in have:
            if have[key].number != entry.number:
                message = merged_number(f"{name}.{key}", have[key].number, entry.number)
                moved.append((name, key, message))
        elif entry.number in owners:
            message = merged_name(f"{name}.{key}", entry.number, owners[entry.number])
            moved.append((name, key, message))
        else:
            added[key] = entry
    # A number without a name may have got one on the other side.
    nameless = {*ours.reserved_numbers, *theirs.reserved_numbers}
    nameless -= {entry.number for entry in (*have.values(), *added.values())}
    return Numbers(
        live={**ours.live, **{key: e for key, e in added.items() if key in theirs.live}},
        reserved={
            **ours.reserved,
            **{key: e for key, e in added.items() if key not in theirs.live},
        },
        reserved_numbers=tuple(sorted(nameless)),
    )
