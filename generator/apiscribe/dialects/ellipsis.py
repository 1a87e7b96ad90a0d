"""The ellipsis: `…` or `...` and nothing else in the last row of a table or in the last bullet says
that there are more fields or values than the page lists.
"""

from __future__ import annotations

from apiscribe.pages.blocks import Block, Bullets, Item, Paragraph, Row, Table

_ELLIPSIS = frozenset({"…", "..."})


def is_ellipsis(part: Row | Item) -> bool:
    """Whether a row or a bullet holds an ellipsis and nothing else."""
    if isinstance(part, Row):
        words = {cell.text for cell in part.cells} - {""}
        return len(words) == 1 and words <= _ELLIPSIS
    match part.blocks:
        case (Paragraph() as line,):
            # Most bullets are not worth being parsed for this: an ellipsis is written, or `&…;`.
            may_be = any(sign in line.inline.source for sign in (*_ELLIPSIS, "&"))
            return may_be and line.inline.text in _ELLIPSIS
        case _:
            return False


def leaves_open(block: Block) -> bool:
    """Whether a table or a list ends with an ellipsis."""
    match block:
        case Table(rows=parts) if parts:
            return is_ellipsis(parts[-1])
        case Bullets(items=items) if items:
            return is_ellipsis(items[-1])
        case _:
            return False
