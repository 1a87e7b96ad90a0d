"""The steps of a run: their duration, counts and progress."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")
# Displays the progress of a step: (label, items, number of items) → the same items.
Progress = Callable[[str, Iterable[Any], int], Iterable[Any]]


@dataclass(frozen=True)
class Step:
    """A completed step: its name, its counts (such as files written) and its duration."""

    name: str
    counts: Counter[str]
    seconds: float


class Profile:
    """The completed steps of a run, in order; `progress` displays the current one."""

    def __init__(self, progress: Progress | None = None) -> None:
        self.steps: list[Step] = []
        self._progress = progress

    @contextmanager
    def step(self, name: str) -> Iterator[Counter[str]]:
        """Time a step, and yield the counter for its counts."""
        counts: Counter[str] = Counter()
        start = time.perf_counter()
        yield counts
        self.steps.append(Step(name, counts, time.perf_counter() - start))

    def track(self, label: str, items: Iterable[T], total: int) -> Iterable[T]:
        """Yield the items, and display how many of `total` are done."""
        return self._progress(label, items, total) if self._progress else items
