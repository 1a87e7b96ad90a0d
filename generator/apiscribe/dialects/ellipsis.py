"""The ellipsis: `…` or `...` and nothing else in the last row of a table or in the last bullet says
that there are more fields or values than the page lists.
"""

from __future__ import annotations

from apiscribe.pages.blocks import Block, Bullets, Inline, Item, Paragraph, Row, Table

_ELLIPSIS = frozenset({"…", "..."})


def is_ellipsis(part: Row | Item) -> bool:
    """Whether a row or a bullet holds an ellipsis and nothing else."""
    if isinstance(part, Row):
        if not any(map(_may_hold_one, part.cells)):
            return False
        words = {cell.text for cell in part.cells} - {""}
        return len(words) == 1 and words <= _ELLIPSIS
    match part.blocks:
        case (Paragraph() as line,):
            return _may_hold_one(line.inline) and line.inline.text in _ELLIPSIS
        case _:
            return False


def _may_hold_one(inline: Inline) -> bool:
    """Whether it is worth to parse a text: an ellipsis is written as it is, or as `&…;`."""
    return any(sign in inline.source for sign in (*_ELLIPSIS, "&"))


def leaves_open(block: Block) -> bool:
    """Whether a table or a list ends with an ellipsis."""
    match block:
        case Table(rows=parts) if parts:
            return is_ellipsis(parts[-1])
        case Bullets(items=items) if items:
            return is_ellipsis(items[-1])
        case _:
            return False
