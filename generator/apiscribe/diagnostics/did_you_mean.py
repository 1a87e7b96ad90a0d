"""Suggest a known name for a misspelled name."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from functools import lru_cache

# The lowest ratio of difflib, from 0 to 1, at which two names count as similar.
_SIMILAR = 0.75


@lru_cache(maxsize=10_000)
def _letters(name: str) -> frozenset[str]:
    return frozenset(name)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return ` (did you mean "X"?)` if a known name is similar, else an empty text."""
    return _suggestion(name, tuple(known))


# A process that watches pages looks for the same names again after each change.
@lru_cache(maxsize=1_000)
def _suggestion(name: str, known: tuple[str, ...]) -> str:
    # A similar name shares at least this many letters. Most names do not, which takes a hundredth
    # of the time to find out.
    letters, length = _letters(name), len(name)
    candidates = [
        other
        for other in known
        if (least := _SIMILAR * (length + len(other)) / 2) <= length
        and least <= len(other)
        and len(letters - _letters(other)) <= length - least
    ]
    matches = difflib.get_close_matches(name, candidates, n=1, cutoff=_SIMILAR)
    return f' (did you mean "{matches[0]}"?)' if matches else ""
