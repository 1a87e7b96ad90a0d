"""The functions that queries need and SQLite lacks."""

from __future__ import annotations

import json
import math
from decimal import Decimal
from functools import lru_cache
from typing import Any

from . import regular_expressions, times


def add_functions(connection: Any) -> None:
    """Register the functions on a connection."""
    for name, function, arguments in _FUNCTIONS:
        connection.create_function(name, arguments, function, deterministic=True)


def _as_list(value: Any) -> str:
    """Return the JSON of a list, or of the list with any other value."""
    if value is None:
        return "[null]"
    text = str(value)
    return text if text.startswith("[") else f"[{text}]"


def _contains(value: Any, part: str) -> bool | None:
    return part in value.lower() if isinstance(value, str) else None


def _search(patterns: str, value: Any) -> bool:
    return isinstance(value, str) and any(
        pattern.search(value) is not None for pattern in _compiled(patterns)
    )


@lru_cache(maxsize=256)
def _compiled(patterns: str) -> list[Any]:
    """Compile the patterns of a JSON list."""
    return [regular_expressions.compiled(pattern) for pattern in json.loads(patterns)]


def _time(value: Any) -> str | None:
    """Return what `sql_dialects.time` promises; strftime would read 30 February as 1 March."""
    time = times.stored_time(value) if isinstance(value, str) else None
    return times.in_sql(time) if time else None


def _to_json(value: Any) -> str:
    if isinstance(value, float):
        return "9e999" if math.isinf(value) else json.dumps(_whole(value))
    return json.dumps(value, ensure_ascii=False)


def _canonical(value: str) -> str:
    parsed = json.loads(value, parse_float=_parse_number)
    try:
        return json.dumps(parsed, ensure_ascii=False, sort_keys=True, allow_nan=False)
    except ValueError:
        return value  # a number in it is out of range, and `aggregate.loads` refuses it


def _parse_number(text: str) -> int | float:
    return _whole(float(text))


def _whole(number: float) -> int | float:
    """Return the number, as an integer if it is one; -0.0 is 0."""
    return int(number) if number.is_integer() else number


def _decimal_sum(numbers: str | None) -> float | None:
    if numbers is None:
        return None
    return float(sum(map(Decimal, numbers.split()), Decimal()))


def _merge_objects(objects: str) -> str:
    merged: dict[str, Any] = {}
    for value in json.loads(objects):
        merged |= value if isinstance(value, dict) else {}
    return json.dumps(merged, ensure_ascii=False)


def _object_to_array(object_: str) -> str:
    members = [{"k": key, "v": value} for key, value in sorted(json.loads(object_).items())]
    return json.dumps(members, ensure_ascii=False)


def _array_to_object(members: str) -> str:
    result = {}
    for member in json.loads(members):
        match member:
            case {"k": str(key), "v": value} | [str(key), value, *_]:
                result[key] = value
    return json.dumps(result, ensure_ascii=False)


_FUNCTIONS = (
    ("array_to_object", _array_to_object, 1),
    ("as_list", _as_list, 1),
    ("canonical_json", _canonical, 1),
    ("decimal_sum", _decimal_sum, 1),
    ("iso_time", _time, 1),
    ("contains_lower", _contains, 2),
    ("merge_objects", _merge_objects, 1),
    ("object_to_array", _object_to_array, 1),
    ("re2_search", _search, 2),
    ("to_json", _to_json, 1),
)
