"""How much a query may ask for. What passes is refused before the database is asked."""

from __future__ import annotations

from collections.abc import Sized
from typing import Any

from .errors import query_failed

CONDITIONS = 100  # of one query; each text that contain_in looks for is one
VALUES = 1000  # that `in` and `not_in` compare with, in all of one query
WORDS = 20  # of a keyword
NAMES = 200  # in `only`
SORT_KEYS = 20
STAGES = 20
PARTS = 1000  # of all stages: objects, lists and values
GROUP_KEYS = 20
FIELDS = 100  # of a group, a push, a project or an analysis
FIELD_CONDITIONS = 20
MEMBERS = 20  # of an object that `match` compares with
DEPTH = 8  # of calculations in calculations
FORMAT = 100  # characters of a date_format


def parts(value: Any) -> int:
    """How many objects, lists and values a JSON value is made of."""
    match value:
        case dict():
            return 1 + sum(map(parts, value.values()))
        case list():
            return 1 + sum(map(parts, value))
        case _:
            return 1


def at_most(most: int, found: Sized | int, what: str) -> None:
    """Raise ApiError where there are more than that."""
    if (found if isinstance(found, int) else len(found)) > most:
        raise query_failed(f"more than {most} {what}")
