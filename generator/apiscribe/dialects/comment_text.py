"""Comments that a template printed as they are: `is_required: true`, `desc: …`.

Templates take the YAML of a comment apart. Where one did not, the text itself stands on the page,
or the dict that Python made of it: `{'is_required': '❌', 'desc': 'the id'}`.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

# What stands for yes and no where a page tells whether a field is required. Editors write some
# marks as names of emoji.
REQUIRED_WORDS = {
    **dict.fromkeys("✅ ✔ ☑ ✓ ⭕ o y yes true required mandatory".split(), True),
    **dict.fromkeys(":white_check_mark: :heavy_check_mark: :o:".split(), True),
    **dict.fromkeys("❌ ✘ ✗ ✖ ✕ ❎ x n no false optional".split(), False),
    **dict.fromkeys(":x: :heavy_multiplication_x: :negative_squared_cross_mark:".split(), False),
}
# How a template prints a value that is none.
_NOTHING = frozenset({"none", "null"})
# What pages say of `is_required` where nothing is known of it.
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
    """What a comment says of a field; `unclear` is an `is_required` that is neither yes nor no."""

    description: str
    required: bool | None = None
    unclear: str = ""


def required_word(text: str) -> bool | None:
    """Whether a mark or word says that a field is required; None where it does not say."""
    return REQUIRED_WORDS.get(text.replace(_VARIATION_SELECTOR, "").strip().lower())


def is_nothing(text: str) -> bool:
    """Whether the text is what templates print for a value that is none."""
    return text.strip().lower() in _NOTHING


def read_comment(text: str) -> Comment:
    """The description that is left of a comment, and what it says of `is_required`."""
    if is_nothing(text):
        return Comment(description="")
    stated = _read_dict(text)
    if stated is not None:
        value, text = stated
    else:
        found = _OWN_LINE.search(text) or _FIRST.search(text)
        if found is None and _DESC.match(text):
            found = _LAST.search(text)
        value = found["value"] if found else ""
        if found:
            text = text[: found.start()] + text[found.end() :]
        text = _DESC.sub("", text, count=1)
    required = required_word(value)
    unclear = value if required is None and value.lower() != _UNKNOWN else ""
    return Comment(description=text.strip(), required=required, unclear=unclear)


def _read_dict(text: str) -> tuple[str, str] | None:
    """`is_required` and `desc` of a dict as Python prints it; None where the text is none."""
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
