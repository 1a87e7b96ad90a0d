"""Facts in the description of a field: whether it is required, its default, its values.

Only phrases of a fixed form count; other prose says nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from apiscribe.dialects.http.bounds import read_bounds
from apiscribe.dialects.http.words import DEPRECATION, FACTS, PRESENCE_WORDS, presence
from apiscribe.model.house_words import with_marks
from apiscribe.workspace.late_pattern import late_pattern

_PRESENCE = "|".join(PRESENCE_WORDS)
_MARK = late_pattern(
    rf"[(\[【（]\s*\**\s*(?P<marked>{_PRESENCE})\s*\**\s*[)\]】）]"
    rf"|^\W{{0,3}}(?P<first>{_PRESENCE})(?:\*\*|\*|_|`)?\s*(?:[.,:;)\]–—-]|$)"
    rf"|(?<![\w*])(?:\*\*?|__?|`)(?P<bold>{_PRESENCE})\.?(?:\*\*?|__?|`)"
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
_OLD = "|".join(map(re.escape, DEPRECATION["words"]))
# At the begin, in brackets, and as a sentence behind others: "The flag. Deprecated: use state."
_DEPRECATED = late_pattern(
    rf"^\W{{0,4}}(?:\*\*)?(?:{_OLD})(?!\w)|[(（](?:{_OLD})[)）]"
    rf"|[.;\n]\s+\W{{0,2}}(?:{_OLD})(?:\W{{0,2}}(?:$|[:.,;。])|\s+(?:{'|'.join(DEPRECATION['followed'])})\b)",
    re.IGNORECASE,
)
_ONLY = {
    keyword: late_pattern(
        rf"(?:(?:^|[.;\n])\W{{0,4}}|[(\[（]\s*)(?:{FACTS[keyword].pattern})\W{{0,3}}(?:[.;,:)\]）。\n]|$)",
        re.IGNORECASE,
    )
    for keyword in ("readOnly", "writeOnly")
}


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
        constraints={**read_bounds(text), **_direction(text)},
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


def _direction(text: str) -> dict[str, bool]:
    """Return whether a sentence or a bracket says that only responses or requests have a field."""
    return {keyword: True for keyword in _ONLY if _ONLY[keyword].search(text)}


def as_json(default: str) -> str:
    """Return a default as JSON: words are strings."""
    if not default:
        return ""
    try:
        json.loads(default)
    except ValueError:
        return json.dumps(default, ensure_ascii=False)
    return default
