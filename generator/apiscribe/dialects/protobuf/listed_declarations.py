"""Lists of declarations with their members below them → headings with the members.

    ## Messages                          - message `Hive`: A hive of bees.
                                           - `roof` (Roof): Its roof.
    - **Hive** - A hive of bees.
      - `roof` (Roof): Its roof.         - enum `Mood`
                                           - `CALM` = 0

Every item must begin with a name, alone or behind the kind of a declaration. The kind of a name
alone is that of the members below it, or that of the heading above the list.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from apiscribe.dialects.protobuf.listed_fields import is_listed_field, read_listed_fields
from apiscribe.dialects.protobuf.listed_values import read_listed_values
from apiscribe.dialects.protobuf.rpc_lines import rpc_lines
from apiscribe.dialects.protobuf.words import group_kind, heading_role, kind_of
from apiscribe.pages.blocks import Block, Bullets, Heading, Inline, Item, Paragraph

_DECLARED = ("message", "enum", "service")
_MARKS = r"[`*]*+(?:<[^<>]*>[`*]*+)*"
_HEAD = re.compile(
    rf"{_MARKS}(?:(?P<kind>[^\W\d_]+){_MARKS}\s+{_MARKS})?(?P<name>[A-Za-z_][\w.]*){_MARKS}"
    r"(?:(?:\s*(?:[-–—:：]|\.(?=\s))\s*|(?<=[`*>])\s+)(?P<description>\S.*)?)?",
    re.DOTALL,
)
_MARKED = re.compile(r"[`*]|<(?:code|b|strong|a)\b", re.IGNORECASE)
_DEEPEST = 3  # lists of declarations in lists
_LONGEST = 2000  # characters of an item's first paragraph


@dataclass(frozen=True)
class _Entry:
    kind: str
    name: str
    description: str
    head: Inline
    below: Sequence[Block]


def read_listed_declarations(
    bullets: Bullets, above: Heading | None, depth: int = 0
) -> list[Block]:
    """Return the headings and members that a list declares; none if an item is another text."""
    if depth > _DEEPEST:
        return []
    group = group_kind(above.inline.text) if above else ""
    entries = [_entry(item, group, depth) for item in bullets.items]
    known = [entry for entry in entries if entry]
    if len(known) < len(entries) or not (group or any(entry.below for entry in known)):
        return []
    level = min((above.level if above else 1) + 1, 6)
    return [block for entry in known for block in _blocks(entry, level, depth)]


def count_listed_members(bullets: Bullets, above: Heading | None) -> int:
    """Return how many items of a list have the form of a member, or of a declaration with members:
    of a list with other items, none is read.
    """
    group = group_kind(above.inline.text) if above else ""
    fields = sum(map(is_listed_field, bullets.items))
    declarations = [_entry(item, group, 0) for item in bullets.items]
    return fields or sum(bool(entry and (group or entry.below)) for entry in declarations)


def _entry(item: Item, group: str, depth: int) -> _Entry | None:
    head = item.blocks[0] if item.blocks else None
    if not isinstance(head, Paragraph) or len(head.inline.source) > _LONGEST:
        return None
    match = _HEAD.fullmatch(head.inline.source.strip())
    if not match or (match["kind"] and kind_of(match["kind"]) not in _DECLARED):
        return None
    below = [block for each in item.blocks[1:] for block in _without_label(each)]
    kind = kind_of(match["kind"] or "") or _kind_below(below) or ("" if below else group)
    is_marked = bool(match["kind"]) or _MARKED.match(head.inline.source)
    if kind not in _DECLARED or not is_marked or not _may_hold(kind, below, depth):
        return None
    return _Entry(kind, match["name"], match["description"] or "", head.inline, below)


def _without_label(block: Block) -> Sequence[Block]:
    """Return the blocks below a list of one item that only labels them: `Fields`."""
    if isinstance(block, Bullets) and len(block.items) == 1:
        head, *below = block.items[0].blocks or (None,)
        if isinstance(head, Paragraph) and heading_role(head.inline.text) == "groups":
            return [each for each in below if each is not None]
    return [block]


def _kind_below(blocks: Iterable[Block]) -> str:
    """Return the kind of the declaration that has such members."""
    return next((kind for block in blocks if (kind := _kind_of_members(block))), "")


def _kind_of_members(block: Block) -> str:
    match block:
        case Bullets() if read_listed_values(block):
            return "enum"
        case Bullets() if rpc_lines(block):
            return "service"
        case Bullets() if read_listed_fields(block):
            return "message"
        case _:
            return ""


def _may_hold(kind: str, blocks: Iterable[Block], depth: int) -> bool:
    """Return whether all lists below an item are members of its kind, or nested declarations."""
    lists = (block for block in blocks if isinstance(block, Bullets))
    return all(
        _kind_of_members(block) == kind
        or (kind == "message" and bool(read_listed_declarations(block, None, depth + 1)))
        for block in lists
    )


def _blocks(entry: _Entry, level: int, depth: int) -> Iterator[Block]:
    head = entry.head
    title = Inline(f"{entry.kind} `{entry.name}`", head.span, head.markup)
    heading = Heading(level, title, head.span)
    yield heading
    if entry.description:
        yield Paragraph(Inline(entry.description, head.span, head.markup), head.span)
    for block in entry.below:
        inner: list[Block] = []
        if isinstance(block, Bullets):
            inner = read_listed_declarations(block, heading, depth + 1)
        yield from inner or [block]
