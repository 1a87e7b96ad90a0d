r"""Regular expressions of requests, which are RE2's, in the words of PostgreSQL.

The two write much alike and mean other things by it: what `.` and `\d` are, which letters are one
in any case, where a line ends. So nothing is handed over as it stands: each part is written anew,
characters as the sets of what they match, and a part that PostgreSQL has no words for is refused
for both databases.

Source: github.com/google/re2/wiki/Syntax; postgresql.org, "POSIX Regular Expressions".
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from typing import Any, NamedTuple

import re2

from .errors import query_failed

_LONGEST = 1000  # characters
_MOST = 255  # times that PostgreSQL repeats a part
_DEEPEST = 100  # groups in groups

Ranges = list[tuple[int, int]]  # of code points, both ends within


class _Flags(NamedTuple):
    any_case: bool = True
    lines: bool = False
    dot_all: bool = False


_FLAGS = {"i": "any_case", "m": "lines", "s": "dot_all"}
_WORDS = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "ascii": "\x01-\x7f",
    "blank": "\t ",
    "cntrl": "\x01-\x1f\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": "!-/:-@[-`{-~",
    "space": "\t-\r ",
    "upper": "A-Z",
    "word": "0-9A-Z_a-z",
    "xdigit": "0-9A-Fa-f",
}
_CLASSES = {r"\d": "0-9", r"\s": "\t\n\f\r ", r"\w": "0-9A-Z_a-z"}
_SIGNS = {"a": 7, "f": 12, "t": 9, "n": 10, "r": 13, "v": 11}
_EDGES = {"A": "^", "z": "$", "b": r"\y"}
# RE2 finds \B between the bytes of one character.
_REFUSED = "BCPp"
_ALONE = {0x130, 0x131}  # İ and ı, which are no I and no i
_CASED = 0x20000  # no letter from there on has a case
_COUNT = re.compile(r"\{(\d+)(?:(,)(\d*))?\}")
_ESCAPED = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|x\{([0-9A-Fa-f]+)\}|([0-7]{1,3}))")
_OPENED = re.compile(r"\(\?P?<\w+>|\(\?([imsU]*)(?:-([imsU]+))?([:)])|\((?!\?)")


@lru_cache(maxsize=256)
def compiled(pattern: str) -> Any:
    """The expression as RE2 searches with it, in any case of letters. Raises ApiError."""
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = 1 << 20
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        # RE2 tells its reasons in bytes.
        reason = error.args[0].decode(errors="replace") if error.args else "RE2 cannot read it"
        raise _refused(pattern, reason) from error


def in_postgresql(pattern: str) -> str:
    """The expression that finds in PostgreSQL, by `~` and the collation C, what RE2 finds by the
    pattern. Raises ApiError where there is none.
    """
    if len(pattern) > _LONGEST:
        raise query_failed(f"a regular expression is longer than {_LONGEST} characters")
    compiled(pattern)
    return "".join(_Reader(pattern).branches(_Flags(), 0))


def _refused(pattern: str, reason: str) -> Exception:
    return query_failed(f"{pattern!r} is no regular expression: {reason}")


class _Reader:
    """Reads a pattern that RE2 reads too, from its begin to its end."""

    def __init__(self, pattern: str) -> None:
        self._pattern, self._at = pattern, 0

    def branches(self, flags: _Flags, depth: int) -> Iterator[str]:
        """What stands up to the end of the group, or of the pattern."""
        if depth > _DEEPEST:
            raise _refused(self._pattern, f"groups are nested deeper than {_DEEPEST}")
        while self._at < len(self._pattern):
            if self._take(")"):
                return
            if self._take("|"):
                yield "|"
            elif self._starts("("):
                opened = self._match(_OPENED)
                chosen = _chosen(flags, opened[1] or "", opened[2] or "")
                if opened[3] == ")":
                    flags = chosen
                    if self._times():
                        raise _refused(self._pattern, "flags are repeated")
                    continue
                yield f"(?:{''.join(self.branches(chosen, depth + 1))})" + self._times()
            else:
                yield self._part(flags)

    def _part(self, flags: _Flags) -> str:
        if self._take("^"):
            return (r"(?:^|(?<=\n))" if flags.lines else "(?:^)") + self._times()
        if self._take("$"):
            return (r"(?:$|(?=\n))" if flags.lines else "(?:$)") + self._times()
        if self._take("."):
            return _written(_others([] if flags.dot_all else [(10, 10)])) + self._times()
        if self._take(r"\Q"):
            quoted, _, _ = self._pattern[self._at :].partition(r"\E")
            self._at += len(quoted)
            self._take(r"\E")
            parts = [_written(_folded([(ord(char), ord(char))], flags)) for char in quoted]
            return "".join(parts) + (self._times() if parts else "")
        if self._take(r"\E"):
            return ""
        if self._starts("\\") and self._pattern[self._at + 1] in _EDGES:
            self._at += 2
            return f"(?:{_EDGES[self._pattern[self._at - 1]]})" + self._times()
        found = self._set(flags) if self._starts("[") else self._characters(flags)
        return _written(found) + self._times()

    def _set(self, flags: _Flags) -> Ranges:
        """A class in brackets."""
        self._take("[")
        is_other = self._take("^")
        found: Ranges = []
        first = True
        while first or not self._starts("]"):
            first = False
            if named := re.compile(r"\[:(\^?)(\w+):\]").match(self._pattern, self._at):
                self._at = named.end()
                word = _folded(_ranges(_WORDS[named[2]]), flags)
                found += _others(word) if named[1] else word
            elif self._pattern[self._at : self._at + 2].lower() in _CLASSES:
                found += self._characters(flags)
            else:
                low = high = self._character()
                if self._starts("-") and not self._starts("-]"):
                    self._take("-")
                    high = self._character()
                found += _folded([(low, high)], flags)
        self._take("]")
        return _others(found) if is_other else found

    def _characters(self, flags: _Flags) -> Ranges:
        """The characters that an escape stands for, or the one that stands there."""
        escape = self._pattern[self._at : self._at + 2]
        if escape.lower() in _CLASSES:
            self._at += 2
            found = _folded(_ranges(_CLASSES[escape.lower()]), flags)
            return _others(found) if escape[1].isupper() else found
        code = self._character()
        return _folded([(code, code)], flags)

    def _character(self) -> int:
        """The code point of a character, as it stands or escaped."""
        if not self._starts("\\"):
            self._at += 1
            return ord(self._pattern[self._at - 1])
        letter = self._pattern[self._at + 1]
        if letter in _REFUSED:
            raise _refused(self._pattern, rf"\{letter} is not supported")
        if number := _ESCAPED.match(self._pattern, self._at):
            self._at = number.end()
            return int(number[3], 8) if number[3] else int(number[1] or number[2], 16)
        self._at += 2
        return _SIGNS.get(letter, ord(letter))

    def _times(self) -> str:
        """How often the part before is repeated; how greedily tells nothing of whether."""
        found = next((sign for sign in "*+?" if self._take(sign)), "")
        if not found and (count := _COUNT.match(self._pattern, self._at)):
            self._at = count.end()
            if max(int(count[1]), int(count[3] or 0)) > _MOST:
                raise _refused(self._pattern, f"a part is repeated more than {_MOST} times")
            found = count[0]
        if found:
            self._take("?")
        return found

    def _match(self, expected: re.Pattern[str]) -> re.Match[str]:
        found = expected.match(self._pattern, self._at)
        if found is None:
            raise _refused(self._pattern, f"{self._pattern[self._at :][:9]!r} is not supported")
        self._at = found.end()
        return found

    def _starts(self, text: str) -> bool:
        return self._pattern.startswith(text, self._at)

    def _take(self, text: str) -> bool:
        found = self._starts(text)
        self._at += len(text) if found else 0
        return found


def _chosen(flags: _Flags, on: str, off: str) -> _Flags:
    changes = {_FLAGS[letter]: letter in on for letter in on + off if letter in _FLAGS}
    return flags._replace(**changes)


def _ranges(text: str) -> Ranges:
    """`a-z_` → the ranges that it stands for."""
    found = re.findall(r"(.)-(.)|(.)", text, re.DOTALL)
    return [(ord(low or one), ord(high or one)) for low, high, one in found]


def _others(ranges: Iterable[tuple[int, int]]) -> Ranges:
    """All that is in none of the ranges; no text holds NUL."""
    found, after = [], 1
    for low, high in sorted(ranges):
        if low > after:
            found.append((after, low - 1))
        after = max(after, high + 1)
    return [*found, (after, sys.maxunicode)] if after <= sys.maxunicode else found


def _folded(ranges: Ranges, flags: _Flags) -> Ranges:
    """The ranges, and what is the same in another case, where case tells nothing."""
    if not flags.any_case:
        return ranges
    others = {
        other
        for code, same in _cases().items()
        if any(low <= code <= high for low, high in ranges)
        for other in same
    }
    return [*ranges, *((other, other) for other in others)]


@cache
def _cases() -> dict[int, set[int]]:
    """Each letter that has another case: the letters that are the same in any case."""
    same: dict[int, set[int]] = {}
    for code in set(range(_CASED)) - _ALONE:
        char = chr(code)
        for other in (char.lower(), char.upper(), char.title()):
            if len(other) == 1 and other != char and ord(other) not in _ALONE:
                together = same.get(code, {code}) | same.get(ord(other), {ord(other)})
                for each in together:
                    same[each] = together
    return same


def _written(ranges: Ranges) -> str:
    """A class of PostgreSQL's. A class of nothing matches nothing."""
    merged: Ranges = []
    for low, high in sorted(ranges):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], high))
        else:
            merged.append((max(low, 1), high))
    parts = [f"\\U{low:08X}" + (f"-\\U{high:08X}" if high > low else "") for low, high in merged]
    return f"[{''.join(parts)}]" if parts else "(?!)"
