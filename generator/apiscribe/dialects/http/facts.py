"""Facts in the description of a field: whether it is required, its default, its values.

Only phrases of a fixed form count; other prose says nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from apiscribe.dialects.http.words import FACTS, PRESENCE_WORDS, presence
from apiscribe.model.house_words import with_marks
from apiscribe.workspace.late_pattern import late_pattern

_PRESENCE = "|".join(PRESENCE_WORDS)
_MARK = late_pattern(
    rf"[(\[【（]\s*\**\s*(?P<marked>{_PRESENCE})\s*\**\s*[)\]】）]"
    rf"|^\W{{0,3}}(?P<first>{_PRESENCE})(?:\*\*|\*|_|`)?\s*(?:[.,:;)\]–—-]|$)"
    rf"|(?:\*\*|__|`)(?P<bold>{_PRESENCE})\.?(?:\*\*|__|`)"
    rf"|(?:^|[.;,]\s+)(?P<last>{_PRESENCE})\.?\s*$",
    re.IGNORECASE,
)
_ANSWERED = re.compile(
    rf"(?:^|[.;\n])\s*(?:{_PRESENCE})\s*[:：]\s*(?P<answer>\w+)\s*(?:[.;\n]|$)", re.IGNORECASE
)
_VALUE = re.compile(
    r"""\s*(?:is|are|to|:|：|=)?\s*(?:`(?P<code>[^`]+)`|"(?P<text>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>true|false|null|-?\d+(?:\.\d+)?)(?!\w))""",
    re.IGNORECASE,
)
_BRACKETED_DEFAULT = re.compile(r"\[default to (?P<value>[^\]]+)\]", re.IGNORECASE)
_CODE = re.compile(r"""`(?P<code>[^`\n]{1,60})`|"(?P<text>[^"\n]{1,40})\"""")
_ONLY_VALUES = re.compile(r"`[\w.-]+`(?:(?:,|,? or)\s+`[\w.-]+`)+\.?")
_BARE_LIST = re.compile(
    r"\s*[:：]?\s*(?P<list>[\w.-]+(?:\s*(?:,|/|\||\bor\b|、)\s*(?:or\s+)?[\w.-]+)+)\s*(?:[.;)]|$)"
)
_BETWEEN = re.compile(r"[\s,/|、]*(?:or|and|\bor\b)?[\s,/|、:(]*", re.IGNORECASE)
# Not "up to 32 days": the value may be in hours.
_NUMBER = re.compile(
    r"\s*(?:value|length|of|is|size|:|=)*\s*[`*]*(?P<number>\d[\d,_]*+)(?!\s*(?:days?|hours?|weeks?|months?|years?)\b)"
    r"[`*]*(?P<unit>\s*(?:char|letter|zeichen|caract|символ|文字|글자|자|字))?",
    re.IGNORECASE,
)
_RANGE = re.compile(
    r"\bbetween\s+[`*]*(?P<low>\d+)[`*]*\s*(?:and|to|–|-)\s*[`*]*(?P<high>\d+)[`*]*(?!\w|[-.]\d)"
    # "Loans to return, 1 to 100." and "Page size (1–100)", and no count such as "1 to 3 days".
    r"|[,(]\s*[`*]*(?P<from>\d+)[`*]*\s*(?:to|–|-)\s*[`*]*(?P<to>\d+)[`*]*"
    r"(?=[.,;)]\s|[.,;)]?$)",
    re.IGNORECASE,
)
_DEPRECATED = re.compile(r"^\W{0,4}(?:\*\*)?deprecated\b|\(deprecated\)", re.IGNORECASE)


@dataclass(frozen=True)
class Facts:
    """The facts in a description."""

    required: bool | None = None
    default: str = ""
    values: tuple[str, ...] = ()
    constraints: Mapping[str, Any] = field(default_factory=dict)
    deprecated: bool = False


def read_facts(text: str) -> Facts:
    """Return the facts that a description states."""
    marked = with_marks(text)
    mark = _MARK.search(marked)
    word = next(filter(None, mark.groups()), "") if mark else ""
    if not word and (answered := _ANSWERED.search(marked)):
        word = answered["answer"]  # "Required: Yes"
    return Facts(
        required=presence(word) if word else None,
        default=_default(text),
        values=_values(text),
        constraints=_bounds(text),
        deprecated=bool(_DEPRECATED.search(marked)),
    )


def _default(text: str) -> str:
    if match := _BRACKETED_DEFAULT.search(text):
        return match["value"]
    for match in FACTS["default"].finditer(text):
        if value := _VALUE.match(text, match.end()):
            return next(v for v in value.groups() if v is not None)
    return ""


def _values(text: str) -> tuple[str, ...]:
    """Return the values after a phrase such as "one of"; two or more, next to each other. Without
    a phrase, they are the whole description.
    """
    if _ONLY_VALUES.fullmatch(text):
        return tuple(dict.fromkeys(code["code"] for code in _CODE.finditer(text)))
    for match in FACTS["values"].finditer(text):
        at, values = match.end(), list[str]()
        while True:
            gap = _BETWEEN.match(text, at)
            code = _CODE.match(text, gap.end() if gap else at)
            if not code:
                break
            values.append(code["code"] or code["text"])
            at = code.end()
        if len(values) < 2 and (bare := _BARE_LIST.match(text, match.end())):
            values = re.split(r"\s*(?:,|/|\||\bor\b|、)\s*", bare["list"])
        values = [value.strip().rstrip(".") for value in values if value.strip(" .")]
        if len(values) > 1 and all(re.fullmatch(r"[^\s{}<>]+", value) for value in values):
            return tuple(dict.fromkeys(values))
    return ()


def _bounds(text: str) -> dict[str, int]:
    bounds: dict[str, int] = {}
    for name in ("maximum", "minimum"):
        for match in FACTS[name].finditer(text):
            if number := _NUMBER.match(text, match.end()):
                key = f"{name[:3]}Length" if number["unit"] else name
                bounds.setdefault(key, int(re.sub(r"\D", "", number["number"])))
    between = _RANGE.search(text)
    if between and not bounds:
        low, high = (int(number) for number in between.groups() if number)
        bounds = {"minimum": low, "maximum": high} if low < high else {}
    return bounds


def bounds_of_list(constraints: Mapping[str, Any]) -> dict[str, Any]:
    """Return the constraints of a list: "at most 5" limits its length."""
    words = {"maximum": "maxItems", "minimum": "minItems"}
    return {words.get(word, word): value for word, value in constraints.items()}


def as_json(default: str) -> str:
    """Return a default as JSON: words are strings."""
    if not default:
        return ""
    try:
        json.loads(default)
    except ValueError:
        return json.dumps(default, ensure_ascii=False)
    return default
