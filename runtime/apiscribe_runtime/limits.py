"""The limits of a query. A query above them is an error before the database runs it."""

from __future__ import annotations

from collections.abc import Sized
from typing import Any

from .errors import query_failed

CONDITIONS = 100  # in a query; each text of contain_in counts as one
VALUES = 1000  # of all `in` and `not_in` in a query
SEARCHED = 10_000  # characters of all `contain` and `regex` in a query
WORDS = 20  # in `keyword`
NAMES = 200  # in `only`
SORT_KEYS = 20
STAGES = 20
STORED = 256 << 20  # bytes that the database stores to sort or to group them
VALUE = 64 << 20  # bytes of a value, or of a row between stages
ROW = 32  # bytes of a stored row besides its columns
PARTS = 1000  # objects, lists and values in all stages
GROUP_KEYS = 20
FIELDS = 100  # in a group, a push, a project or an AnalyzeQuery
FIELD_CONDITIONS = 20
MEMBERS = 20  # in an object of `match`
DEPTH = 8  # of nested calculations
FORMAT = 100  # characters of a date_format


def parts(value: Any) -> int:
    """Return the number of objects, lists and scalars in a JSON value."""
    match value:
        case dict():
            return 1 + sum(map(parts, value.values()))
        case list():
            return 1 + sum(map(parts, value))
        case _:
            return 1


def at_most(limit: int, items: Sized | int, what: str) -> None:
    """Raise ApiError if there are more than `limit` items."""
    if (items if isinstance(items, int) else len(items)) > limit:
        raise query_failed(f"more than {limit} {what}")
