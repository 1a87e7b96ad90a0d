"""Protobuf page → drafts: one for each package and file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from apiscribe.diagnostics.codes.pages import (
    broken_text,
    field_of_heading,
    list_of_members,
    methods_without_service,
)
from apiscribe.diagnostics.report import Report
from apiscribe.dialects.outline import Coverage
from apiscribe.dialects.protobuf import members, tables
from apiscribe.dialects.protobuf.bodies import Body
from apiscribe.dialects.protobuf.collected import Collected, Drafted
from apiscribe.dialects.protobuf.declarations import Declared, is_prose, survey
from apiscribe.dialects.protobuf.field_headings import states_field
from apiscribe.dialects.protobuf.file_links import linked_file
from apiscribe.dialects.protobuf.front_matter import without_doubled_parts
from apiscribe.dialects.protobuf.headings import SIDES, Part, is_about_deprecated, split_parts
from apiscribe.dialects.protobuf.listed_declarations import count_listed_members
from apiscribe.dialects.protobuf.listed_values import read_listed_values
from apiscribe.dialects.protobuf.method_lines import read_routes, read_sides
from apiscribe.dialects.protobuf.method_parts import read_method_headings, read_streams
from apiscribe.dialects.protobuf.names import resolve_names
from apiscribe.dialects.protobuf.places import stated_place, states_place_alone
from apiscribe.dialects.protobuf.restated import restate
from apiscribe.dialects.protobuf.rpc_lines import read_rpc_lines
from apiscribe.dialects.protobuf.skipping import skip_part, skip_repeated, without_components
from apiscribe.dialects.protobuf.texts import is_broken_text, read_texts
from apiscribe.dialects.protobuf.types import PROVIDED
from apiscribe.model.draft import EnumDraft, MessageDraft, PageDraft, ServiceDraft
from apiscribe.pages.blocks import Block, Bullets, Code, Html, Page, Paragraph, Quote, Table


def read_protobuf_page(page: Page, report: Report) -> tuple[PageDraft, ...]:
    """Read the drafts of a page, by package and file."""
    page = restate(page)
    coverage = Coverage(page, report)
    parts = split_parts(without_components(page.blocks, coverage))
    found = survey(parts)
    anchors = resolve_names(found, without_doubled_parts(page, report), page.path)
    reader = _Reader(anchors, found.packages, coverage)
    for part, file in found.others:
        reader.read_other(part, file)
    for declared in found.declared:
        reader.read(declared)
    coverage.finish()
    spans = {(one.package or "", one.file): one.heading.span for one in reversed(found.declared)}
    return reader.collected.drafts(page.path, spans, page.source.span(1))


class _Reader:
    def __init__(
        self, anchors: Mapping[str, str], packages: Mapping[str, str], coverage: Coverage
    ) -> None:
        self.anchors, self.packages, self.coverage = anchors, packages, coverage
        self.collected = Collected()

    def read_other(self, part: Part, file: str) -> None:
        """Read a part that declares nothing by its heading: the title, text of a file, or texts in
        the language of protobuf.
        """
        if part.heading:
            self.collected.title = self.collected.title or part.heading.inline.text
            if part.kind == "method" and not part.role:
                self.coverage.unread(part.heading, methods_without_service("heading"))
            self.coverage.read(part.heading)
        for block in part.blocks:
            if skip_part(part, block, self.coverage):
                continue
            texts = read_texts(block)
            self.collected.texts |= any(text.messages for text in texts)
            for text in texts:
                package = text.package or self.packages.get(file, self.packages.get("", ""))
                drafts: list[Drafted] = [*text.messages, *text.enums, *text.services]
                self.collected.add((package, file), drafts)
            match block:
                case Code() if any(text.methods for text in texts):
                    self.coverage.unread(block, methods_without_service())
                case _ if texts or any(stated_place(block)):
                    self.coverage.read(block)
                case Bullets() if part.role == "groups" and self.reports_members(block, part):
                    pass
                case Paragraph() | Bullets() | Quote() | Html():
                    if description := _text(block):
                        self.collected.descriptions[file].append(description)
                    self.coverage.read(block)
                case Code() if is_broken_text(block):
                    self.coverage.unread(block, broken_text())
                case Code():
                    self.coverage.skip(block, "usage")

    def read(self, declared: Declared) -> None:
        """Read a declaration with all its parts."""
        if (declared.package or "").startswith(PROVIDED):
            self.skip(declared)
            return
        body = Body()
        if declared.kind == "service":
            for method in read_method_headings(list(declared.parts), self.anchors):
                body.add_method(method)
        for part in declared.parts:
            if part.kind == "method" or part.level <= body.level:
                body.begin_method(part.name, part.level if part.kind == "method" else 0)
            if part.kind in SIDES and part is not declared.part:
                self.read_side(part)
                continue
            if not self.reports_field(part, declared):
                self.coverage.read(part.heading)
            known = set(body.methods)
            if part.heading and part is not declared.part and is_prose(part):
                body.description.append(f"**{part.heading.inline.text}**")
            body.sides = part.sides
            for block in part.blocks:
                if not skip_part(part, block, self.coverage):
                    self.read_block(block, part, declared, body)
            if body.level:
                body.complete_method(set(body.methods) - known)
        if declared.part.method:
            body.begin_method(declared.part.method, 1, begins=0)
            body.complete_method(set())
        place = (declared.package or "", declared.file)
        self.collected.add(place, [_draft(declared, body), *body.others])

    def read_side(self, part: Part) -> None:
        """Read the heading of a method's type; its table is read as a declaration."""
        self.coverage.read(part.heading)
        for block in part.blocks:
            if isinstance(block, Paragraph) and not skip_part(part, block, self.coverage):
                self.coverage.skip(block, "link-targets")

    def reports_members(self, block: Bullets, part: Part) -> bool:
        """Report a list in which most items are members, but not all; return whether it is one."""
        known, of = count_listed_members(block, part.heading), len(block.items)
        lists_members = known > 1 and 2 * known >= of
        if lists_members and not any(isinstance(other, Table) for other in part.blocks):
            self.coverage.unread(block, list_of_members(known, of))
            return True
        return False

    def reports_field(self, part: Part, declared: Declared, block: Block | None = None) -> bool:
        """Report a heading below a declaration, or a block below such a heading, that states the
        type of a field; return whether it does.
        """
        if not part.heading or part is declared.part or not is_prose(part):
            return False
        if states := states_field(part.heading, block):
            self.coverage.unread(block or part.heading, field_of_heading())
        return states

    def skip(self, declared: Declared) -> None:
        """Skip a declaration of protobuf itself."""
        for part in declared.parts:
            blocks: list[Block] = [part.heading] if part.heading else []
            for block in blocks + part.blocks:
                self.coverage.skip(block, "provided-types")

    def read_block(self, block: Block, part: Part, declared: Declared, body: Body) -> None:
        """Read a block of a declaration."""
        match block:
            case Code() | Bullets() | Quote() if texts := read_texts(block):
                self.collected.texts |= any(text.messages for text in texts)
                for text in texts:
                    body.add_text(text, declared)
            case Paragraph() | Quote() | Bullets() if methods := read_rpc_lines(
                block, self.anchors
            ):
                for method in methods:
                    body.add_method(method)
            case _ if body.level and (routes := read_routes(block)):
                for route in routes:
                    self.coverage.read_route()
                    body.routes.append(route)
            case _ if body.level and read_sides(block, self.anchors):
                pass
            case Paragraph() if body.level and (sides := read_streams(block.inline.text)):
                body.sides = sides
            case Bullets() if declared.kind == "enum" and (values := read_listed_values(block)):
                body.values += values
            case Table():
                self.read_table(block, part, declared, body)
                return
            case Bullets() if self.reports_members(block, part):
                return
            case Paragraph() | Bullets() if self.reports_field(part, declared, block):
                return
            case Paragraph() if states_place_alone(block) or linked_file(block):
                pass
            case Paragraph() | Bullets() | Quote() | Html():
                body.description.append(_text(block))
            case Code() if is_broken_text(block):
                self.coverage.unread(block, broken_text())
                return
            case Code():
                if skip_repeated(block, self.coverage):
                    return
                body.description.append(f"```{block.language}\n{block.text.rstrip()}\n```")
            case _:
                return
        self.coverage.read(block)

    def read_table(self, table: Table, part: Part, declared: Declared, body: Body) -> None:
        """Read a table of members."""
        match tables.kind(table), declared.kind:
            case "fields", "message":
                labels = "label" in tables.columns(table)
                self.collected.labels = self.collected.labels or labels
                body.add_fields(members.read_fields(table, self.anchors, self.coverage))
            case "values" | "names", "enum":
                body.values += members.read_values(table, self.coverage, begins=not body.values)
            case "methods", "service":
                for method in members.read_methods(table, self.anchors, self.coverage):
                    body.add_method(method)
            case "bindings", "service":
                for name, route in members.read_bindings(table, self.coverage):
                    if known := body.methods.get(name):
                        body.methods[name] = replace(known, routes=(*known.routes, route))
            case "rules", "message":
                self.add_rules(table, body)
            case "options", "message" if part.heading and is_about_deprecated(part.heading):
                self.add_deprecated(table, body)
            case _:
                return
        self.coverage.read(table)

    def add_rules(self, table: Table, body: Body) -> None:
        """Add the rules of validators to the fields that they are about."""
        at = {one.name: n for n, one in enumerate(body.fields)}
        for name, constraints, others in members.read_rules(table, self.coverage):
            if name not in at:
                continue
            one = body.fields[at[name]]
            description = "\n\n".join(filter(None, [one.description, "\n".join(others)]))
            changed = replace(one, description=description)
            if constraints:
                changed = replace(changed, constraints={**one.constraints, **constraints})
            body.fields[at[name]] = changed

    def add_deprecated(self, table: Table, body: Body) -> None:
        """Mark the fields that a table about the option `deprecated` lists."""
        names = set(members.read_deprecated(table, self.coverage))
        body.fields = [
            replace(one, deprecated=True) if one.name in names else one for one in body.fields
        ]


def _draft(declared: Declared, body: Body) -> Drafted:
    """Return the draft of a declaration."""
    description = "\n\n".join(filter(None, body.description))
    span = declared.heading.span
    match declared.kind:
        case "service":
            return ServiceDraft(
                name=declared.name,
                methods=tuple(body.methods.values()),
                description=description,
                span=span,
            )
        case "enum":
            return EnumDraft(
                name=declared.name,
                values=tuple(body.values),
                reserved=body.reserved,
                incomplete=not body.values,
                description=description,
                span=span,
            )
        case _:
            return MessageDraft(
                name=declared.name,
                fields=tuple(body.fields),
                reserved=body.reserved,
                description=description,
                span=span,
            )


def _text(block: Block) -> str:
    """Return the words of a block that is part of a description."""
    match block:
        case Paragraph() | Html():
            return block.inline.prose
        case Bullets():
            items = ("\n".join(filter(None, map(_text, item.blocks))) for item in block.items)
            return "\n".join(f"- {item}" for item in items)
        case Quote():
            return "\n".join(filter(None, map(_text, block.blocks)))
        case Code():
            return block.text.rstrip()
        case _:
            return ""
