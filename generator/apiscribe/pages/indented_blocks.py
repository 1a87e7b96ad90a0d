"""Blocks that a first line opens: `!!! note "Title"`, `=== "Tab"`, `:::{dropdown} Title` → scopes.

The content of the first two is indented below them; a line of colons closes the last.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from apiscribe.diagnostics.source import Source
from apiscribe.pages.blocks import Block, Component, Inline, Paragraph
from apiscribe.pages.definitions import read_definitions

_TITLED = r"""(?:\s+(?:"(?P<title>[^"\n]*)"|'(?P<single>[^'\n]*)'))?"""
_INDENTED = re.compile(
    rf"(?:(?P<tab>===[+!]*)|(?:!!!|\?\?\?\+?)\s+(?P<name>[a-z][\w-]*)(?:\s+[\w-]+)*){_TITLED}\s*(?:\n|$)"
)
_COLONS = re.compile(
    r":{3,}\s*(?:\{(?P<name>[\w-]+)\}|(?P<word>[a-z]\w*))[ \t]*(?P<title>[^\n]*)\n?"
)
_CLOSING = re.compile(r":{3,}\s*$")
_MARKS = ("!!!", "???", "===", ":::")
_TAB_STOP = 4


def open_scopes(blocks: Sequence[Block], source: Source) -> Iterator[Block]:
    """Yield the blocks with a component in place of each line that opens or closes a scope."""
    if not any(mark in source.text for mark in _MARKS):
        yield from blocks
        return
    opened: list[tuple[int, str]] = []  # the indent of each scope, -1 of one between colons
    for block in blocks:
        indent = _indent(source.lines[block.span.line - 1])
        while opened and opened[-1][0] >= 0 and indent <= opened[-1][0]:
            yield Component(opened.pop()[1], "", False, block.span)
        text = block.inline.source if isinstance(block, Paragraph) else ""
        tab, colons = _INDENTED.match(text), _COLONS.match(text)
        if isinstance(block, Paragraph) and _CLOSING.fullmatch(text) and opened:
            yield Component(opened.pop()[1], "", False, block.span)
        elif isinstance(block, Paragraph) and (match := tab or colons):
            name = "tab" if tab and tab["tab"] else match["name"] or "admonition"
            title = (match["title"] or (tab["single"] if tab else "") or "").strip()
            span = replace(block.span, end_line=block.span.line)
            yield Component(name, "", True, span, {"title": title} if title else {})
            opened.append((indent if tab else -1, name))
            yield from _below(block, match.end(), source)
            if colons and re.search(r"\n:{3,}\s*$", text):
                yield Component(opened.pop()[1], "", False, block.span)
        else:
            yield block
    for _, name in reversed(opened):
        yield Component(name, "", False, source.span(len(source.lines)))


def _below(block: Paragraph, at: int, source: Source) -> Iterator[Block]:
    """Yield the text of a paragraph behind its first line."""
    inline = block.inline
    text = re.sub(r"\n:{3,}\s*$", "", inline.source[at:])
    lines = [line.strip() for line in text.split("\n")]
    if any(lines):
        first = min(block.span.line + 1, block.span.end_line)
        span = replace(block.span, line=first)
        below = Inline("\n".join(lines), span, inline.markup)
        yield read_definitions(Paragraph(below, span), source)


def _indent(line: str) -> int:
    expanded = line.expandtabs(_TAB_STOP)
    return len(expanded) - len(expanded.lstrip())
