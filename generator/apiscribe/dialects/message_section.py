"""The section of a message: its description, fields and examples; and the section of an enum."""

from __future__ import annotations

import re

from apiscribe.diagnostics.codes.pages import below_label
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
from apiscribe.pages.blocks import Block, Code, Component, Paragraph, Table

# A paragraph with nothing but a name: `**Tight**`, `Tight:`, or `###Tight` without a blank.
_LABEL = re.compile(r"(?P<marks>#{0,6})(?P<name>[^\W\d][\w.]*):?")


class _Labels:
    """The labels in a section, which look like headings and are none.

    What a section lists below a second name is not its own, nor is anything below a name with the
    marks of a heading.
    """

    def __init__(self, section: Section, coverage: Coverage) -> None:
        self._section, self._coverage = section, coverage
        self._label = ""
        self._is_heading = False

    def note(self, paragraph: Paragraph) -> bool:
        """Return whether a paragraph is a label with the marks of a heading; keep its name."""
        if match := _LABEL.fullmatch(paragraph.inline.text):
            self._label, self._is_heading = match["name"], bool(match["marks"])
        return bool(match and match["marks"])

    def refuse(self, block: Block, is_first: bool) -> bool:
        """Return whether a list is not the section's, and report it then."""
        if not self._label or (is_first and not self._is_heading):
            return False
        self._coverage.unread(
            block, below_label(self._label, self._section.title), mark=self._label
        )
        return True


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
    labels = _Labels(section, coverage)
    for block in section.blocks:
        if read_fields(block, coverage.scratch()) and labels.refuse(block, not fields):
            continue
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
                if not labels.note(block):
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
    labels = _Labels(section, coverage)
    for block in section.blocks:
        if isinstance(block, Paragraph):
            labels.note(block)
        if isinstance(block, Table) and tables.kind(block) == "values":
            if labels.refuse(block, not values):
                continue
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
