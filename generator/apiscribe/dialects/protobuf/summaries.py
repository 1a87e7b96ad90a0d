"""Parts of a page that open by a click → headings.

    <details>
    <summary><b>Hive</b></summary>      ### Hive

    | Field | Type |                    | Field | Type |

The summary must be a name, with a table of members below it, or below a heading that groups
declarations, such as `Messages`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from apiscribe.dialects.protobuf import tables
from apiscribe.dialects.protobuf.words import group_kind
from apiscribe.pages.blocks import Block, Heading, Html, Inline, Table

_SUMMARY = re.compile(
    r"\s*<details\b[^<>]*>\s*<summary\b[^<>]*>(?P<title>(?:[^<]|<(?!/summary))*)</summary>\s*",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?:[^\W\d_]+ )?[A-Za-z_][\w.]*")
_MEMBERS = frozenset({"fields", "values", "methods"})
_LONGEST = 500  # characters of a summary
_FARTHEST = 20  # blocks to the table


def with_summary_headings(blocks: Sequence[Block]) -> Iterator[Block]:
    """Yield the blocks of a page, with headings in place of such summaries."""
    above: Heading | None = None
    for at, block in enumerate(blocks):
        above = block if isinstance(block, Heading) else above
        title = _title(block) if isinstance(block, Html) else None
        if title and (_lists_members(blocks, at) or (above and group_kind(above.inline.text))):
            level = min((above.level if above else 1) + 1, 6)
            yield Heading(level, title, block.span)
        else:
            yield block


def _title(block: Html) -> Inline | None:
    match = _SUMMARY.fullmatch(block.text) if len(block.text) < _LONGEST else None
    title = Inline(match["title"].strip(), block.span, block.inline.markup) if match else None
    return title if title and _NAME.fullmatch(title.text) else None


def _lists_members(blocks: Sequence[Block], at: int) -> bool:
    """Return whether the first table below a summary lists members of a declaration."""
    for block in islice(blocks, at + 1, at + _FARTHEST):
        match block:
            case Table():
                return tables.kind(block) in _MEMBERS
            case Heading() | Html():
                return False
    return False
