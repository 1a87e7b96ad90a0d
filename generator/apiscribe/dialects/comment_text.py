"""Comments that a template printed verbatim: `is_required: true`, `desc: …`.

Templates parse the YAML of a comment. Some print the YAML itself, or the Python dict that they
parsed from it: `{'is_required': '❌', 'desc': 'the id'}`.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from apiscribe.model import house_words

# Marks and words for required and optional fields. Editors write some marks as emoji names.
REQUIRED_WORDS = {
    **dict.fromkeys("✅ ✔ ☑ ✓ ⭕ o y yes true required mandatory".split(), True),
    **dict.fromkeys("필수 예 네 필요 必須 必填 必选 是 はい".split(), True),
    **dict.fromkeys("선택 아니요 아니오 선택사항 任意 可选 选填 否 いいえ".split(), False),
    **dict.fromkeys(":white_check_mark: :heavy_check_mark: :o:".split(), True),
    **dict.fromkeys("❌ ✘ ✗ ✖ ✕ ❎ x n no false optional".split(), False),
    **dict.fromkeys(":x: :heavy_multiplication_x: :negative_squared_cross_mark:".split(), False),
}
# How templates print a missing value.
_NULL = frozenset({"none", "null"})
# The value of `is_required` on pages that do not know it.
_UNKNOWN = "unknown"
_VARIATION_SELECTOR = "\ufe0f"

_IS_REQUIRED = r"is_required[ \t]*:[ \t]*(?P<value>\S+)"
_FIRST = re.compile(rf"\A\s*{_IS_REQUIRED}\s*", re.IGNORECASE)
_OWN_LINE = re.compile(rf"^[ \t]*{_IS_REQUIRED}[ \t]*$\n?", re.IGNORECASE | re.MULTILINE)
_LAST = re.compile(rf"(?:^|(?<=\s)){_IS_REQUIRED}\s*\Z", re.IGNORECASE)
_DESC = re.compile(r"\A\s*desc[ \t]*:\s*")
_LONGEST_DICT = 10_000


@dataclass(frozen=True, kw_only=True)
class Comment:
    """A parsed comment; `unclear` is a value of `is_required` that is neither yes nor no."""

    description: str
    required: bool | None = None
    unclear: str = ""


def required_word(text: str) -> bool | None:
    """Return True for a mark or word that means required, False for optional, else None."""
    word = house_words.mark(text).replace(_VARIATION_SELECTOR, "")
    return REQUIRED_WORDS.get(word.strip().lower())


def is_null(text: str) -> bool:
    """Return whether the text is a missing value, as templates print it."""
    return text.strip().lower() in _NULL


def read_comment(text: str) -> Comment:
    """Split a comment into its description and the value of `is_required`."""
    if is_null(text):
        return Comment(description="")
    entries = _read_dict(text)
    if entries is not None:
        value, text = entries
    else:
        match = _OWN_LINE.search(text) or _FIRST.search(text)
        if match is None and _DESC.match(text):
            match = _LAST.search(text)
        value = match["value"] if match else ""
        if match:
            text = text[: match.start()] + text[match.end() :]
        text = _DESC.sub("", text, count=1)
    required = required_word(value)
    unclear = value if required is None and value.lower() != _UNKNOWN else ""
    return Comment(description=text.strip(), required=required, unclear=unclear)


def _read_dict(text: str) -> tuple[str, str] | None:
    """Return `is_required` and `desc` of a printed Python dict; None if the text is not one."""
    if not (text.startswith("{") and text.endswith("}") and len(text) < _LONGEST_DICT):
        return None
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    if not isinstance(value, dict) or not value.keys() <= {"is_required", "desc"}:
        return None
    required, description = (value.get(key) for key in ("is_required", "desc"))
    return ("" if required is None else str(required)), str(description or "")
