"""Finds the limits of fields that recorded values break: bounds, lengths, patterns and formats."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from ipaddress import IPv4Address, IPv6Address
from typing import Any
from uuid import UUID

from apiscribe.emit.openapi_constraints import split_constraints
from apiscribe.model.api import Field

_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_PERSON = re.compile(r"[^@\s]+@[^@\s]+")
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")


def broken_limit(value: Any, one: Field) -> str:
    """Return the first limit of a field that a value of it breaks, or a list of them as a whole;
    empty for none.
    """
    whole, items, _ = split_constraints(one.constraints, one.repeated)
    limits = whole if isinstance(value, list) else items
    for keyword, limit in limits.items():
        holds = _CHECKS.get(keyword)
        if holds and not holds(value, limit):
            return f"{keyword} {limit}"
    return ""


def broken_limit_of_text(text: str, one: Field) -> str:
    """Return the first limit that a value in a query breaks; numbers are texts there."""
    value: Any = text
    if {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"} & one.constraints.keys():
        try:
            value = float(text)
        except ValueError:
            return ""
    return broken_limit(value, one)


def _number(check: Callable[[float, float], bool]) -> Callable[[Any, Any], bool]:
    def holds(value: Any, limit: Any) -> bool:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return not is_number or check(value, limit)

    return holds


def _size(
    kind: type[str] | type[list[Any]], check: Callable[[int, int], bool]
) -> Callable[[Any, Any], bool]:
    def holds(value: Any, limit: Any) -> bool:
        return not isinstance(value, kind) or check(len(value), limit)

    return holds


def _has_pattern(value: Any, pattern: Any) -> bool:
    try:
        return not isinstance(value, str) or re.search(pattern, value) is not None
    except re.error:  # JavaScript has other patterns
        return True


def _has_format(value: Any, name: Any) -> bool:
    check = _FORMATS.get(name)
    if check is None or not isinstance(value, str):
        return True
    try:
        return bool(check(value))
    except ValueError:
        return False


def _is_day(text: str) -> bool:
    return _DAY.fullmatch(text) is not None and bool(date.fromisoformat(text))


def _is_time(text: str) -> bool:
    # A leap second is a time that Python does not know.
    leaps = text[17:19] == "60"
    return _TIME.fullmatch(text) is not None and (
        leaps or bool(datetime.fromisoformat(text.upper()))
    )


def _is_uuid(text: str) -> bool:
    return str(UUID(text)) == text.lower()


# Source: JSON Schema 2020-12, Validation; length counts characters.
_CHECKS: Mapping[str, Callable[[Any, Any], bool]] = {
    "minimum": _number(lambda value, limit: value >= limit),
    "maximum": _number(lambda value, limit: value <= limit),
    "exclusiveMinimum": _number(lambda value, limit: value > limit),
    "exclusiveMaximum": _number(lambda value, limit: value < limit),
    "minLength": _size(str, lambda size, limit: size >= limit),
    "maxLength": _size(str, lambda size, limit: size <= limit),
    "minItems": _size(list, lambda size, limit: size >= limit),
    "maxItems": _size(list, lambda size, limit: size <= limit),
    "pattern": _has_pattern,
    "format": _has_format,
}

_FORMATS: Mapping[str, Callable[[str], object]] = {
    "date": _is_day,
    "date-time": _is_time,
    "uuid": _is_uuid,
    "email": _PERSON.fullmatch,
    "uri": _ADDRESS.fullmatch,
    "ipv4": IPv4Address,
    "ipv6": IPv6Address,
}
