"""Bounds in the description of a field: of its value, of the length of its text, of its items.

Only phrases of a fixed form count: "at most 100", "1 to 40 characters", "Maximum length: 30".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from apiscribe.dialects.http.words import FACTS
from apiscribe.workspace.late_pattern import late_pattern

_LENGTH, _CHARACTERS = FACTS["length"].pattern, FACTS["characters"].pattern
_UNITS = r"(?:days?|hours?|weeks?|months?|years?|[kmg]i?b)\b"
# Not "up to 32 days" or "5 MB": the value may have another unit.
_NUMBER = late_pattern(
    rf"\.?(?:\s*(?:value|{_LENGTH}|of|is|size|:|=))*\s*[`*]*(?P<number>\d[\d,_]*+)"
    rf"(?!\s*{_UNITS})"
    rf"[`*]*(?P<unit>\s*(?:{_CHARACTERS}))?",
    re.IGNORECASE,
)
_NUMBERS = r"[`*]*(?P<low>\d+)[`*]*\s*(?:to|and|–|-|~)\s*[`*]*(?P<high>\d+)[`*]*"
# "1 to 40 characters." and "A name of 3–20 characters", and no text about some of them.
_LENGTHS = late_pattern(
    r"(?:^|[.,;:(]\s*|\b(?:between|be|have|has|contains?|is|of|from)\s+)"
    rf"{_NUMBERS}\s*(?:{_CHARACTERS})",
    re.IGNORECASE,
)
# "Length: 3-20", and no length of time.
_NAMED_LENGTHS = late_pattern(
    rf"(?:{_LENGTH})\s*(?:(?:must be|is|of|between|from|:|：|=)\s*)*{_NUMBERS}"
    rf"(?!\w|[-.]\d|\s*{_UNITS})",
    re.IGNORECASE,
)
_EXACT = late_pattern(rf"\bexactly\s+[`*]*(?P<number>\d+)[`*]*\s*(?:{_CHARACTERS})", re.IGNORECASE)
_ITEMS = re.compile(
    rf"(?:^|[.,;:(]\s*|\bbetween\s+){_NUMBERS}\s+(?:items|entries|elements)\b", re.IGNORECASE
)
_RANGE = re.compile(
    r"\bbetween\s+[`*]*(?P<low>\d+)[`*]*\s*(?:and|to|–|-)\s*[`*]*(?P<high>\d+)[`*]*(?!\w|[-.]\d)"
    # "Loans to return, 1 to 100." and "Page size (1–100)", and no count such as "1 to 3 days".
    r"|(?:^|[,(])\s*[`*]*(?P<from>\d+)[`*]*\s*(?:to|–|-)\s*[`*]*(?P<to>\d+)[`*]*"
    r"(?=[.,;)]\s|[.,;)]?$)",
    re.IGNORECASE,
)
_ABOUT_LENGTH = late_pattern(rf"(?:{_LENGTH})[^.,;()]{{0,30}}$", re.IGNORECASE)
_RANGES = ((_LENGTHS, "Length"), (_NAMED_LENGTHS, "Length"), (_ITEMS, "Items"))


def read_bounds(text: str) -> dict[str, int]:
    """Return the bounds that a description states, as keywords of JSON Schema."""
    if exact := _EXACT.search(text):
        return dict.fromkeys(("minLength", "maxLength"), int(exact["number"]))
    for pattern, noun in _RANGES:
        if match := pattern.search(text):
            return _between(int(match["low"]), int(match["high"]), noun)
    bounds: dict[str, int] = {}
    for name in ("maximum", "minimum"):
        for match in FACTS[name].finditer(text):
            if number := _NUMBER.match(text, match.end()):
                is_length = number["unit"] or _ABOUT_LENGTH.search(text[: number.start("number")])
                key = f"{name[:3]}Length" if is_length else name
                bounds.setdefault(key, int(re.sub(r"\D", "", number["number"])))
    between = _RANGE.search(text)
    if between and not bounds:
        low, high = (int(number) for number in between.groups() if number)
        is_length = _ABOUT_LENGTH.search(text[: between.start()])
        return _between(low, high, "Length" if is_length else "imum")
    return bounds


def _between(low: int, high: int, noun: str) -> dict[str, int]:
    return {f"min{noun}": low, f"max{noun}": high} if low < high else {}


def bounds_of_list(constraints: Mapping[str, Any]) -> dict[str, Any]:
    """Return the constraints of a list: "at most 5" limits its length."""
    words = {"maximum": "maxItems", "minimum": "minItems"}
    return {words.get(word, word): value for word, value in constraints.items()}


def bounds_of_value(constraints: Mapping[str, Any]) -> dict[str, Any]:
    """Return the constraints of a field that is no list: it has no items."""
    return {w: value for w, value in constraints.items() if w not in ("minItems", "maxItems")}
