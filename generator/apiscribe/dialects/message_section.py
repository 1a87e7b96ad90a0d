"""The section of a message: its description, fields and examples; and the section of an enum."""

from __future__ import annotations

from apiscribe.dialects import tables
from apiscribe.dialects.ellipsis import is_ellipsis, is_incomplete
from apiscribe.dialects.method_section import FieldReader, example_role
from apiscribe.dialects.outline import Coverage, Section
from apiscribe.model.draft import (
    EnumDraft,
    ExampleDraft,
    FieldDraft,
    MessageDraft,
    ValueDraft,
)
from apiscribe.model.http import ExampleRole
from apiscribe.pages.blocks import Code, Component, Paragraph, Table


def read_message_section(
    section: Section, read_fields: FieldReader, coverage: Coverage
) -> MessageDraft:
    """Read the message of a section with a heading.

    Code is an example of the message; in a tab, the tab's title says what it is an example of.
    """
    assert section.heading
    fields: list[FieldDraft] = []
    examples: list[ExampleDraft] = []
    description: list[str] = []
    role: ExampleRole | None = None
    incomplete = False
    coverage.read(section.heading)
    for block in section.blocks:
        own_fields = read_fields(block, coverage)
        if own_fields is not None:
            fields += own_fields
            incomplete = incomplete or is_incomplete(block)
            coverage.read(block)
            continue
        match block:
            case Component(name="tab"):
                role = example_role(block)
            case Code():
                example = ExampleDraft(role=role or "message", text=block.text, span=block.span)
                examples.append(example)
                coverage.read(block)
            case Paragraph() if not role:
                description.append(block.inline.prose)
                coverage.read(block)
    return MessageDraft(
        name=section.title,
        fields=tuple(fields),
        description="\n\n".join(description),
        examples=tuple(examples),
        incomplete=incomplete,
        span=section.heading.span,
    )


def read_enum_section(section: Section, coverage: Coverage) -> EnumDraft:
    """Read the enum of a section with a heading: a table of its values."""
    assert section.heading
    values: list[ValueDraft] = []
    incomplete = False
    coverage.read(section.heading)
    for block in section.blocks:
        if isinstance(block, Table) and tables.kind(block) == "values":
            for row in tables.read_rows(block, coverage):
                if not is_ellipsis(row.row):
                    cell = row["value"]
                    values.append(ValueDraft(name=cell.text, span=cell.span))
            incomplete = incomplete or is_incomplete(block)
            coverage.read(block)
    return EnumDraft(
        name=section.title,
        values=tuple(values),
        incomplete=incomplete or not values,
        span=section.heading.span,
    )
