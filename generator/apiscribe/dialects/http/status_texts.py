"""The statuses of answers in sentences, such as "Returns `204`, or 404 for an unknown car".

Most numbers in prose are no statuses. One counts only if it is a status of HTTP, and if its marks,
its reason phrase or the words around it say so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from http import HTTPStatus

from apiscribe.dialects.http.word_pattern import has_cjk
from apiscribe.dialects.http.words import STATUSES

_REASONS = {str(int(status)): status.phrase.lower() for status in HTTPStatus if status >= 200}
_NUMBER = re.compile(
    r"(?<![A-Za-z0-9_.,/=#$-])(?P<status>[2-5]\d\d)(?![A-Za-z0-9_%]|[.,/-]\d|\s*[-–~]\s*\d)"
)
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=\W*\w)|(?<=[。；！])|[\n;]")
_MARKS = " `*_("
_ENDS = ".,;:!)]）。、，；："
# Between two statuses of one list: ", or a".
_BETWEEN = re.compile(r"[\W_]*(?:(?:or|and|oder|und|ou|et|o|y|e|и|или)\b)?\W*(?:an?\b)?[\W_]*")


def stated_statuses(text: str) -> Iterator[tuple[str, str]]:
    """Yield each status that a text states, and the sentence that states it."""
    for sentence in _SENTENCE.split(text):
        end = -1
        for match in _NUMBER.finditer(sentence):
            before = sentence[: match.start()]
            listed = end >= 0 and _BETWEEN.fullmatch(sentence[end : match.start()]) is not None
            if match["status"] in _REASONS and _is_status(match, before, listed):
                end = match.end()
                reason = _REASONS[match["status"]]
                if sentence[end:].lower().startswith(f" {reason}"):
                    end += len(reason) + 1
                yield match["status"], sentence.strip()


def _is_status(match: re.Match[str], before: str, listed: bool) -> bool:
    """Return whether a number in a sentence is a status."""
    sentence, after = match.string, match.string[match.end() :]
    begins = not re.search(r"\w", before)
    concludes = before.rstrip(" `*").endswith((":", "：", "—", "–"))
    known = begins or listed or STATUSES["returning"].search(sentence) is not None
    if before.endswith("`") and re.match(r"`|\s+[A-Z][\w' -]*`", after):
        conditional = STATUSES["conditions"].match(after.lstrip(_MARKS)) is not None
        return known or conditional or (concludes and not re.search(r"\w", after))
    if after.lstrip(_MARKS).lower().startswith(_REASONS[match["status"]]):
        return known
    rest = after.lstrip(" `*_")
    glued = not rest or rest[0] in _ENDS + "(–—" or has_cjk(rest[0])
    word = STATUSES["after"].match(rest)
    if not glued and word is None:
        return False
    counted = re.search(r"[\w']+(?:\s[\w']+)?\W*$", before)
    if counted and any(STATUSES["quantities"].finditer(counted[0])):
        return False
    alone = begins and (word is not None or rest[:1] in ("(", "–", "—", ":", "："))
    return alone or listed or concludes or (known and not begins)
