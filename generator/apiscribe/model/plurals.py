"""English plurals, as the names of collections are: `companies` is several of `company`."""

from __future__ import annotations

import re

# Plurals with endings that are also those of other words.
_IRREGULAR = {
    "aliases": "alias",
    "analyses": "analysis",
    "bonuses": "bonus",
    "buses": "bus",
    "caches": "cache",
    "calories": "calorie",
    "children": "child",
    "cookies": "cookie",
    "indices": "index",
    "matrices": "matrix",
    "movies": "movie",
    "news": "news",
    "people": "person",
    "quizzes": "quiz",
    "series": "series",
    "statuses": "status",
    "vertices": "vertex",
    "viruses": "virus",
}
_LAST_WORD = re.compile(r"[a-z]+$")
_SHORTEST = 5  # `companies`, and no `ties`


def singular(noun: str) -> str:
    """Return a noun in lower case in the singular: that of its last word."""
    last = _LAST_WORD.search(noun)
    if last and last[0] in _IRREGULAR:
        return noun[: last.start()] + _IRREGULAR[last[0]]
    if noun.endswith("ies") and len(noun) >= _SHORTEST:
        return f"{noun[:-3]}y"
    if noun.endswith(("sses", "ches", "shes", "xes", "zzes")):
        return noun[:-2]
    return noun if noun.endswith(("ss", "us", "is")) else noun.removesuffix("s")
