"""The functions that queries need and SQLite lacks."""

from __future__ import annotations

import json
import math
from decimal import Decimal
from typing import Any

from . import regular_expressions, times


def add_functions(connection: Any) -> None:
    """Give them to a connection."""
    for name, function, arguments in _FUNCTIONS:
        connection.create_function(name, arguments, function, deterministic=True)


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else None


def _search(pattern: str, value: Any) -> bool:
    return (
        isinstance(value, str) and regular_expressions.compiled(pattern).search(value) is not None
    )


def _time(value: Any) -> str | None:
    """As `sql_dialects.time` writes it: SQLite's own strftime reads 30 February as 1 March."""
    found = times.stored_time(value) if isinstance(value, str) else None
    return times.in_sql(found) if found else None


def _to_json(value: Any) -> str:
    if isinstance(value, float):
        return "9e999" if math.isinf(value) else json.dumps(_whole(value))
    return json.dumps(value, ensure_ascii=False)


def _canonical(value: str) -> str:
    found = json.loads(value, parse_float=_plain)
    try:
        return json.dumps(found, ensure_ascii=False, sort_keys=True, allow_nan=False)
    except ValueError:
        return value  # it holds a number that is out of range, which the answer refuses


def _plain(written: str) -> int | float:
    return _whole(float(written))


def _whole(number: float) -> int | float:
    """The number, an integer where it is one: of -0.0 too, which is 0."""
    return int(number) if number.is_integer() else number


def _decimal_sum(numbers: str | None) -> float | None:
    if numbers is None:
        return None
    return float(sum(map(Decimal, numbers.split()), Decimal()))


def _merge_objects(listed: str) -> str:
    found: dict[str, Any] = {}
    for value in json.loads(listed):
        found |= value if isinstance(value, dict) else {}
    return json.dumps(found, ensure_ascii=False)


def _object_to_array(written: str) -> str:
    members = [{"k": key, "v": value} for key, value in sorted(json.loads(written).items())]
    return json.dumps(members, ensure_ascii=False)


def _array_to_object(listed: str) -> str:
    found = {}
    for entry in json.loads(listed):
        match entry:
            case {"k": str(key), "v": value} | [str(key), value, *_]:
                found[key] = value
    return json.dumps(found, ensure_ascii=False)


_FUNCTIONS = (
    ("array_to_object", _array_to_object, 1),
    ("canonical_json", _canonical, 1),
    ("decimal_sum", _decimal_sum, 1),
    ("iso_time", _time, 1),
    ("unicode_lower", _lower, 1),
    ("merge_objects", _merge_objects, 1),
    ("object_to_array", _object_to_array, 1),
    ("re2_search", _search, 2),
    ("to_json", _to_json, 1),
)
