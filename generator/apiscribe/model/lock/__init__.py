"""lock.json: numbers and made-up names, which never change once assigned.

`build` writes it and people review it: messages and enums sorted by name, a line per field, sorted
by number. Fields and values have their documented names. Those that were removed from the pages
stay in `reserved`, so that their numbers are not assigned again. `names` has the identifiers that
differ from the documented names.
"""

from apiscribe.model.lock.entries import (
    ENUM_NUMBERS,
    FIELD_NUMBERS,
    LONGEST_RANGE,
    NO_NUMBERS,
    Lock,
    NameKind,
    Names,
    Numbered,
    Numbers,
    difference,
)
from apiscribe.model.lock.text import LOCK_FILE, line_of, lock_text, read_lock

__all__ = [
    "ENUM_NUMBERS",
    "FIELD_NUMBERS",
    "LOCK_FILE",
    "LONGEST_RANGE",
    "NO_NUMBERS",
    "Lock",
    "NameKind",
    "Names",
    "Numbered",
    "Numbers",
    "difference",
    "line_of",
    "lock_text",
    "read_lock",
]
