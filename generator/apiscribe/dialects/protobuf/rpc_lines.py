"""Lines that declare a method, quoted or not: `rpc Get([GetRequest](#get)) [Job](#job)`."""

from __future__ import annotations

import re

from apiscribe.dialects.protobuf.types import Anchors, read_cell
from apiscribe.model.draft import MethodDraft
from apiscribe.pages.blocks import Block, Inline, Paragraph, Quote

_RPC = re.compile(
    r"rpc\s+(?P<name>\w+)\s*\(\s*(?P<request>(?:stream\s+)?[\w.]+)\s*\)\s*(?:returns\s*)?"
    r"\(?\s*(?P<response>(?:stream\s+)?[\w.]+)\s*\)?\s*;?",
    re.ASCII,
)
_LONGEST = 500  # characters of a line


def read_rpc_line(block: Block, anchors: Anchors) -> MethodDraft | None:
    """Return the method that a paragraph or quote spells, or None."""
    line = rpc_line(block)
    if line is None:
        return None
    match = _RPC.fullmatch(line.text)
    assert match
    return MethodDraft(
        name=match["name"],
        request=read_cell(line, anchors, match["request"]).type,
        response=read_cell(line, anchors, match["response"]).type,
        span=block.span,
    )


def rpc_line(block: Block) -> Inline | None:
    """Return the line of a paragraph or quote that spells a method, or None."""
    match block:
        case Paragraph() if len(block.inline.source) < _LONGEST:
            return block.inline if _RPC.fullmatch(block.inline.text) else None
        case Quote(blocks=(Paragraph() as paragraph, *_)):
            return rpc_line(paragraph)
        case _:
            return None
