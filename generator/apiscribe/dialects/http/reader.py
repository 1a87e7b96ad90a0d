"""The parts of an operation, each read by its role: members, answers, examples, text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from apiscribe.dialects.http import answer_tables, member_lists, member_tables
from apiscribe.dialects.http.code_reader import CodeReader
from apiscribe.dialects.http.component_members import OpenMembers
from apiscribe.dialects.http.contents import Contents, Shown, Stated
from apiscribe.dialects.http.context import (
    Context,
    component_label,
    merge,
    title_status,
)
from apiscribe.dialects.http.curl import (
    is_json,
)
from apiscribe.dialects.http.definition_lists import read_definition_list
from apiscribe.dialects.http.media_types import sent_media
from apiscribe.dialects.http.missed_members import must_have_members
from apiscribe.dialects.http.nameless_bullets import nameless_bullets
from apiscribe.dialects.http.paragraph_reader import ParagraphReader
from apiscribe.dialects.http.parts import (
    Part,
    clean,
    labelled_line,
    lines_of,
    means_required,
)
from apiscribe.dialects.http.sections import title_of
from apiscribe.dialects.http.spread_cells import spread
from apiscribe.dialects.http.text_reader import TextReader
from apiscribe.dialects.http.words import Label
from apiscribe.pages.blocks import (
    Bullets,
    Code,
    Component,
    Definitions,
    Heading,
    Paragraph,
    Table,
)


def read_parts(parts: Sequence[Part], indexes: Sequence[int], own: frozenset[int]) -> Contents:
    """Read the parts of an operation; `own` are the parts with its verb and path."""
    reader = _Reader(parts, own)
    for index in indexes:
        reader.part(index)
    reader.close()
    reader.paragraphs.statuses.state(reader.contents)
    return reader.contents


class _Reader:
    def __init__(self, parts: Sequence[Part], own: frozenset[int]) -> None:
        self.parts, self.own = parts, own
        self.context, self.contents = Context(), Contents()
        self.texts = TextReader(self.context, self.contents)
        self.open = OpenMembers()
        self.codes = CodeReader(self.texts)
        self.paragraphs = ParagraphReader(parts, own, self.texts)

    def part(self, index: int) -> None:
        block = self.parts[index].block
        self.contents.media += sent_media(block, self.context.label)
        read = True
        match block:
            case Heading() if index in self.own:
                pass
            case Heading():
                self.close()
                self.context.heading(block.level, title_of(block)[0])
                self.paragraphs.see_heading(block.span)
            case Component():
                read = self.component(block)
            case Paragraph():
                self.paragraph(block, index)
            case Table():
                read = self.table(spread(member_tables.joined(block)), index)
            case Bullets() if index not in self.own:
                read = self.bullets(block, index)
            case Definitions():
                read = read_definition_list(block, self.texts)
            case Code():
                read = self.codes.read(block, index in self.own)
            case _:
                pass
        if read:
            self.contents.read.add(index)
        elif must_have_members(self.parts, index, self.context.label):
            self.contents.missed.append(block.span)

    def close(self) -> None:
        if members := self.open.finish():
            self.texts.add(members)

    def component(self, block: Component) -> bool:
        members = self.open.read(block)
        if members is None:
            if block.opens and not block.closed:
                self.context.enter(block)
                if status := title_status(block):
                    self.texts.state(
                        status, None, block.attributes.get("description", ""), block.span
                    )
            elif not block.opens:
                self.context.leave(block.name)
            return True
        label, own = self.context.label, component_label(block)
        self.texts.add(members, replace(label, direction=own.direction) if own.direction else label)
        return True

    def paragraph(self, block: Paragraph, index: int) -> None:
        if self.open.take_text(clean(block.inline).prose):
            return
        if not self.texts.indented_code(block):
            self.paragraphs.read(index, block)

    def table(self, block: Table, index: int) -> bool:
        label = self.context.label
        if label.part == "authorization":
            return False  # the facts of a scheme, such as its token
        if body := answer_tables.read_body_types(block):
            if label.direction in ("response", "error"):
                self.texts.state("", body, "", block.span)
            else:
                self.texts.add(*answer_tables.whole_body(body, label, block.span))
            return True
        match member_tables.kind(block, label):
            case "members" if answers := answer_tables.by_status(block, label):
                for status, rows in answers.items():
                    self.texts.answer(status, member_tables.read_members(rows, label)[0], rows)
                return True
            case "members":
                members, unread = member_tables.read_members(
                    block, label, means_required(self.parts, index)
                )
                if not answer_tables.are_names_of_errors(members, label):
                    self.texts.add(members, member_tables.with_place(block, label))
                self.contents.missed += [row.span for row in unread]
                return bool(members)
            case "statuses":
                for row in answer_tables.read_statuses(block, label):
                    if is_json(row.shown):
                        shown = merge(label, Label(status=row.status))
                        self.contents.shown.append(Shown(shown, row.shown, row.span))
                    self.contents.stated.append(
                        Stated(row.status, row.type, row.description, row.span)
                    )
                return True
            case "values" if label.part == "values" or label.part != "headers":
                self.contents.values += answer_tables.read_values(block)
                return True
            case "values":
                members, _ = member_tables.read_members(block, label)
                self.texts.add(members)
                return True
            case "routes":
                return True
            case _:
                return False

    def bullets(self, block: Bullets, index: int) -> bool:
        if self.open.take_values(member_lists.bullet_values(block)):
            return True
        label = self.context.label
        if label.part in ("summary", "text"):
            texts = [
                clean(b.inline) for i in block.items for b in i.blocks if isinstance(b, Paragraph)
            ]
            if label.part == "summary" and texts:
                self.contents.summary = self.contents.summary or texts[0].text
            self.contents.description += [text.prose for text in texts]
            return True
        about = label.part in ("parameters", "headers", "schema") or bool(label.place)
        request = label.direction in ("request", "response") and label.part not in (
            "example",
            "url",
            "verb",
        )
        members = member_lists.read_bullets(block, unmarked=about or request)
        if members and self.texts.hold(members, self.paragraphs.may_hold(index)):
            self.contents.missed += nameless_bullets(block)
            return True
        plausible = (
            about or request or (members and any(m.type or m.required is not None for m in members))
        )
        if members and plausible and label.direction != "error":
            self.texts.add(members)
            self.contents.missed += nameless_bullets(block)
            return True
        read = False
        for item in block.items:
            head = item.blocks[0] if item.blocks else None
            for line in lines_of(head.inline) if isinstance(head, Paragraph) else ():
                status = re.match(
                    r"\W*(?P<status>[1-5]\d\d)\b[\W_]*(?P<rest>.*)", line.text, re.DOTALL
                )
                if status and (label.direction in ("response", "error") or "`" in line.source):
                    self.texts.item(status["status"], status["rest"], line)
                    read = True
                elif (labelled := labelled_line(line)) and labelled.label.is_role:
                    read = self.texts.labelled(labelled, line) or read
        return read
