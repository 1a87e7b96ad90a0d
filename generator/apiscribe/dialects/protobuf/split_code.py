"""Text in protobuf's language that a page splits over several blocks of code → one block.

    service Orders {
      rpc Buy(BuyRequest) returns (Order);

Then, with words between them:

      rpc Sell(SellRequest) returns (Order);
    }

The block takes the place of the first one, and the words follow it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from apiscribe.dialects.protobuf.texts import read_text
from apiscribe.pages.blocks import Block, Code

_BEGINS = re.compile(r"(?:\s|//[^\n]*\n)*(?:syntax|package|message|enum|service)\b")
_NO_BRACES = re.compile(r"//[^\n]*|/\*.*?\*/|\"(?:[^\"\\\n]|\\.)*\"", re.DOTALL)
_MOST = 200  # blocks from the first to the last


def with_joined_code(blocks: Sequence[Block]) -> Iterator[Block]:
    """Yield the blocks of a page, with one in place of those that only together are a text."""
    after = 0  # no block before this one is tried again
    gone: set[int] = set()
    for at, block in enumerate(blocks):
        if at in gone:
            continue
        if at >= after and isinstance(block, Code) and _BEGINS.match(block.text):
            positions = _positions(blocks, at)
            after = positions[-1] + 1
            joined = _joined([blocks[n] for n in positions]) if len(positions) > 1 else None
            if joined:
                gone.update(positions[1:])
                block = joined
        yield block


def _positions(blocks: Sequence[Block], at: int) -> list[int]:
    """Return the positions of the blocks of code up to the one that closes the last brace."""
    depth, positions = 0, []
    for n in range(at, min(len(blocks), at + _MOST)):
        block = blocks[n]
        if isinstance(block, Code):
            text = _NO_BRACES.sub("", block.text)
            depth += text.count("{") - text.count("}")
            positions.append(n)
            if depth <= 0:
                break
    return positions


def _joined(blocks: Sequence[Block]) -> Code | None:
    """Return the blocks as one, with empty lines for those between; None if it is no such text."""
    codes = [block for block in blocks if isinstance(block, Code)]
    first, text = codes[0], ""
    for code in codes:
        missing = code.span.line - first.span.line - text.count("\n")
        text += "\n" * max(missing, int(bool(text))) + code.text
    span = replace(first.span, end_line=codes[-1].span.end_line)
    return replace(first, text=text, span=span) if read_text(text, span) else None
