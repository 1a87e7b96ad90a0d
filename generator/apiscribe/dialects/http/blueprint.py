"""API Blueprint: its structures (MSON) → JSON Schema in code, its parameters → tables, and the
addresses of resources in the headings of their actions.

    ## Orchard [/orchards/{id}]
    ### View [GET]
    + Response 200
        + Attributes (Orchard)
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from apiscribe.diagnostics.source import Span
from apiscribe.dialects.http.made_blocks import made_table
from apiscribe.dialects.http.mson import (
    Structures,
    groups_of,
    head_of,
    member_of,
    structure_name,
    type_words,
)
from apiscribe.dialects.http.request_drafts import WITHOUT_BODY
from apiscribe.dialects.http.routes import VERBS
from apiscribe.pages.blocks import Block, Bullets, Code, Heading, Item, Paragraph

_RESOURCE = re.compile(r"(?P<title>.*?)\s*\[(?P<path>/[^\]\s]*)\]\s*")
_ACTION = re.compile(
    rf"(?P<title>.*?)\s*\[(?P<verb>{'|'.join(sorted(VERBS))})(?:\s+(?P<path>/\S*))?\]\s*"
)
_SECTION = re.compile(
    r"(?:Request|Response|Parameters|Attributes|Model|Headers|Body|Schema)\b[^:`]*"
)
_ATTRIBUTES = re.compile(r"Attributes\s*(?:\((?P<type>.*)\))?\s*")
_STRUCTURE = re.compile(r"(?P<name>[\w][\w -]*?)\s*(?:\((?P<type>[^()]*)\))?\s*")
_QUERY = re.compile(r"\{[?&][^{}]*\}")


def restate(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Return the blocks of a blueprint in the words of other pages; other blocks themselves."""
    texts = [block.inline.text for block in blocks if isinstance(block, Heading)]
    lists = any(
        isinstance(block, Bullets) and any(map(_is_section, block.items)) for block in blocks
    )
    if not lists or not any(_RESOURCE.fullmatch(t) or _ACTION.fullmatch(t) for t in texts):
        return tuple(blocks)
    return tuple(_Blueprint(blocks).blocks())


def _is_section(item: Item) -> bool:
    return _SECTION.fullmatch(head_of(item)) is not None


class _Blueprint:
    def __init__(self, blocks: Sequence[Block]) -> None:
        self.source = blocks
        self.structures = Structures(dict(self.found_structures()))

    def found_structures(self) -> Iterator[tuple[str, tuple[str, Bullets | None]]]:
        """Yield the structures of the page: name → the type that it begins with, its members."""
        inside = 0
        for at, block in enumerate(self.source):
            if not isinstance(block, Heading):
                continue
            title = block.inline.text
            if inside and block.level > inside and (match := _STRUCTURE.fullmatch(title)):
                below = self.source[at + 1 : at + 3]
                members = next((b for b in below if isinstance(b, Bullets)), None)
                yield match["name"], (match["type"] or "object", members)
            elif not inside or block.level <= inside:
                inside = block.level if title.lower() == "data structures" else 0

    def blocks(self) -> Iterator[Block]:
        path, shared, level = "", list[Block](), 0  # of the resource
        structure = ""
        for block in self.source:
            text = block.inline.text if isinstance(block, Heading) else ""
            if isinstance(block, Heading):
                structure = ""
            if isinstance(block, Heading) and (match := _ACTION.fullmatch(text)):
                address = match["path"] or path
                kept = address if match["verb"] in WITHOUT_BODY else _QUERY.sub("", address)
                yield _titled(block, f"{match['title']} [{match['verb']} {kept}]")
                yield from shared if not match["path"] else ()
            elif isinstance(block, Heading) and (match := _RESOURCE.fullmatch(text)):
                path, shared, level = match["path"], [], block.level
                yield _titled(block, match["title"] or match["path"].strip("/"))
            elif isinstance(block, Heading):
                path = path if block.level > level else ""
                match = _STRUCTURE.fullmatch(text)
                structure = (
                    match["name"] if match and match["name"] in self.structures.named else ""
                )
                yield _titled(block, structure_name(structure)) if structure else block
            elif isinstance(block, Bullets) and structure:
                yield _code(self.structures.structure(structure, ()), block.span)
            elif isinstance(block, Bullets) and any(map(_is_section, block.items)):
                stated = replace(block, items=tuple(map(self.item, block.items)))
                if path and all(head_of(item).startswith("Parameters") for item in block.items):
                    shared.append(stated)
                else:
                    yield stated
            else:
                yield block

    def item(self, item: Item) -> Item:
        """Return a section in a list with its lists as tables and code."""
        head, below = head_of(item), item.blocks[1:]
        if match := _ATTRIBUTES.fullmatch(head):
            members = next((b for b in below if isinstance(b, Bullets)), None)
            schema = self.structures.schema(match["type"] or "object", members, ())
            return replace(item, blocks=(_code(schema, item.span),))
        if head.startswith("Parameters"):
            rows = [
                self.parameter(each) for b in below if isinstance(b, Bullets) for each in b.items
            ]
            cells = ("Name", "Type", "Required", "Description")
            return replace(item, blocks=(item.blocks[0], made_table(cells, rows, item.span)))
        if head == "Headers":
            lines = [b.inline.source for b in below if isinstance(b, Paragraph)]
            names = [line.partition(":")[0].strip() for text in lines for line in text.split("\n")]
            headers = [(name, "header", "") for name in names if re.fullmatch(r"[\w-]+", name)]
            table = made_table(("Name", "In", "Description"), headers, item.span)
            return replace(item, blocks=(item.blocks[0], table))
        return replace(item, blocks=tuple(b for block in item.blocks for b in self.inside(block)))

    def inside(self, block: Block) -> Iterator[Block]:
        """Yield the blocks of a request or an answer, without the lists around them."""
        match block:
            case Bullets(items=items):
                for item in map(self.item, items):
                    alone = len(item.blocks) == 1 or head_of(item) in ("Body", "Schema")
                    if alone and isinstance(item.blocks[-1], Code):
                        yield item.blocks[-1]
                    else:
                        yield replace(block, items=(item,))
            case Paragraph(inline=inline) if inline.source.strip()[:1] in ("{", "["):
                yield Code("json", inline.source, block.span)
            case _:
                yield block

    def parameter(self, item: Item) -> tuple[str, str, str, str]:
        """Return the cells of a parameter."""
        match = member_of(item)
        type_, required = type_words(match["type"] or "string")
        text = match["text"] or ""
        for name, values in groups_of(item):
            if name == "default":
                text += f" Default: `{values[0]}`." if values else ""
            elif name == "members" and len(values) > 1:
                text += " One of " + ", ".join(f"`{value}`" for value in values) + "."
        mark = "" if required is None else "yes" if required else "no"
        return f"`{(match['name'] or '').strip('`*')}`", type_, mark, text


def _titled(heading: Heading, title: str) -> Heading:
    return replace(heading, inline=replace(heading.inline, source=title))


def _code(schema: dict[str, Any], span: Span) -> Code:
    return Code("json", json.dumps(schema, ensure_ascii=False), span)
