"""Pages of one service: title, package, methods, messages.

The structure that the Hugo and the GitBook dialects share:

    # Title                    a quote: **Package : name.of.package**
    ## Service                 a table of methods
    ### method                 a quote with its routes, its types, examples in tabs
    ## Message
    ### MessageName            fields; a dialect says how they are written
    ## Enum
    ### EnumName               a table of values; `Message.EnumName` is nested in its message

The service is named in the line above its table of methods (`**JobTask Methods:**`), because titles
follow file names (`Job_task`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from apiscribe.diagnostics.codes.methods import contradictory_tab
from apiscribe.diagnostics.codes.pages import missing_package, text_between_tables
from apiscribe.diagnostics.report import Report
from apiscribe.diagnostics.source import Span
from apiscribe.dialects import tables
from apiscribe.dialects.message_section import read_enum_section, read_message_section
from apiscribe.dialects.method_section import (
    FieldReader,
    is_method_section,
    read_method_section,
)
from apiscribe.dialects.method_table import read_methods
from apiscribe.dialects.outline import Coverage, Section, build_outline
from apiscribe.model.draft import (
    EnumDraft,
    ExampleDraft,
    FieldDraft,
    MessageDraft,
    MethodDraft,
    PageDraft,
    ServiceDraft,
)
from apiscribe.pages.blocks import Block, Heading, Page, Paragraph, Quote, Table

_PACKAGE = re.compile(r"Package\s*:\s*(?P<name>\S+)")
_SERVICE = re.compile(r"(?P<name>\S(?:.*?\S)??)\s++Methods\s*:?", re.IGNORECASE)
# The line that a template prints above the methods of a page without a service.
_NO_SERVICE = re.compile(r"[*\s]*+Methods\s*+:?[*\s]*+")
_MESSAGES = frozenset({"message", "messages"})
_ENUMS = frozenset({"enum", "enums"})
_DESC = re.compile(r"\Adesc\s*:\s*")


@dataclass(frozen=True)
class Form:
    """The differences between the dialects that share this structure."""

    name: str
    read_fields: FieldReader
    lists_values: bool
    marks_every_list: bool  # a page that marks one list marks them all


def states_package(line: Paragraph) -> bool:
    """Return whether a line states the package of a page."""
    return _PACKAGE.search(line.inline.text) is not None


def count_marks(page: Page, fields: int) -> int:
    """Count the marks of this structure on a page with `fields` blocks of fields.

    Without the line of the package, the page needs a section of messages, or one of enums and a
    table of methods, and another kind of marks: any page may have tables of fields and of methods,
    and a schema of GraphQL has a section of enums.
    """
    package = messages = enums = methods = 0
    for block in page.blocks:
        match block:
            case Quote(blocks=(Paragraph() as line,)) if states_package(line):
                package = 1
            case Heading(level=2) if block.inline.text.lower() in _MESSAGES:
                messages = 1
            case Heading(level=2) if block.inline.text.lower() in _ENUMS:
                enums = 1
            case Table() if tables.kind(block) in ("methods", "method types"):
                methods = 1
    if package:
        return 1_000 + (messages | enums) + methods + 2 * fields
    sections = messages | (enums & methods)
    kinds = sections + methods + bool(fields)
    return kinds if sections and kinds > 1 else 0


def lists_methods_and_messages(page: Page) -> bool:
    """Return whether the page has a section of messages, and a table of methods with requests and
    responses: such a page declares a service, even if the line of its package is missing.
    """
    return any(
        isinstance(block, Heading) and block.level == 2 and block.inline.text.lower() in _MESSAGES
        for block in page.blocks
    ) and any(isinstance(block, Table) and tables.kind(block) == "methods" for block in page.blocks)


def read_service_page(page: Page, form: Form, report: Report) -> tuple[PageDraft, ...]:
    """Read the page's draft; nothing if it declares nothing or does not name its package."""
    coverage = Coverage(page, report)
    reader = _Reader(page, form, coverage, report)
    root = build_outline(page.blocks)
    for section in root.walk():
        reader.read_section(section)
    coverage.finish()
    draft = reader.draft()
    return (draft,) if draft else ()


class _Reader:
    def __init__(self, page: Page, form: Form, coverage: Coverage, report: Report) -> None:
        self.page, self.form, self.coverage, self.report = page, form, coverage, report
        self.package, self.title = "", ""
        self.span = page.source.span(1)
        self.description = page.front_matter.values.get("description", "")
        self.services: list[ServiceDraft] = []
        self.messages: list[MessageDraft] = []
        self.enums: list[EnumDraft] = []
        self.repeated: list[tuple[str, tuple[FieldDraft, ...]]] = []

    def draft(self) -> PageDraft | None:
        if not self.services and not self.messages and not self.enums:
            return None
        if not self.package:
            self.report.add(missing_package(), self.span)
            return None
        self.move_examples_to_messages()
        self.compare_repeated_fields()
        return PageDraft(
            dialect=self.form.name,
            path=self.page.path,
            package=self.package,
            title=self.title,
            description=self.description,
            services=tuple(self.services),
            messages=self.labelled_messages(),
            enums=tuple(self.enums),
            lists_values=self.form.lists_values,
            span=self.span,
        )

    def read_section(self, section: Section) -> None:
        level = section.heading.level if section.heading else 0
        if level < 2:
            self.read_preamble(section)
        elif level == 2 and section.title.lower() in _MESSAGES and not self.is_service(section):
            self.coverage.read(section.heading)
            self.messages += [
                read_message_section(below, self.form.read_fields, self.coverage)
                for below in section.sections
                if below.title
            ]
        elif level == 2 and section.title.lower() in _ENUMS and not self.is_service(section):
            self.coverage.read(section.heading)
            self.enums += [
                read_enum_section(below, self.coverage) for below in section.sections if below.title
            ]
        elif level == 2:
            self.read_service(section)

    def read_preamble(self, section: Section) -> None:
        if section.heading:
            self.title = section.title
            self.coverage.read(section.heading)
        for block in section.blocks:
            match block:
                case Quote(blocks=(Paragraph() as line,)) if match := _PACKAGE.search(
                    line.inline.text
                ):
                    self.package, self.span = match["name"].strip("*"), block.span
                    self.coverage.read(block)
                case Paragraph() if section.heading:
                    text = _DESC.sub("", block.inline.prose, count=1)
                    if not _NO_SERVICE.fullmatch(text):
                        self.description = "\n\n".join(filter(None, [self.description, text]))
                    self.coverage.read(block)

    def read_service(self, section: Section) -> None:
        """Read a service if the section has a table of methods, even an empty one, or sections of
        methods below it. Pages with only messages have neither.
        """
        name, description, named, listed = section.title, "", False, False
        read: list[Block] = []
        methods: dict[str, MethodDraft] = {}
        after: list[Paragraph] = []  # paragraphs after the table of methods
        for block in section.blocks:
            match block:
                case Paragraph() if listed:
                    after.append(block)
                    self.coverage.read(block)
                case Paragraph():
                    head, _, rest = block.inline.prose.partition("\n")
                    # Only the first such line is the name; a description may mention methods too.
                    if not named and (match := _SERVICE.fullmatch(head.strip("* "))):
                        # A template that was not filled in leaves `{{ service.name }}`.
                        name = name if "{{" in match["name"] else match["name"]
                        head, named = "", True
                    text = _DESC.sub("", f"{head}\n{rest}".strip(), count=1)
                    description = "\n\n".join(filter(None, [description, text]))
                    read.append(block)
                case Table() if self.has_methods(block):
                    if listed:
                        self.skip_between_tables(after)
                    listed = True
                    read_methods(block, methods, self.coverage)
                    read.append(block)
        texts = (_DESC.sub("", block.inline.prose, count=1) for block in after)
        description = "\n\n".join(filter(None, [description, *texts]))
        self.coverage.read(section.heading)
        unlisted = self.package and any(map(is_method_section, section.sections))
        if not listed and not unlisted:
            return
        for block in read:
            self.coverage.read(block)
        for method in section.sections:
            if method.title:
                fields = self.form.read_fields
                self.repeated += read_method_section(method, methods, fields, self.coverage)
        self.services.append(
            ServiceDraft(
                name=name,
                methods=tuple(methods.values()),
                description=description,
                span=self.heading_span(section),
            )
        )

    def skip_between_tables(self, paragraphs: list[Paragraph]) -> None:
        """Skip the paragraphs between two tables of methods: a template put them there."""
        for block in paragraphs:
            message = text_between_tables(block.inline.text)
            self.report.add(message, block.span, cause=message.text)
            self.coverage.skip(block, "between-tables")
        paragraphs.clear()

    def move_examples_to_messages(self) -> None:
        """Move the examples that a method's section shows of a named message to that message."""
        shown: dict[str, dict[str, ExampleDraft]] = {m.name: {} for m in self.messages}
        for at, service in enumerate(self.services):
            methods = []
            for method in service.methods:
                for example in method.examples:
                    if example.message in shown:
                        shown[example.message].setdefault(example.text, example)
                kept = tuple(e for e in method.examples if e.message not in shown)
                methods.append(replace(method, examples=kept))
            self.services[at] = replace(service, methods=tuple(methods))
        self.messages = [
            replace(m, examples=(*m.examples, *shown[m.name].values())) for m in self.messages
        ]

    def labelled_messages(self) -> tuple[MessageDraft, ...]:
        """Return the messages; if the form marks every list, unmarked fields are not lists."""
        marked = any(field.type.repeated for m in self.messages for field in m.fields)
        if not (marked and self.form.marks_every_list):
            return tuple(self.messages)
        return tuple(
            replace(
                message,
                fields=tuple(
                    replace(field, type=replace(field.type, repeated=bool(field.type.repeated)))
                    for field in message.fields
                ),
            )
            for message in self.messages
        )

    def compare_repeated_fields(self) -> None:
        """Report the fields in tabs that the message's own section does not have."""
        declared = {m.name: {(f.name, f.type.name) for f in m.fields} for m in self.messages}
        for message, fields in self.repeated:
            for field in fields:
                if (field.name, field.type.name) not in declared.get(message, ()):
                    self.report.add(
                        contradictory_tab(message, field.name, field.type.name),
                        field.span,
                        mark=field.name,
                    )

    def is_service(self, section: Section) -> bool:
        """Return whether a section has a table of methods: a service may be named "Message"."""
        return any(isinstance(b, Table) and self.has_methods(b) for b in section.blocks)

    def has_methods(self, table: Table) -> bool:
        """Return whether a table lists methods: with their types, or on a page with a package."""
        kind = tables.kind(table)
        return kind == "methods" or (kind == "names of methods" and bool(self.package))

    def heading_span(self, section: Section) -> Span:
        return section.heading.span if section.heading else self.page.source.span(1)
