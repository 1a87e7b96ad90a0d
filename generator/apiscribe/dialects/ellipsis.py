"""The ellipsis: a last row or bullet with nothing but `…` or `...`.

It means that there are more fields or values than the page lists.
"""

from __future__ import annotations

from apiscribe.pages.blocks import Block, Bullets, Inline, Item, Paragraph, Row, Table

_ELLIPSIS = frozenset({"…", "..."})


def is_ellipsis(part: Row | Item) -> bool:
    """Return whether a row or bullet holds only an ellipsis."""
    if isinstance(part, Row):
        if not any(map(_may_hold_ellipsis, part.cells)):
            return False
        words = {cell.text for cell in part.cells} - {""}
        return len(words) == 1 and words <= _ELLIPSIS
    match part.blocks:
        case (Paragraph() as line,):
            return _may_hold_ellipsis(line.inline) and line.inline.text in _ELLIPSIS
        case _:
            return False


def _may_hold_ellipsis(inline: Inline) -> bool:
    """Return whether to parse a text: an ellipsis is a literal one or an entity (`&hellip;`)."""
    return any(sign in inline.source for sign in (*_ELLIPSIS, "&"))


def is_incomplete(block: Block) -> bool:
    """Return whether a table or list ends with an ellipsis."""
    match block:
        case Table(rows=parts) if parts:
            return is_ellipsis(parts[-1])
        case Bullets(items=items) if items:
            return is_ellipsis(items[-1])
        case _:
            return False
