"""Lines that declare a method: `rpc Get([GetRequest](#get)) [Job](#job)`.

A line may be a paragraph, quoted or not, or the begin of an item of a list: `<dt>rpc Get(…)</dt>`,
`- Get(GetRequest) returns (Job): Gets it.`
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from apiscribe.dialects.protobuf.types import Anchors, read_cell
from apiscribe.dialects.protobuf.words import mark
from apiscribe.model.draft import MethodDraft
from apiscribe.pages.blocks import Block, Bullets, Inline, Paragraph, Quote

_TYPE = r"(?:stream\s+(?:of\s+)?)?\.?[\w.]+"
_RPC = re.compile(
    rf"(?a:(?P<rpc>rpc\s+)?(?P<name>\w+)\s*\(\s*(?P<request>{_TYPE})\s*\)\s*"
    rf"(?P<returns>returns\s*\(|(?:→|->)\s*)?\(?(?:returns\s+)?\s*(?P<response>{_TYPE})\s*\)?\s*;?)"
    r"(?P<marks>(?:\s+[(\[]?[^\W\d_]+[)\]]?)*)(?:\s*(?:[-–—:：]|//)(?:\s+(?P<description>.+))?)?",
    re.DOTALL,
)
_BREAK = re.compile(r"\\\n|[ ]{2,}\n|<br\s*/?>\s*")
_LONGEST = 500  # characters of a line


def read_rpc_lines(block: Block, anchors: Anchors) -> list[MethodDraft]:
    """Return the methods that a block spells; none if an item of a list is something else."""
    return [_method(line, below, anchors) for line, below in rpc_lines(block)]


def _method(line: Inline, below: Sequence[Block], anchors: Anchors) -> MethodDraft:
    match = _match(line)
    assert match
    marks = _marks(match)
    response = read_cell(line, anchors, match["response"]).type
    texts = [match["description"] or ""]
    texts += [block.inline.prose for block in below if isinstance(block, Paragraph)]
    return MethodDraft(
        name=match["name"],
        request=read_cell(line, anchors, match["request"]).type,
        response=replace(response, streams=response.streams or "stream" in marks),
        deprecated="deprecated" in marks,
        description="\n\n".join(filter(None, texts)),
        span=line.span,
    )


def rpc_lines(block: Block) -> list[tuple[Inline, tuple[Block, ...]]]:
    """Return the lines of a paragraph, a quote or a list that spell a method each, with the blocks
    that are about it alone.
    """
    match block:
        case Paragraph() if len(block.inline.source) < _LONGEST:
            first, *rest = _BREAK.split(block.inline.source, maxsplit=1)
            line = replace(block.inline, source=first)
            below = (replace(block, inline=replace(line, source=text)) for text in rest)
            return [(line, tuple(below))] if _match(line) else []
        case Quote(blocks=(Paragraph() as paragraph, *_)):
            return rpc_lines(paragraph)
        case Bullets():
            items = [(rpc_lines(item.blocks[0]), item) for item in block.items if item.blocks]
            lines = [
                (line, (*below, *item.blocks[1:]))
                for found, item in items
                for line, below in found[:1]
            ]
            return lines if len(lines) == len(block.items) else []
        case _:
            return []


def _match(line: Inline) -> re.Match[str] | None:
    """Return the parts of a line; behind its types may be words for "deprecated" and "stream", and
    a description. Without the word `rpc`, both types are in brackets, or behind an arrow is a link.
    """
    match = _RPC.fullmatch(line.text)
    if not match or not _marks(match) <= {"deprecated", "stream"}:
        return None
    between = (match["returns"] or "").strip()
    is_arrow = between in ("→", "->") and all(
        any(type_.endswith(link.text) for link in line.parsed.links)
        for type_ in (match["request"], match["response"])
    )
    return match if match["rpc"] or between.startswith("returns") or is_arrow else None


def _marks(match: re.Match[str]) -> set[str]:
    return {mark(word.strip("()[]")) for word in match["marks"].split()}
