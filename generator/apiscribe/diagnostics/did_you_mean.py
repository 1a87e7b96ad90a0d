"""Suggest the known name that a misspelled one was probably meant to be."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from functools import lru_cache

# From which likeness on, of 0 to 1, two names are near.
_NEAR = 0.75


@lru_cache(maxsize=10_000)
def _letters(name: str) -> frozenset[str]:
    return frozenset(name)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """` (did you mean "X"?)` where a known name is near, else nothing."""
    # What two names have in common must be so long. Most lack too many of the letters for it, which
    # is seen in a hundredth of the time.
    letters, length = _letters(name), len(name)
    candidates = [
        other
        for other in known
        if (least := _NEAR * (length + len(other)) / 2) <= length
        and least <= len(other)
        and len(letters - _letters(other)) <= length - least
    ]
    near = difflib.get_close_matches(name, candidates, n=1, cutoff=_NEAR)
    return f' (did you mean "{near[0]}"?)' if near else ""
