"""The parts of an operation, each read by its role: members, answers, examples, text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from apiscribe.dialects.http import answer_tables, member_lines, member_lists, member_tables
from apiscribe.dialects.http.answer_texts import of_answer
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
from apiscribe.dialects.http.parts import (
    Part,
    clean,
    label_of,
    labelled_line,
    lines_of,
    means_required,
)
from apiscribe.dialects.http.sections import title_of
from apiscribe.dialects.http.spread_cells import spread
from apiscribe.dialects.http.status_lines import LabelledStatuses, status_above, take_status_below
from apiscribe.dialects.http.text_reader import TextReader
from apiscribe.dialects.http.words import Label, column
from apiscribe.pages.blocks import (
    Block,
    Bullets,
    Code,
    Component,
    Definitions,
    Heading,
    Paragraph,
    Table,
)

# The call that documents of generated clients show: `[]Card cardsList(ctx)`.
_SIGNATURE = re.compile(r"[\w\[\]<>., ]*\b\w+\([^()]*\)")
# Labels of lines about an operation, which are no names of members.
_FACTS = frozenset({"authorization", "url", "verb"})

# How many parts after a member that is a line a list may hold its members.
_NEAR = 2

_FEW_WORDS = 6  # of a line with a verb and a path that is no sentence


def read_parts(parts: Sequence[Part], indexes: Sequence[int], own: frozenset[int]) -> Contents:
    """Read the parts of an operation; `own` are the parts with its verb and path."""
    reader = _Reader(parts, own)
    for index in indexes:
        reader.part(index)
    reader.close()
    reader.statuses.state(reader.contents)
    return reader.contents


class _Reader:
    def __init__(self, parts: Sequence[Part], own: frozenset[int]) -> None:
        self.parts, self.own = parts, own
        self.context, self.contents = Context(), Contents()
        self.texts = TextReader(self.context, self.contents)
        self.open = OpenMembers()
        self.seen_label = False
        self.statuses = LabelledStatuses()
        self.codes = CodeReader(self.texts)
        self.described = False  # the next paragraph describes the last member
        self.holder = -_NEAR - 1  # the part with the last member that is a line

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
                self.seen_label = True
                self.statuses.note(self.context.label, block.span)
            case Component():
                read = self.component(block)
            case Paragraph():
                self.paragraph(self.parts[index], block, index)
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
        elif self.must_have_members(block, index):
            self.contents.missed.append(block.span)

    def must_have_members(self, block: Block, index: int) -> bool:
        """Return whether the label directly above a block, or the language of code, says that the
        block has members.
        """
        if isinstance(block, Code) and block.language.lower() == "json":
            text = block.text.strip()
            return text[:1] in ("{", "[") and len(text) > 2
        above = label_of(self.parts[index - 1]) if index else None
        if above is None or above.subject or not isinstance(block, Bullets | Definitions | Code):
            return False
        label = self.context.label
        return label.part in ("parameters", "schema") or bool(label.place)

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

    def paragraph(self, part: Part, block: Paragraph, index: int) -> None:
        if self.open.take_text(clean(block.inline).prose):
            return
        if self.texts.indented_code(block):
            return
        label, lines = label_of(part), lines_of(block.inline)
        if label and label.part == "parameters" and not (label.direction or label.place):
            label = of_answer(label, lines[0])
        if label is not None and len(lines) == 1 and not member_lines.has_series(lines[0]):
            only_presence = label.presence and not label.is_role and not label.subject
            last = self.context.last
            self.context.last = replace(last, presence=label.presence) if only_presence else label
            self.seen_label = self.seen_label or label.is_role
            self.statuses.note(self.context.label, block.span)
            has_sentences = re.search(r"[.。]\s", lines[0].text)  # the last one is the label
            if index not in self.own and (has_sentences or lines[0].parsed.links):
                self.texts.same(lines[0], None)
            if index not in self.own and has_sentences:
                self.texts.statuses(lines[0])
            return
        if above := status_above(lines, self.parts, index):
            self.context.last = above
            self.texts.state(above.status, None, "", block.span)
            return
        if take_status_below(lines, self.parts, index, self.contents):
            return
        unmarked = self.context.label.part == "parameters"
        about = unmarked or self.context.label.place or member_lines.is_member_line(lines[0])
        if about and len(lines) > 1 and (members := member_lines.read_lines(lines, block.span)):
            self.texts.add(members)
            return
        fact = labelled_line(lines[0])  # "Auth required: yes" is no member
        about = about and not (fact and fact.label.part in _FACTS and not fact.label.subject)
        if about and (member := member_lines.read_line(block, unmarked)):
            self.texts.add([member])
            self.described = not member.description
            self.holder = index
            return
        if self.described and about and label is None:
            self.described = False
            self.texts.describe(clean(block.inline).prose)
            return
        self.described = False
        taken = False
        if self.context.label.direction == "response":
            lines = [line for line in lines if not self.texts.status_and_type(line)]
            if not lines:
                return
        for line in lines:
            labelled = labelled_line(line)
            known = labelled and (labelled.label.is_role or labelled.label.presence)
            if labelled and (known or column(labelled.words) == "status"):
                taken = self.texts.labelled(labelled, line) or taken
            elif labelled:
                self.texts.sent(labelled, line)
            if index not in self.own:
                self.contents.lines.append(line.text)
                self.texts.same(line, labelled.label if labelled else None)
            if not taken and (index not in self.own or len(line.text.split()) > _FEW_WORDS):
                self.texts.sentences(line)
        if label is not None and not taken:
            self.context.last = label
            return
        context = self.context.label
        if (
            context.direction == "response"
            and context.part != "example"
            and self.texts.whole_type(block)
        ):
            return
        self.texts.returned(block)
        if not taken and index not in self.own and not _SIGNATURE.fullmatch(lines[0].text):
            if context.part == "summary":
                self.contents.summary = self.contents.summary or clean(block.inline).text
            if context.part in ("text", "summary") or not self.seen_label:
                self.contents.description.append(clean(block.inline).prose)

    def table(self, block: Table, index: int) -> bool:
        label = self.context.label
        if label.part == "authorization":
            return False  # the facts of a scheme, such as its token
        if body := answer_tables.read_body_types(block):
            self.texts.body(body, label, block.span)
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
        if members and self.texts.hold(members, index - self.holder <= _NEAR):
            return True
        plausible = (
            about or request or (members and any(m.type or m.required is not None for m in members))
        )
        if members and plausible and label.direction != "error":
            self.texts.add(members)
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
