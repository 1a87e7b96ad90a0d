"""The functions that queries need and SQLite lacks."""

from __future__ import annotations

from typing import Any

from . import patterns


def add_functions(connection: Any) -> None:
    """Give them to a connection."""
    for name, function, arguments in _FUNCTIONS:
        connection.create_function(name, arguments, function, deterministic=True)


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else None


def _search(pattern: str, value: Any) -> bool:
    return isinstance(value, str) and patterns.compiled(pattern).search(value) is not None


_FUNCTIONS = (
    ("unicode_lower", _lower, 1),
    ("re2_search", _search, 2),
)
