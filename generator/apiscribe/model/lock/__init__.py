"""lock.json: the numbers of fields and enum values, once given and never moved.

The tool writes it and people review it: a line for each field, in the order of the numbers, and
messages and enums in the order of their names. Fields and values go by their documented names. What
a page no longer has stays under `reserved`, so that its number is not given to another.
"""

from apiscribe.model.lock.entries import (
    ENUM_NUMBERS,
    FIELD_NUMBERS,
    Lock,
    Numbered,
    Numbers,
    difference,
)
from apiscribe.model.lock.text import LOCK_FILE, line_of, lock_text, read_lock

__all__ = [
    "ENUM_NUMBERS",
    "FIELD_NUMBERS",
    "LOCK_FILE",
    "Lock",
    "Numbered",
    "Numbers",
    "difference",
    "line_of",
    "lock_text",
    "read_lock",
]
