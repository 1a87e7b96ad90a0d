"""The steps of a run as they are taken: how long each took, how much it did, how far it is."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

# What shows people how far a long step is: (what is done, things, how many) → the same things.
Follow = Callable[[str, Iterable[Any], int], Iterable[Any]]


@dataclass(frozen=True)
class Step:
    """A step that was taken: what it did, how often, and the seconds that it took."""

    name: str
    counts: Counter[str]
    seconds: float


class Steps:
    """The steps that were taken, in order. `follow` shows the progress of the one being taken."""

    def __init__(self, follow: Follow | None = None) -> None:
        self.taken: list[Step] = []
        self._follow = follow

    @contextmanager
    def step(self, name: str) -> Iterator[Counter[str]]:
        """Take a step, and enter into the counter what it does."""
        counts: Counter[str] = Counter()
        begun = time.perf_counter()
        yield counts
        self.taken.append(Step(name, counts, time.perf_counter() - begun))

    def follow(self, what: str, things: Iterable[Any], total: int) -> Iterable[Any]:
        """The things, one after another, with their progress shown where somebody wants it."""
        return self._follow(what, things, total) if self._follow else things
