"""The steps of a run as they are taken: how long each took, how much it did, how far it is."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")
# Shows how far a long step is: (label, items, how many) → the same items.
Progress = Callable[[str, Iterable[Any], int], Iterable[Any]]


@dataclass(frozen=True)
class Step:
    """A step that was taken: what it did, how often, and the seconds that it took."""

    name: str
    counts: Counter[str]
    seconds: float


class Profile:
    """The steps of a run, in order; `progress` shows how far the present one is."""

    def __init__(self, progress: Progress | None = None) -> None:
        self.steps: list[Step] = []
        self._progress = progress

    @contextmanager
    def step(self, name: str) -> Iterator[Counter[str]]:
        """Time a step; what it does goes into the counter."""
        counts: Counter[str] = Counter()
        begun = time.perf_counter()
        yield counts
        self.steps.append(Step(name, counts, time.perf_counter() - begun))

    def track(self, label: str, items: Iterable[T], total: int) -> Iterable[T]:
        """Yield the items, and show how many of `total` are done."""
        return self._progress(label, items, total) if self._progress else items
