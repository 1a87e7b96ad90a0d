"""Two locks of one API, as two branches wrote them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from apiscribe.model.lock.entries import Lock, Numbered, Numbers

# Owner, name, and what is to be said of it.
Moved = tuple[str, str, str]

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
    owners |= dict.fromkeys(ours.reserved_numbers, "a reserved one")
    added: dict[str, Numbered] = {}
    for key, entry in theirs.named().items():
        if key in have:
            if have[key].number != entry.number:
                moved.append((name, key, _said(name, key, entry, f"{have[key].number} on ours")))
        elif entry.number in owners:
            taken = f"that number is {owners[entry.number]}'s on ours; it gets another"
            moved.append((name, key, _said(name, key, entry, taken)))
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


def _said(name: str, key: str, entry: Numbered, instead: str) -> str:
    return (
        f"{name}.{key} has the number {entry.number} on the other side of the merge, and {instead}"
    )
