r"""Regular expressions of requests: RE2's syntax, translated to PostgreSQL's.

The two look alike but differ in meaning: what `.` and `\d` match, which letters are equal ignoring
case, where a line ends. So each part is translated, characters to explicit character sets, and a
part that PostgreSQL cannot express is refused for both databases.

Source: github.com/google/re2/wiki/Syntax; postgresql.org, "POSIX Regular Expressions".
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from typing import Any, NamedTuple

import re2

from .errors import query_failed

_MAX_LENGTH = 1000  # characters
_MAX_TRANSLATED = 100_000  # characters: a range of letters is translated to all their cases
_MAX_REPEAT = 255  # repetitions of a part in PostgreSQL
_MAX_DEPTH = 100  # nested groups

Ranges = list[tuple[int, int]]  # of code points, both ends included


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
# RE2 matches \B between the bytes of one character.
_REFUSED = "BCPp"
_CASELESS = {0x130, 0x131}  # İ and ı, which do not match I and i
_CASED_END = 0x20000  # no letter from this code point on has a case
_COUNT = re.compile(r"\{(\d+)(?:(,)(\d*))?\}")
_ESCAPED = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|x\{([0-9A-Fa-f]+)\}|([0-7]{1,3}))")
_OPENED = re.compile(r"\(\?P?<\w+>|\(\?([imsU]*)(?:-([imsU]+))?([:)])|\((?!\?)")


@lru_cache(maxsize=256)
def compiled(pattern: str) -> Any:
    """Compile the pattern with RE2, ignoring case. Raises ApiError if RE2 rejects it."""
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = 1 << 20
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        # RE2's error messages are bytes.
        reason = error.args[0].decode(errors="replace") if error.args else "RE2 cannot read it"
        raise _refused(pattern, reason) from error


@lru_cache(maxsize=256)
def in_postgresql(pattern: str) -> str:
    """Translate a pattern of RE2 to an equivalent one for PostgreSQL's `~` with collation C. Raises
    ApiError if there is none.
    """
    if len(pattern) > _MAX_LENGTH:
        raise query_failed(f"a regular expression is longer than {_MAX_LENGTH} characters")
    compiled(pattern)
    parts, length = [], 0
    for part in _Translator(pattern).branches(_Flags(), 0):
        parts.append(part)
        length += len(part)
        if length > _MAX_TRANSLATED:
            raise _refused(pattern, "its classes of characters have too many letters")
    return "".join(parts)


def _refused(pattern: str, reason: str) -> Exception:
    return query_failed(f"{pattern!r} is not a regular expression: {reason}")


class _Translator:
    """Translates a pattern that RE2 accepts, from its start to its end."""

    def __init__(self, pattern: str) -> None:
        self._pattern, self._at = pattern, 0

    def branches(self, flags: _Flags, depth: int) -> Iterator[str]:
        """Yield the parts up to the end of the group or of the pattern."""
        if depth > _MAX_DEPTH:
            raise _refused(self._pattern, f"groups are nested deeper than {_MAX_DEPTH}")
        while self._at < len(self._pattern):
            if self._take(")"):
                return
            if self._take("|"):
                yield "|"
            elif self._starts("("):
                opened = self._match(_OPENED)
                group_flags = _set_flags(flags, opened[1] or "", opened[2] or "")
                if opened[3] == ")":
                    flags = group_flags
                    if self._repetition():
                        raise _refused(self._pattern, "flags are repeated")
                    continue
                body = "".join(self.branches(group_flags, depth + 1))
                yield f"(?:{body})" + self._repetition()
            else:
                yield self._part(flags)

    def _part(self, flags: _Flags) -> str:
        if self._take("^"):
            return (r"(?:^|(?<=\n))" if flags.lines else "(?:^)") + self._repetition()
        if self._take("$"):
            return (r"(?:$|(?=\n))" if flags.lines else "(?:$)") + self._repetition()
        if self._take("."):
            return (
                _char_class(_complement([] if flags.dot_all else [(10, 10)])) + self._repetition()
            )
        if self._take(r"\Q"):
            quoted, _, _ = self._pattern[self._at :].partition(r"\E")
            self._at += len(quoted)
            self._take(r"\E")
            parts = [_char_class(_fold_case([(ord(char), ord(char))], flags)) for char in quoted]
            return "".join(parts) + (self._repetition() if parts else "")
        if self._take(r"\E"):
            return ""
        if self._starts("\\") and self._pattern[self._at + 1] in _EDGES:
            self._at += 2
            return f"(?:{_EDGES[self._pattern[self._at - 1]]})" + self._repetition()
        ranges = self._set(flags) if self._starts("[") else self._characters(flags)
        return _char_class(ranges) + self._repetition()

    def _set(self, flags: _Flags) -> Ranges:
        """Read a character class in brackets."""
        self._take("[")
        is_negated = self._take("^")
        ranges: Ranges = []
        first = True
        while first or not self._starts("]"):
            first = False
            if named := re.compile(r"\[:(\^?)(\w+):\]").match(self._pattern, self._at):
                self._at = named.end()
                word = _fold_case(_parse_ranges(_WORDS[named[2]]), flags)
                ranges += _complement(word) if named[1] else word
            elif self._pattern[self._at : self._at + 2].lower() in _CLASSES:
                ranges += self._characters(flags)
            else:
                low = high = self._character()
                if self._starts("-") and not self._starts("-]"):
                    self._take("-")
                    high = self._character()
                ranges += _fold_case([(low, high)], flags)
        self._take("]")
        return _complement(ranges) if is_negated else ranges

    def _characters(self, flags: _Flags) -> Ranges:
        r"""Read an escape of a class such as `\d`, or a single character."""
        escape = self._pattern[self._at : self._at + 2]
        if escape.lower() in _CLASSES:
            self._at += 2
            ranges = _fold_case(_parse_ranges(_CLASSES[escape.lower()]), flags)
            return _complement(ranges) if escape[1].isupper() else ranges
        code = self._character()
        return _fold_case([(code, code)], flags)

    def _character(self) -> int:
        """Read a character, plain or escaped, and return its code point."""
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

    def _repetition(self) -> str:
        """Read the repetition of the preceding part. `?` after it is dropped: greediness does not
        change whether a pattern matches.
        """
        repetition = next((sign for sign in "*+?" if self._take(sign)), "")
        if not repetition and (count := _COUNT.match(self._pattern, self._at)):
            self._at = count.end()
            if max(int(count[1]), int(count[3] or 0)) > _MAX_REPEAT:
                raise _refused(self._pattern, f"a part is repeated more than {_MAX_REPEAT} times")
            repetition = count[0]
        if repetition:
            self._take("?")
        return repetition

    def _match(self, expected: re.Pattern[str]) -> re.Match[str]:
        match = expected.match(self._pattern, self._at)
        if match is None:
            raise _refused(self._pattern, f"{self._pattern[self._at :][:9]!r} is not supported")
        self._at = match.end()
        return match

    def _starts(self, text: str) -> bool:
        return self._pattern.startswith(text, self._at)

    def _take(self, text: str) -> bool:
        starts = self._starts(text)
        self._at += len(text) if starts else 0
        return starts


def _set_flags(flags: _Flags, on: str, off: str) -> _Flags:
    changes = {_FLAGS[letter]: letter in on for letter in on + off if letter in _FLAGS}
    return flags._replace(**changes)


def _parse_ranges(text: str) -> Ranges:
    """Return the ranges of a text such as `a-z_`."""
    matches = re.findall(r"(.)-(.)|(.)", text, re.DOTALL)
    return [(ord(low or char), ord(high or char)) for low, high, char in matches]


def _complement(ranges: Iterable[tuple[int, int]]) -> Ranges:
    """Return all code points outside the ranges, except NUL, which no text has."""
    result, after = [], 1
    for low, high in sorted(ranges):
        if low > after:
            result.append((after, low - 1))
        after = max(after, high + 1)
    return [*result, (after, sys.maxunicode)] if after <= sys.maxunicode else result


def _fold_case(ranges: Ranges, flags: _Flags) -> Ranges:
    """Return the ranges, with the other cases of their letters if case is ignored."""
    if not flags.any_case:
        return ranges
    return [*ranges, *(other for low, high in ranges for other in _other_cases(low, high))]


@lru_cache(maxsize=1024)
def _other_cases(low: int, high: int) -> tuple[tuple[int, int], ...]:
    """Return the other cases of the letters of a range, as ranges."""
    codes, variants = _cased_codes(), _case_variants()
    between = codes[bisect_left(codes, low) : bisect_left(codes, high + 1)]
    others = {other for code in between for other in variants[code]}
    return tuple((other, other) for other in others if not low <= other <= high)


@cache
def _cased_codes() -> list[int]:
    """Return the letters with several cases, in order."""
    return sorted(_case_variants())


@cache
def _case_variants() -> dict[int, set[int]]:
    """Return each letter with several cases → the letters that equal it ignoring case."""
    variants: dict[int, set[int]] = {}
    for code in set(range(_CASED_END)) - _CASELESS:
        char = chr(code)
        for other in (char.lower(), char.upper(), char.title()):
            if len(other) == 1 and other != char and ord(other) not in _CASELESS:
                merged = variants.get(code, {code}) | variants.get(ord(other), {ord(other)})
                variants |= dict.fromkeys(merged, merged)
    return variants


def _char_class(ranges: Ranges) -> str:
    """Return the character class in PostgreSQL's syntax; an empty class matches nothing."""
    merged: Ranges = []
    for low, high in sorted(ranges):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], high))
        else:
            merged.append((max(low, 1), high))
    parts = [_written(low) + (f"-{_written(high)}" if high > low else "") for low, high in merged]
    return f"[{''.join(parts)}]" if parts else "(?!)"


def _written(code: int) -> str:
    """Return a character as PostgreSQL reads it in a class."""
    return chr(code) if code < 128 and chr(code).isalnum() else f"\\U{code:08X}"
