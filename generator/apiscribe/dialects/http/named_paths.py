"""Paths that end with the name of a method, which a label below them states.

A sentence says "All methods are under `/api/kiln/methodName`", and a section has `Name: start`.
"""

from __future__ import annotations

import re

from apiscribe.dialects.http.parts import Line
from apiscribe.dialects.http.words import column

_TEMPLATE = re.compile(
    r"`(?P<base>(?:https?://[^\s`/]+)?/(?:[\w.-]+/)*)"
    r"(?:method_?name|[{<](?:method|method_?name)[}>])/?`",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(r"[A-Za-z]*Name/")  # of another part of the path, which is not known
_NAME = re.compile(r"\W*(?P<name>[A-Za-z][\w-]*)\W*")


def base_of(text: str) -> str:
    """Return the address before the name of a method that a text states, or ""."""
    bases = [match["base"] for match in _TEMPLATE.finditer(text)]
    return next((base for base in bases if not _PLACEHOLDER.search(base)), "")


def named_path(base: str, line: Line) -> str:
    """Return the path of the method that a line names, or ""."""
    name = _NAME.fullmatch(line.rest)
    if not base or name is None or column(line.words) != "name" or "`" not in line.rest:
        return ""
    return base + name["name"]
