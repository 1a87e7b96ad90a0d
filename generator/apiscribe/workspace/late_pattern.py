"""Patterns that are compiled at their first use.

Compiling a pattern of many words takes as long as reading a small page, and a page needs few of the
patterns of the modules that read it.
"""

from __future__ import annotations

import re
from typing import Any, cast

_METHODS = ("search", "match", "fullmatch", "finditer", "findall", "split", "sub", "subn")


class _LatePattern:
    """A pattern with the methods of a compiled one; it gets them when the first is called."""

    def __init__(self, pattern: str, flags: int) -> None:
        self.pattern, self.flags = pattern, flags

    def __getattr__(self, name: str) -> Any:
        if name not in _METHODS:
            raise AttributeError(name)
        compiled = re.compile(self.pattern, self.flags)
        self.__dict__ |= {method: getattr(compiled, method) for method in _METHODS}
        return self.__dict__[name]


def late_pattern(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """Return a pattern that is compiled at its first use, as those of a millisecond or more are."""
    return cast("re.Pattern[str]", _LatePattern(pattern, flags))
