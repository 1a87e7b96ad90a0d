"""The section of one message: its description, its fields, its examples; and that of one enum."""

from __future__ import annotations

from apiscribe.dialects import tables
from apiscribe.dialects.ellipsis import is_ellipsis, leaves_open
from apiscribe.dialects.method_section import FieldReader, example_role
from apiscribe.dialects.outline import Coverage, Section
from apiscribe.model.draft import (
    EnumDraft,
    ExampleDraft,
    ExampleRole,
    FieldDraft,
    MessageDraft,
    ValueDraft,
)
from apiscribe.pages.blocks import Code, Paragraph, Shortcode, Table


def read_message_section(
    section: Section, read_fields: FieldReader, coverage: Coverage
) -> MessageDraft:
    """The message that a section with a heading is about.

    Code is an example of it; in a tab, of what the tab's title says.
    """
    assert section.heading
    fields: list[FieldDraft] = []
    examples: list[ExampleDraft] = []
    description: list[str] = []
    role: ExampleRole | None = None
    incomplete = False
    coverage.claim(section.heading)
    for block in section.blocks:
        found = read_fields(block, coverage)
        if found is not None:
            fields += found
            incomplete = incomplete or leaves_open(block)
            coverage.claim(block)
            continue
        match block:
            case Shortcode(name="tab"):
                role = example_role(block)
            case Code():
                shown = ExampleDraft(role=role or "message", text=block.text, span=block.span)
                examples.append(shown)
                coverage.claim(block)
            case Paragraph() if not role:
                description.append(block.inline.prose)
                coverage.claim(block)
    return MessageDraft(
        name=section.title,
        fields=tuple(fields),
        description="\n\n".join(description),
        examples=tuple(examples),
        incomplete=incomplete,
        span=section.heading.span,
    )


def read_enum_section(section: Section, coverage: Coverage) -> EnumDraft:
    """The enum that a section with a heading is about: a table of its values."""
    assert section.heading
    values: list[ValueDraft] = []
    incomplete = False
    coverage.claim(section.heading)
    for block in section.blocks:
        if isinstance(block, Table) and tables.kind(block) == "values":
            for row in tables.read_rows(block, coverage):
                if not is_ellipsis(row.row):
                    cell = row["value"]
                    values.append(ValueDraft(name=cell.text, span=cell.span))
            incomplete = incomplete or leaves_open(block)
            coverage.claim(block)
    return EnumDraft(
        name=section.title,
        values=tuple(values),
        incomplete=incomplete or not values,
        span=section.heading.span,
    )
