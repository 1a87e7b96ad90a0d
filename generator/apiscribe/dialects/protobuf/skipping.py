"""Parts of protobuf pages that declare nothing: tables of scalars, contents, links to the top."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from apiscribe.dialects.outline import Coverage
from apiscribe.dialects.protobuf import tables
from apiscribe.dialects.protobuf.headings import Part, caption, kind_alone, labelled_full_name
from apiscribe.dialects.protobuf.texts import label
from apiscribe.dialects.protobuf.types import is_type
from apiscribe.dialects.protobuf.words import header_role, heading_role, mark
from apiscribe.pages.anchors import has_only_anchors
from apiscribe.pages.blocks import Block, Bullets, Code, Component, Html, Paragraph, Table

# [job]: #shop.v1.Job
_TARGETS = re.compile(r"(?:\[[^\[\]]+\]:[ \t]+\S+[^\n]*\n?)+")
_JSON_COMMENT = re.compile(r"^\s*//.*", re.MULTILINE)
# {"name": "...", "roof": {...}, "frames": []}
_SKELETON = re.compile(
    r"""\{\s*(?:"\w+":\s*(?:"\.\.\."|\{\.\.\.\}|\[(?:\.\.\.)?\]|\.\.\.)\s*(?:,\s*|(?=\})))*\}"""
)


def skip_part(part: Part, block: Block, coverage: Coverage) -> bool:
    """Skip a block by one of the rules of protobuf pages; return whether one applies."""
    rule = _rule(part, block)
    if rule:
        coverage.skip(block, rule)
    return bool(rule)


def without_components(blocks: Sequence[Block], coverage: Coverage) -> list[Block]:
    """Return the blocks without the shortcodes and tags around others, which only arrange them, and
    without what is between those of a comment.
    """
    closed = {block.name for block in blocks if isinstance(block, Component) and not block.opens}
    kept: list[Block] = []
    hidden = False
    for block in blocks:
        match block:
            case Component() if block.name in closed:
                hidden = block.opens and mark(block.name) == "hidden"
                coverage.skip(block, "layout")
            case _ if hidden:
                coverage.skip(block, "layout")
            case _:
                kept.append(block)
    return kept


def skip_repeated(block: Code, coverage: Coverage) -> bool:
    """Skip code that repeats the names and types of a table as YAML, or as JSON without values."""
    lines = [line for line in block.text.split("\n") if line.strip()]
    repeats = bool(lines) and all(line.startswith('"') and '": ' in line for line in lines)
    repeats = repeats or bool(_SKELETON.fullmatch(block.text.strip())) or _is_json_of_types(block)
    if repeats:
        coverage.skip(block, "repeated-shape")
    return repeats


def _is_json_of_types(block: Code) -> bool:
    """Return whether code is an object of JSON with types in place of all values."""
    if not block.text.lstrip().startswith("{"):
        return False
    try:
        value = json.loads(_JSON_COMMENT.sub("", block.text))
    except (ValueError, RecursionError):
        return False
    return bool(value) and _has_types(value)


def _has_types(value: Any) -> bool:
    match value:
        case dict():
            return all(map(_has_types, value.values()))
        case list():
            return all(map(_has_types, value))
        case _:
            return isinstance(value, str) and is_type(value.replace(" ", ""))


def _rule(part: Part, block: Block) -> str:
    match block:
        case Table() if tables.kind(block) == "scalars":
            return "scalar-types"
        case Table() if tables.kind(block) == "extensions":
            return "extensions"
        case Table() if part.role == "extensions" and not tables.kind(block):
            return "extensions"
        case Table() if _is_shape(block):
            return "repeated-shape"
        case Table() if _is_list_of_links(block):
            return "table-of-contents"
        case Paragraph() if label(block):
            return "uses"
        case Bullets() if _follows_label(part, block):
            return "uses"
        case Bullets() if part.role == "contents" or _is_contents(block):
            return "table-of-contents"
        case Paragraph() | Html() if len(block.inline.source) < 300 and _leads_to_top(block):
            return "link-to-top"
        case Paragraph() if part.name and (
            _is_caption(block, part.name)
            or (part.kind and any(caption(block)))
            or (part.kind and kind_alone(block) == part.kind)
        ):
            return "layout"
        case Paragraph() | Html() if part.name and labelled_full_name(block, part.name):
            return "layout"
        case Paragraph() if heading_role(block.inline.text) in ("groups", "contents"):
            return "table-of-contents"
        case Paragraph() if has_only_anchors(block):
            return "layout"
        case Paragraph() if block.inline.source.startswith("[") and _TARGETS.fullmatch(
            block.inline.source
        ):
            return "link-targets"
        case _:
            return ""


def _follows_label(part: Part, block: Block) -> bool:
    """Return whether a list follows a line such as `Appears in:`."""
    at = next((n for n, one in enumerate(part.blocks) if one is block), 0)
    above = part.blocks[at - 1] if at else None
    return isinstance(above, Paragraph) and label(above) == "used by"


def _is_shape(table: Table) -> bool:
    """Return whether a table of one column shows a message as JSON with types as values."""
    return len(table.header.cells) == 1 and heading_role(table.header.cells[0].text) == "shapes"


def _is_list_of_links(table: Table) -> bool:
    """Return whether a header over all columns says `Methods`, and each row begins with a link."""
    if not table.header.spans or header_role(table.header.cells[0].text) != "method":
        return False
    heads = [row.cells[0] for row in table.rows if row.cells]
    return all(h.parsed.links and h.parsed.links[0].text == h.text for h in heads)


def _is_caption(block: Paragraph, name: str) -> bool:
    """Return whether a paragraph repeats the name above it as a caption: `Job Fields`."""
    head, _, rest = block.inline.text.partition(" ")
    return head == name and heading_role(rest) == "groups"


def _leads_to_top(block: Paragraph | Html) -> bool:
    links = block.inline.parsed.links
    return len(links) == 1 and links[0].target.startswith("#") and mark(block.inline.text) == "top"


def _is_contents(block: Bullets) -> bool:
    """Return whether every item of a list begins with a link to an anchor of the page."""
    for item in block.items:
        head = item.blocks[0] if item.blocks else None
        if not isinstance(head, Paragraph):
            return False
        links = head.inline.parsed.links
        if not links or not links[0].target.startswith("#"):
            return False
        if not head.inline.text.startswith(links[0].text):
            return False
    return bool(block.items)
