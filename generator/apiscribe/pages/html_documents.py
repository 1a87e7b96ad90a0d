"""OpenAPI documents in the scripts of HTML pages, as Redoc, Swagger UI and Scalar embed them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from bs4 import Tag

_VERSION = re.compile(r"\"(?:openapi|swagger)\"\s*:\s*\"[23]\.")
_MOST_BRACES = 4  # before the version, which is one of the first keys
_DECODER = json.JSONDecoder()


def documents(tree: Tag) -> Iterator[tuple[Tag, str]]:
    """Yield the scripts that hold an OpenAPI document as JSON, each with the document."""
    for script in tree.find_all("script"):
        text = script.string or ""
        version = _VERSION.search(text)
        if version and (document := _around(text, version.start())):
            yield script, document


def _around(text: str, at: int) -> str:
    """Return the object of JSON around an index, if it has paths; else ""."""
    for _ in range(_MOST_BRACES):
        at = text.rfind("{", 0, at)
        if at < 0:
            return ""
        try:
            value, end = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict) and isinstance(value.get("paths"), dict):
            return text[at:end]
    return ""
