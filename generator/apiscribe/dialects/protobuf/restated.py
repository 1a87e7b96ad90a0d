"""Lists of members in other forms → tables with headers, which the reader understands.

A form counts only if every entry of a list, or every row of a table, has it. Any other block stays
as it is, and is read or reported like all blocks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from apiscribe.dialects.protobuf.component_values import read_component
from apiscribe.dialects.protobuf.definition_lists import read_definition_list
from apiscribe.dialects.protobuf.group_rows import read_group_rows
from apiscribe.dialects.protobuf.headings import split_parts
from apiscribe.dialects.protobuf.method_cells import read_method_cells
from apiscribe.dialects.protobuf.side_labels import with_side_headings
from apiscribe.dialects.protobuf.spanned_headers import read_spanned_header
from apiscribe.dialects.protobuf.texts import label
from apiscribe.dialects.protobuf.typed_names import as_values, read_typed_names
from apiscribe.pages.blocks import Block, Bullets, Component, Heading, Page, Paragraph, Table


def restate(page: Page) -> Page:
    """Return a page with tables in place of the blocks that list members in another form."""
    return replace(page, blocks=tuple(_restated(with_side_headings(page))))


def _restated(blocks: Iterable[Block]) -> Iterator[Block]:
    kind, is_enum = "", False
    for block in blocks:
        match block:
            case Heading():
                kind, is_enum = split_parts([block])[-1].kind, False
                yield block
            case Paragraph() if label(block) == "underlying":
                is_enum = True
                yield block
            case Bullets():
                yield read_definition_list(block, kind) or block
            case Component() if declared := read_component(block):
                yield from declared
            case Table():
                made = read_spanned_header(block) or read_method_cells(block)
                made = made or read_typed_names(block) or (as_values(block) if is_enum else None)
                yield made or read_group_rows(block)
            case _:
                yield block
