"""Lists of members in other forms → tables with headers, which the reader understands.

A form counts only if every entry of a list, or every row of a table, has it. Any other block stays
as it is, and is read or reported like all blocks.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice, takewhile

from apiscribe.dialects.protobuf.component_members import with_component_members
from apiscribe.dialects.protobuf.component_values import read_component
from apiscribe.dialects.protobuf.definition_lists import as_bullets, read_definition_list
from apiscribe.dialects.protobuf.described_names import read_described_names
from apiscribe.dialects.protobuf.described_types import read_described_types
from apiscribe.dialects.protobuf.field_headings import with_field_headings
from apiscribe.dialects.protobuf.group_rows import read_group_rows, with_repeated_names
from apiscribe.dialects.protobuf.headings import split_parts
from apiscribe.dialects.protobuf.listed_declarations import read_listed_declarations
from apiscribe.dialects.protobuf.listed_fields import read_listed_fields
from apiscribe.dialects.protobuf.member_lines import with_member_lines
from apiscribe.dialects.protobuf.method_cells import read_method_cells
from apiscribe.dialects.protobuf.method_lines import read_sides
from apiscribe.dialects.protobuf.owner_columns import read_owner_column
from apiscribe.dialects.protobuf.pasted_json import read_pasted_json
from apiscribe.dialects.protobuf.rpc_lines import rpc_lines
from apiscribe.dialects.protobuf.side_labels import with_side_headings
from apiscribe.dialects.protobuf.spanned_headers import read_spanned_header
from apiscribe.dialects.protobuf.split_code import with_joined_code
from apiscribe.dialects.protobuf.summaries import with_summary_headings
from apiscribe.dialects.protobuf.texts import label
from apiscribe.dialects.protobuf.typed_names import as_values, read_typed_names
from apiscribe.dialects.protobuf.untitled_tables import read_untitled_table
from apiscribe.pages.blocks import (
    Block,
    Bullets,
    Code,
    Component,
    Definitions,
    Heading,
    Inline,
    Page,
    Paragraph,
    Table,
)
from apiscribe.pages.html_text import HTML

# Each looks at more than one block of a page, in this order: a summary may be the heading of a
# message that is above headings of its fields.
_STEPS = (
    with_summary_headings,
    with_field_headings,
    with_component_members,
    with_member_lines,
    with_joined_code,
)


def restate(page: Page) -> Page:
    """Return a page with tables in place of the blocks that list members in another form."""
    page = _with_title(page)
    blocks: Iterable[Block] = with_side_headings(page)
    for step in _STEPS:
        blocks = step(list(blocks))
    return replace(page, blocks=tuple(_restated(list(blocks))))


def _with_title(page: Page) -> Page:
    """Return a page with the title of its front matter as its first heading, as sites show it, if
    the title is that of a service, `Orders service`, or the line below states the full name.
    """
    title = page.front_matter.values.get("title", "")
    if not title or not page.blocks or isinstance(page.blocks[0], Heading):
        return page
    span = page.front_matter.spans["title"]
    heading = Heading(1, Inline(html.escape(title, quote=False), span, HTML), span)
    named = split_parts([heading, *page.blocks[:1]])[-1]
    if named.kind not in ("message", "enum", "service") or not (
        named.marked or named.kind == "service"
    ):
        return page
    return replace(page, blocks=(heading, *page.blocks))


def _restated(blocks: Sequence[Block]) -> Iterator[Block]:
    kind, is_enum, has_table = "", False, False
    heading: Heading | None = None
    for at, block in enumerate(blocks):
        match block:
            case Heading():
                heading, kind, is_enum = block, split_parts([block])[-1].kind, False
                has_table = _has_table(blocks, at + 1)
                yield block
            case Paragraph() if label(block) == "underlying":
                is_enum = True
                yield block
            case Bullets() if declared := read_listed_declarations(block, heading):
                yield from _restated(declared)
            case Bullets():
                made = read_definition_list(block, kind)
                if not made and not has_table and kind != "enum" and not _is_of_method(block):
                    made = read_listed_fields(block)
                yield made or block
            case Definitions():
                yield read_definition_list(as_bullets(block), kind) or block
            case Component() if declared := read_component(block):
                yield from declared
            case Code() if pasted := read_pasted_json(block):
                yield from pasted
            case Table() if declared := read_owner_column(block, heading):
                yield from _restated(declared)
            case Table() if described := read_described_types(block, heading):
                yield from described
            case Table():
                made = read_spanned_header(block) or read_untitled_table(block, kind)
                made = made or read_method_cells(block)
                made = made or read_typed_names(block) or (as_values(block) if is_enum else None)
                yield made or read_described_names(with_repeated_names(read_group_rows(block)))
            case _:
                yield block


def _has_table(blocks: Sequence[Block], at: int) -> bool:
    """Return whether a section that begins at a block has a table: its lists are comments."""
    section = takewhile(lambda block: not isinstance(block, Heading), islice(blocks, at, None))
    return any(isinstance(block, Table) for block in section)


def _is_of_method(bullets: Bullets) -> bool:
    """Return whether a list spells methods, or states the types of one."""
    return bool(rpc_lines(bullets) or read_sides(bullets, {}))
