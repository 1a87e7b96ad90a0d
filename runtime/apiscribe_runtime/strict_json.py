"""Strict JSON requests: what two parsers may read differently is an error."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from itertools import chain
from typing import Any

from pydantic_core import from_json

from .errors import ApiError, invalid_parameter, not_utf8

_MOST_CONTAINERS = 100_000  # objects and lists of a request


def read_json(text: bytes, max_depth: int) -> Any:
    """Return the value of a JSON text (RFC 8259). Raises ApiError if it is not JSON or not UTF-8,
    nests deeper than `max_depth`, has too many objects and lists, or a duplicate key in an object.
    """
    try:
        text.decode()
    except UnicodeDecodeError as error:
        raise not_utf8() from error
    try:
        value = from_json(text, allow_inf_nan=False)
        check_depth(value, max_depth)
        json.loads(text, object_pairs_hook=_check_duplicates)
    except RecursionError:
        raise too_deep(max_depth) from None
    except ValueError as error:
        # This is jiter's message. Its limit is below Python's, and far from a stack overflow.
        if "recursion limit" in str(error):
            raise too_deep(max_depth) from None
        raise invalid_parameter("body", f"not JSON: {error}") from error
    return value


def check_depth(value: Any, max_depth: int) -> None:
    """Raise ApiError if objects and lists nest deeper than `max_depth`, or if there are too many:
    each takes a hundred times the memory of its two bytes.
    """
    level = _containers([value])
    count = 0
    for _ in range(max_depth):
        count += len(level)
        if count > _MOST_CONTAINERS:
            reason = f"more than {_MOST_CONTAINERS} objects and lists"
            raise invalid_parameter("request", reason)
        inner = (item.values() if isinstance(item, dict) else item for item in level)
        level = _containers(chain.from_iterable(inner))
        if not level:
            return
    raise too_deep(max_depth)


def _containers(values: Iterable[Any]) -> list[Any]:
    return [value for value in values if isinstance(value, dict | list)]


def too_deep(max_depth: int) -> ApiError:
    """Return the error for a request that nests too deep."""
    return invalid_parameter("request", f"nested deeper than {max_depth} levels")


def _check_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        [(duplicate, _)] = Counter(key for key, _ in pairs).most_common(1)
        raise ValueError(f"duplicate key {duplicate!r} in an object")
    return result
