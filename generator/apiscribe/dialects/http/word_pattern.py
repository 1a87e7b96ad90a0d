"""Patterns of words, which are searched only in texts that hold the first word of any of them.

Most texts hold none. Most pages also have no letter of a script without blanks between words, and
need only the part of a pattern that is compiled in a tenth of the time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from apiscribe.workspace.late_pattern import late_pattern

# A letter of a script that does not separate words by blanks.
_CJK_LETTERS = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_CJK = re.compile(f"[{_CJK_LETTERS}]")
# A letter of a word that blanks separate: without letters of other scripts, and beside them. The
# class of the latter holds both cases of each letter: folding the case of so many takes re.compile
# a hundred times as long.
_LETTER = r"[^\W_]"
_LETTER_BESIDE_CJK = rf"(?-i:[^\W_{_CJK_LETTERS}])"
_WORD = re.compile(f"{_LETTER}+")
_DOT_ABOVE = "\u0307"  # of İ, which is without it in a pattern


class WordPattern:
    """The pattern of words and phrases, in any case. Longer ones come first, and a hyphen is as a
    blank.
    """

    def __init__(self, words: Iterable[str]) -> None:
        ordered = sorted({word.lower() for word in words}, key=len, reverse=True)
        escaped = {word: re.escape(word).replace(r"\ ", "[ -]") for word in ordered}
        within = "|".join(escaped[word] for word in ordered if has_cjk(word)) or "(?!)"
        between = "|".join(escaped[word] for word in ordered if not has_cjk(word)) or "(?!)"
        self.pattern = f"{within}|{_between(between, _LETTER_BESIDE_CJK)}"
        self._in_all = late_pattern(self.pattern, re.IGNORECASE)
        self._in_most = late_pattern(_between(between, _LETTER), re.IGNORECASE)
        firsts = [_WORD.search(_folded(word)) for word in ordered if not has_cjk(word)]
        self._firsts = frozenset(first[0] for first in firsts if first)
        self._has_marks = None in firsts  # such as `*`

    def search(self, text: str) -> re.Match[str] | None:
        """Return the first match in a text."""
        pattern = self._pattern_for(text)
        return pattern.search(text) if pattern else None

    def match(self, text: str) -> re.Match[str] | None:
        """Return the match at the beginning of a text."""
        pattern = self._pattern_for(text)
        return pattern.match(text) if pattern else None

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Return the matches in a text, in order."""
        pattern = self._pattern_for(text)
        return pattern.finditer(text) if pattern else iter(())

    def _pattern_for(self, text: str) -> re.Pattern[str] | None:
        """Return the pattern to search a text with; None if it cannot match."""
        if has_cjk(text):
            return self._in_all
        may_match = self._has_marks or not self._firsts.isdisjoint(_words_of(text))
        return self._in_most if may_match else None


def _between(words: str, letter: str) -> str:
    """Return the pattern of words that are not parts of longer words."""
    return f"(?<!{letter})(?:{words})(?!{letter})"


def has_cjk(text: str) -> bool:
    """Return whether a text has a letter of a script that does not separate words by blanks."""
    return not text.isascii() and _CJK.search(text) is not None


@lru_cache(maxsize=500)
def _words_of(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(_folded(text)))


def _folded(text: str) -> str:
    return text.casefold().replace(_DOT_ABOVE, "")
