"""Finds renamed values of an enum without numbers: those that went and came in the same place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def renamed_in_place(old: Sequence[str], new: Sequence[str]) -> Mapping[str, str]:
    """Return old name → new name of values that went and came between the same other values."""
    gone, came = (
        {neighbors: name for name, neighbors in _neighbors(names) if name not in others}
        for names, others in ((old, new), (new, old))
    )
    return {name: came[neighbors] for neighbors, name in gone.items() if neighbors in came}


def _neighbors(names: Sequence[str]) -> list[tuple[str, tuple[str, str]]]:
    return [
        (name, (before, after))
        for name, before, after in zip(names, ["", *names], [*names[1:], ""], strict=False)
    ]
