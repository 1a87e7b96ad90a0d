"""What several emitters need of an Api, computed once."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from apiscribe.model.api import Api

T = TypeVar("T")


def once_per_api(compute: Callable[[Api], T]) -> Callable[[Api], T]:
    """Keep the result of a function for the Api that it was last called with."""
    last: list[tuple[weakref.ref[Api], T]] = []

    @wraps(compute)
    def kept(api: Api) -> T:
        if not last or last[0][0]() is not api:
            last[:] = [(weakref.ref(api), compute(api))]
        return last[0][1]

    return kept
