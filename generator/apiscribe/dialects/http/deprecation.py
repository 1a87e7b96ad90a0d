"""Operations that are deprecated: `Get a room (deprecated)`, `> **Deprecated**: use …`."""

from __future__ import annotations

import re
from collections.abc import Iterable

from apiscribe.dialects.http.words import DEPRECATION

_WORD = "|".join(map(re.escape, DEPRECATION["words"]))
_OPERATION = "|".join(map(re.escape, DEPRECATION["operations"]))
_REST = "|".join(map(re.escape, DEPRECATION["followed"]))
_BRACKETS = re.compile(rf"\s*[(\[](?:{_WORD})\b[^)\]]*[)\]]\s*", re.IGNORECASE)
# "Deprecated fields are left out" is about fields.
_FIRST = re.compile(
    rf"\W*(?:{_WORD})(?!\w)(?=\W*$|\s*[^\w\s-]|\s+-\s|\s+(?:{_REST})\b)", re.IGNORECASE
)
_SENTENCE = re.compile(
    rf"\bthis (?:\w+ )?(?:{_OPERATION}) (?:is|was|has been)(?: now)? (?:{_WORD})\b", re.IGNORECASE
)


def without_mark(title: str) -> str:
    """Return a title without the brackets that say that its operation is deprecated."""
    return _BRACKETS.sub(" ", title).strip()


def is_deprecated(title: str, texts: Iterable[str]) -> bool:
    """Return whether the title of an operation, or a paragraph of its description, says that it is
    deprecated: in brackets, as the first word, or in a sentence about this operation.
    """
    if _BRACKETS.search(title) or _FIRST.match(title):
        return True
    return any(_FIRST.match(text) or _SENTENCE.search(text) for text in texts)
