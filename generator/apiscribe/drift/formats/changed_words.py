"""The words that differ between the lines of two versions.

Punctuation is the form of a page: `| name | string |` and `* **name** (string)` differ in no word.
It is marked only where no word differs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import groupby

# A part of a line, and whether the other version differs in it.
Part = tuple[str, bool]

_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
_MAX_TOKENS = 600  # of a version; in longer texts no words are marked


def mark_changed_words(
    old: Sequence[str], new: Sequence[str]
) -> tuple[list[list[Part]], list[list[Part]]]:
    """Return the lines of both versions in parts. Lines without a common word have no marks."""
    old_tokens, new_tokens = _tokens(old), _tokens(new)
    for is_compared in (_is_word, _is_visible):
        old_places = [at for at, token in enumerate(old_tokens) if is_compared(token)]
        new_places = [at for at, token in enumerate(new_tokens) if is_compared(token)]
        if max(len(old_places), len(new_places)) > _MAX_TOKENS:
            break
        old_equal, new_equal = _equal_places(
            [old_tokens[at] for at in old_places], [new_tokens[at] for at in new_places]
        )
        if not old_equal:
            break
        changed = (
            {at for index, at in enumerate(old_places) if index not in old_equal},
            {at for index, at in enumerate(new_places) if index not in new_equal},
        )
        if any(changed):
            return _lines(old_tokens, changed[0]), _lines(new_tokens, changed[1])
    return _lines(old_tokens, set()), _lines(new_tokens, set())


def _tokens(lines: Sequence[str]) -> list[str]:
    """Return the tokens of all lines; an empty one ends each line."""
    return [token for line in lines for token in (*_TOKEN.findall(line), "")]


def _is_word(token: str) -> bool:
    return token[:1].isalnum() or token.startswith("_")


def _is_visible(token: str) -> bool:
    return bool(token.strip())


def _equal_places(old: Sequence[str], new: Sequence[str]) -> tuple[set[int], set[int]]:
    """Return the indexes of the tokens that both versions have."""
    blocks = SequenceMatcher(a=old, b=new, autojunk=False).get_matching_blocks()
    return (
        {block.a + at for block in blocks for at in range(block.size)},
        {block.b + at for block in blocks for at in range(block.size)},
    )


def _lines(tokens: Sequence[str], changed: set[int]) -> list[list[Part]]:
    lines: list[list[Part]] = [[]]
    for at, token in enumerate(tokens):
        # Space between two marked words is marked with them.
        is_between = token.isspace() and {at - 1, at + 1} <= changed
        if token:
            lines[-1].append((token, at in changed or is_between))
        else:
            lines.append([])
    return [
        [
            ("".join(token for token, _ in group), is_changed)
            for is_changed, group in groupby(line, key=lambda part: part[1])
        ]
        for line in lines[:-1]
    ]
