"""Lines that state the types or the routes of the method of a section.

### Buy

Request: [BuyRequest](#shop.v1.BuyRequest)      - **Returns:** stream `Order`
Response: [Order](#shop.v1.Order)               - HTTP: `POST /v1/orders`

Or a table with such a line in each row: `| Request | BuyRequest |`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from apiscribe.dialects.protobuf.headings import SIDES
from apiscribe.dialects.protobuf.made_tables import plain_inline
from apiscribe.dialects.protobuf.types import Anchors, read_cell
from apiscribe.dialects.protobuf.words import header_role, kind_of, mark
from apiscribe.model.draft import RouteDraft, TypeDraft
from apiscribe.pages.blocks import Block, Bullets, Code, Inline, Item, Paragraph, Table
from apiscribe.pages.html_text import HTML

_LABELLED = re.compile(r"(?P<label>[^:：]{1,40}?)(?:\s*[:：]|\s+[-–—](?=\s))\s*(?P<value>.+)")
_TYPE = re.compile(r"(?:[^\W\d_]+\s+(?:of\s+)?)?\.?[A-Za-z_][\w.]*(?:\s+[(]?[^\W\d_]+[)]?)?")
_ROUTE = re.compile(
    r"(?P<verb>GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)\s+(?P<path>/[^\s`]*)(?:\s+HTTP/[\d.]+)?"
    r"(?:`?\s*[(\[]\s*(?P<label>\w+)\s*[:：=]\s*[`\"]?(?P<body>\*|[\w.]+)[`\"]?\s*[)\]])?"
)
_MARKS = r"[*_`]*+(?:<[^<>]*>[*_`]*+)*"
_LABEL = re.compile(rf"{_MARKS}(?P<label>[^:：<>*`]{{1,40}}){_MARKS}[:：]{_MARKS}\s*", re.DOTALL)
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_LONGEST = 1000  # characters of a block


def read_sides(block: Block, anchors: Anchors) -> dict[str, TypeDraft]:
    """Return the types that the lines of a block state, by side; none if a line is another text
    than one about a type or a route.
    """
    sides: dict[str, TypeDraft] = {}
    for line in _lines(block):
        found = _side(line, anchors)
        if not found and not _routes(line):
            return {}
        sides |= found
    return sides


def labelled_lines(block: Block) -> Iterator[tuple[str, Inline]]:
    """Yield the lines of a block, each by its label: `- Type: string`; "" for one without."""
    for line in _lines(block):
        match = _LABEL.match(line.source)
        value = replace(line, source=line.source[match.end() :]) if match else line
        yield (match["label"] if match else ""), value


def _side(line: Inline, anchors: Anchors) -> dict[str, TypeDraft]:
    match = _LABELLED.fullmatch(line.text)
    side = kind_of(match["label"].strip("*_` ")) if match else ""
    if not match or side not in SIDES or not _TYPE.fullmatch(match["value"].strip("` ")):
        return {}
    typed = read_cell(line, anchors, match["value"])
    return {side: replace(typed.type, streams="stream" in typed.marks)}


def read_routes(block: Block) -> list[RouteDraft]:
    """Return the routes that the lines of a block show, behind a label or not: `GET
    /v1/orders/{id}`; none if a line is another text than a route or one about a type.
    """
    routes: list[RouteDraft] = []
    for line in _lines(block):
        found = _routes(line)
        if not found and not _side(line, {}):
            return []
        routes += found
    return routes


def _routes(line: Inline) -> list[RouteDraft]:
    """Return the routes of a line that has nothing else."""
    match = _LABELLED.fullmatch(line.text)
    is_labelled = match and not _ROUTE.match(line.text)
    text = match["value"] if match and is_labelled else line.text
    found = [_ROUTE.fullmatch(piece.strip("` ;")) for piece in re.split(r",\s+", text)]
    routes = [
        RouteDraft(verb=m["verb"], path=m["path"], body=m["body"], span=line.span)
        for m in found
        if m and (not m["label"] or header_role(m["label"]) == "body")
    ]
    return routes if len(routes) == len(found) else []


def _lines(block: Block) -> Iterator[Inline]:
    match block:
        case Code() if len(block.text) < _LONGEST:
            yield plain_inline(block.text.strip(), block.span)
        case Paragraph() if len(block.inline.source) < _LONGEST:
            inline = block.inline
            parts = (
                _BREAK.split(inline.source)
                if inline.markup is HTML
                else inline.source.replace("\\\n", "\n").split("\n")
            )
            for part in parts:
                line = replace(inline, source=part.strip())
                if line.text:
                    yield line
        case Bullets():
            for item in block.items:
                yield from _lines_of_item(item)
        case Table() if len(block.header.cells) in (2, 3) and not block.stray:
            # A third column may say whether a type is a stream. The first row is one of lines where
            # a table has no headers.
            streams = mark(block.header.cells[-1].text) == "stream"
            if len(block.header.cells) == 3 and not streams:
                return
            has_header = kind_of(block.header.cells[0].text) not in SIDES
            for row in block.rows if has_header else (block.header, *block.rows):
                if not row.cells:
                    continue
                label, value = (*row.cells, *row.cells)[:2]
                stream = "stream " if streams and mark(row.cells[-1].text) == "yes" else ""
                yield replace(value, source=f"{label.text}: {stream}{value.source}")
        case _:
            return


def _lines_of_item(item: Item) -> Iterator[Inline]:
    """Yield the lines of an item; of a definition list, the lines of a text with its term as their
    label.
    """
    match item.blocks:
        case (Paragraph() as term, Paragraph() as text) if _is_label(term.inline.text):
            for line in _lines(text):
                yield replace(line, source=f"{term.inline.text}: {line.source}")
        case blocks:
            for inner in blocks:
                yield from _lines(inner)


def _is_label(text: str) -> bool:
    return kind_of(text) in SIDES or header_role(text) in ("path", "verb")
