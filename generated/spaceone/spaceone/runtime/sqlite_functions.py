"""The functions that queries need and SQLite lacks."""

from __future__ import annotations

from typing import Any

from . import patterns, times


def add_functions(connection: Any) -> None:
    """Give them to a connection."""
    for name, function, arguments in _FUNCTIONS:
        connection.create_function(name, arguments, function, deterministic=True)


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else None


def _search(pattern: str, value: Any) -> bool:
    return isinstance(value, str) and patterns.compiled(pattern).search(value) is not None


def _time(value: Any) -> str | None:
    """As `json_functions.time` writes it: SQLite's own strftime reads 30 February as 1 March."""
    found = times.stored_time(value) if isinstance(value, str) else None
    return times.in_sql(found) if found else None


_FUNCTIONS = (
    ("iso_time", _time, 1),
    ("unicode_lower", _lower, 1),
    ("re2_search", _search, 2),
)
