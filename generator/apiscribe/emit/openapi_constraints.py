"""Constraints of fields as keywords of JSON Schema: only valid ones, at the list or its items."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

Keywords = dict[str, Any]

_OF_LISTS = frozenset({"minItems", "maxItems", "uniqueItems", "readOnly", "writeOnly"})


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_positive(value: Any) -> bool:
    return _is_number(value) and bool(value > 0)


def _is_size(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _is_pattern(value: Any) -> bool:
    try:
        return isinstance(value, str) and re.compile(value) is not None
    except (re.error, OverflowError, RecursionError):
        return False


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def _is_list(value: Any) -> bool:
    return isinstance(value, list | tuple) and bool(value)


# Keyword → a check of its value. Source: JSON Schema 2020-12, Validation.
_CHECKS: Mapping[str, Callable[[Any], bool]] = {
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), _is_number),
    "multipleOf": _is_positive,
    **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems"), _is_size),
    **dict.fromkeys(("minProperties", "maxProperties"), _is_size),
    **dict.fromkeys(("uniqueItems", "readOnly", "writeOnly"), _is_flag),
    "pattern": _is_pattern,
    "format": _is_text,
    "enum": _is_list,
}


def split_constraints(
    constraints: Mapping[str, Any], repeated: bool
) -> tuple[Keywords, Keywords, list[tuple[str, str]]]:
    """Return the keywords of a list, those of a value, and the unusable ones as names and texts."""
    whole: Keywords = {}
    items: Keywords = {}
    unusable: list[tuple[str, str]] = []
    for keyword, value in constraints.items():
        check = _CHECKS.get(keyword)
        if check is None or not check(value):
            unusable.append((keyword, json.dumps(value, ensure_ascii=False)))
        elif repeated and keyword in _OF_LISTS:
            whole[keyword] = value
        else:
            items[keyword] = list(value) if isinstance(value, tuple) else value
    return whole, items, unusable
