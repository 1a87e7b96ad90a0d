"""The parts of an operation, each read by its role: members, answers, examples, text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from apiscribe.diagnostics.source import Span
from apiscribe.dialects.http import member_lists, member_tables
from apiscribe.dialects.http.component_members import OpenMembers
from apiscribe.dialects.http.contents import Contents, Group, Shown, Stated
from apiscribe.dialects.http.context import Context, component_label, merge
from apiscribe.dialects.http.curl import curl_body, http_message, is_curl, is_json
from apiscribe.dialects.http.members import Member
from apiscribe.dialects.http.parts import Line, Part, clean, label_of, labelled_line, lines_of
from apiscribe.dialects.http.routes import find_routes
from apiscribe.dialects.http.sections import title_of
from apiscribe.dialects.http.type_texts import TypeText, is_type, type_of_text
from apiscribe.dialects.http.words import FACTS, Label, column, read_label
from apiscribe.pages.blocks import (
    Bullets,
    Code,
    Component,
    Definitions,
    Heading,
    Html,
    Inline,
    Paragraph,
    Rule,
    Table,
)

_INLINE_JSON = re.compile(r"^[`\s]*(?P<json>[{\[].*[}\]])[`\s]*", re.DOTALL)
# The call that documents of generated clients show: `[]Card cardsList(ctx)`.
_SIGNATURE = re.compile(r"[\w\[\]<>., ]*\b\w+\([^()]*\)")
_CODE = re.compile(r"`([\w.\[\]-]+)`")
_CODE_NAMES = re.compile(r"`[\w.\[\]-]+`(?:\s*(?:,|and|/)\s*`[\w.\[\]-]+`)*")
_LISTED = re.compile(r"\b(?:list|array|lists|arrays|collection)\b", re.IGNORECASE)


def read_parts(
    parts: Sequence[Part], indexes: Sequence[int], own: frozenset[int], outer: Label | None = None
) -> Contents:
    """Read the parts of an operation; `own` are the parts with its verb and path."""
    reader = _Reader(parts, own)
    if outer:
        reader.context.headings.append((0, outer))
    for index in indexes:
        reader.part(index)
    reader.finish()
    return reader.contents


class _Reader:
    def __init__(self, parts: Sequence[Part], own: frozenset[int]) -> None:
        self.parts, self.own = parts, own
        self.context, self.contents = Context(), Contents()
        self.open = OpenMembers()
        self.seen_label = False
        self.described = False  # the next paragraph describes the last member

    def part(self, index: int) -> None:
        block = self.parts[index].block
        read = True
        match block:
            case Heading() if index in self.own:
                pass
            case Heading():
                self.close()
                self.context.heading(block.level, title_of(block)[0])
                self.seen_label = True
            case Component():
                read = self.component(block)
            case Paragraph():
                self.paragraph(self.parts[index], block, index)
            case Table():
                read = self.table(member_tables.joined(block), index)
            case Bullets() if index not in self.own:
                read = self.bullets(block)
            case Definitions():
                self.add(member_lists.read_definitions(block))
            case Code():
                read = self.code(block, index)
            case Html() | Rule() | _:
                pass
        if read:
            self.contents.read.add(index)

    def close(self) -> None:
        if members := self.open.finish():
            self.add(members)

    def finish(self) -> None:
        self.close()

    def add(self, members: Sequence[Member], label: Label | None = None) -> None:
        """Add members under the present label."""
        if not members:
            return
        label = label or self.context.label
        last = self.contents.groups[-1] if self.contents.groups else None
        stated = [_with_presence(member, label) for member in members]
        if last and last.label == label:
            self.contents.groups[-1] = Group(label, (*last.members, *stated))
        else:
            self.contents.groups.append(Group(label, tuple(stated)))

    def component(self, block: Component) -> bool:
        members = self.open.read(block)
        if members is None:
            if block.opens and not block.closed:
                self.context.enter(block)
                if status := _title_status(block):
                    self.state(status, None, block.attributes.get("description", ""), block.span)
            elif not block.opens:
                self.context.leave(block.name)
            return True
        label, own = self.context.label, component_label(block)
        self.add(members, replace(label, direction=own.direction) if own.direction else label)
        return True

    def paragraph(self, part: Part, block: Paragraph, index: int) -> None:
        if self.open.take_text(clean(block.inline).prose):
            return
        if self.indented_code(block):
            return
        label = label_of(part)
        lines = lines_of(block.inline)
        if label is not None and len(lines) == 1:
            only_presence = label.presence and not label.is_role and not label.subject
            last = self.context.last
            self.context.last = replace(last, presence=label.presence) if only_presence else label
            self.seen_label = self.seen_label or label.is_role
            return
        unmarked = self.context.label.part == "parameters"
        about = unmarked or self.context.label.place
        if about and (member := member_lists.read_line(block, unmarked)):
            self.add([member])
            self.described = not member.description
            return
        if self.described and about and label is None:
            self.described = False
            self.describe(clean(block.inline).prose)
            return
        self.described = False
        taken = False
        for line in lines:
            labelled = labelled_line(line)
            known = labelled and (labelled.label.is_role or labelled.label.presence)
            if labelled and (known or column(labelled.words) == "status"):
                taken = self.labelled(labelled, line) or taken
        if label is not None and not taken:
            self.context.last = label
            return
        context = self.context.label
        if context.direction == "response" and context.part != "example" and self.whole_type(block):
            return
        self.returned(block)
        if not taken and index not in self.own and not _SIGNATURE.fullmatch(lines[0].text):
            if context.part == "summary":
                self.contents.summary = self.contents.summary or clean(block.inline).text
            if context.part in ("text", "summary") or not self.seen_label:
                self.contents.description.append(clean(block.inline).prose)

    def indented_code(self, block: Paragraph) -> bool:
        """Read a paragraph that is an indented message of HTTP, JSON or a command."""
        source = block.inline.source
        status, _ = http_message(source)
        if status:
            self.context.status = status
            self.state(status, None, "", block.span)
            return True
        if is_json(source) and '"' in source:
            self.contents.shown.append(Shown(self.context.label, source, block.span))
            return True
        if is_curl(source):
            if body := curl_body(source):
                asked = Label(direction="request", part="example")
                self.contents.shown.append(Shown(asked, body, block.span))
            return True
        return False

    def whole_type(self, block: Paragraph) -> bool:
        """Read a paragraph that is only a type: a link to a message, or a word for one."""
        inline = clean(block.inline)
        links, text = inline.parsed.links, inline.text.strip()
        if (links and links[0].text == text) or (len(text) < 40 and is_type(text)):
            self.state("", type_of_text(text, links, block.span), "", block.span)
            return True
        return False

    def describe(self, text: str) -> None:
        """Add a description to the last member."""
        group = self.contents.groups[-1]
        last = replace(group.members[-1], description=text)
        self.contents.groups[-1] = Group(group.label, (*group.members[:-1], last))

    def labelled(self, line: Line, inline: Inline) -> bool:
        """Read a line with a label and what it states; return whether it was read."""
        label, rest = line.label, Inline(line.rest, inline.span, inline.markup)
        status = re.match(r"\W*([1-5]\d\d)\b", line.rest)
        if status and column(line.words) == "status":
            self.context.status = status[1]
            self.state(status[1], None, "", inline.span)
            return True
        if label.subject and not label.status:
            return False
        if not line.rest:
            self.context.last = label
            return True
        if label.part in ("url", "verb", "authorization"):
            return True
        if label.part in ("text", "summary"):
            if label.part == "summary":
                self.contents.summary = self.contents.summary or rest.text
            self.contents.description.append(rest.prose)
            return True
        if match := _INLINE_JSON.match(line.rest):
            direction = (
                label if label.direction or label.status or label.place else self.context.label
            )
            self.contents.shown.append(Shown(direction, match["json"], inline.span))
            if label.status:
                self.state(label.status, None, "", inline.span)
            return True
        if label.direction == "response" or label.status:
            text = rest.text
            links = rest.parsed.links
            first = text.split(",")[0].split(";")[0]
            typed = is_type(first) or (links and links[0].text in first)
            if typed:
                self.state(label.status, type_of_text(text, links, inline.span), "", inline.span)
            elif label.status:
                self.state(label.status, None, rest.prose, inline.span)
            return bool(typed or label.status)
        if (
            label.part == "parameters"
            or label.place
            or (label.presence and label.part != "authorization")
        ):
            member = member_lists.read_line(
                Paragraph(Inline(line.rest, inline.span, inline.markup), inline.span), True
            )
            name = re.match(r"`(\w[\w.\[\]-]*)`\s*(?=$|[^`,\s])", line.rest)
            if member is None and name and label.presence == "required":
                member = member_lists.read_marked(rest, inline.span)
            names = _CODE_NAMES.fullmatch(line.rest.strip(" ."))
            if member:
                self.add([member], label)
            elif names:
                self.add([self.named(name, inline) for name in _CODE.findall(line.rest)], label)
            self.context.last = label
            return True
        return False

    def named(self, name: str, inline: Inline) -> Member:
        """Return a member of which the page states only the name."""
        return Member(name=name, span=inline.span)

    def returned(self, block: Paragraph) -> None:
        """Read the type that a sentence states: "Returns a list of [users](#user)"."""
        inline = clean(block.inline)
        match = FACTS["returns"].search(inline.text)
        if match is None or match.start() > 120:
            return
        sentence = re.split(r"(?<=[\w)])\.(?:\s|$)", inline.text[match.end() :])[0]
        if status := re.match(r"\D{0,30}\b(2\d\d)\b(?!\s*\w*s\b)", sentence):
            self.state(status[1], None, "", block.span)
        for link in inline.parsed.links:
            at = sentence.find(link.text)
            external = re.match(r"https?:|mailto:", link.target)
            if link.text and 0 <= at < 60 and not external and re.search(r"[#/\w]", link.target):
                type_ = type_of_text(link.text, (link,), block.span)
                if _LISTED.search(sentence[:at]):
                    type_ = replace(type_, type=replace(type_.type, repeated=True))
                self.state("", type_, "", block.span)
                return

    def state(self, status: str, type_: TypeText | None, description: str, span: Span) -> None:
        status = status or self.context.label.status
        self.contents.stated.append(Stated(status, type_, description, span))

    def stars(self, index: int) -> bool:
        """Return whether asterisks in a table mean "required", and not the note below it."""
        after = self.parts[index + 1].block if index + 1 < len(self.parts) else None
        if not isinstance(after, Paragraph) or not re.match(r"\\?\*+\s", after.inline.source):
            return True
        return bool(re.search("required|mandatory|필수|必", after.inline.text, re.IGNORECASE))

    def table(self, block: Table, index: int) -> bool:
        label = self.context.label
        match member_tables.kind(block, label):
            case "members":
                members, _ = member_tables.read_members(block, label, self.stars(index))
                self.add(members)
                return bool(members)
            case "statuses":
                for row in member_tables.read_statuses(block, label):
                    if is_json(row.shown):
                        shown = merge(label, Label(status=row.status))
                        self.contents.shown.append(Shown(shown, row.shown, row.span))
                    self.contents.stated.append(
                        Stated(row.status, row.type, row.description, row.span)
                    )
                return True
            case "values" if label.part == "values" or label.part != "headers":
                self.contents.values += member_tables.read_values(block)
                return True
            case "values":
                members, _ = member_tables.read_members(block, label)
                self.add(members)
                return True
            case "routes":
                return True
            case _:
                return False

    def bullets(self, block: Bullets) -> bool:
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
        plausible = (
            about or request or (members and any(m.type or m.required is not None for m in members))
        )
        if members and plausible and label.direction != "error":
            self.add(members)
            return True
        read = False
        for item in block.items:
            head = item.blocks[0] if item.blocks else None
            for line in lines_of(head.inline) if isinstance(head, Paragraph) else ():
                status = re.match(
                    r"\W*(?P<status>[1-5]\d\d)\b[\W_]*(?P<rest>.*)", line.text, re.DOTALL
                )
                if status and (label.direction in ("response", "error") or "`" in line.source):
                    self.state(status["status"], None, status["rest"], item.span)
                    read = True
                elif (labelled := labelled_line(line)) and labelled.label.is_role:
                    read = self.labelled(labelled, line) or read
        return read

    def code(self, block: Code, index: int) -> bool:
        label, text = self.context.label, block.text
        if is_curl(text):
            if body := curl_body(text):
                self.contents.shown.append(
                    Shown(Label(direction="request", part="example"), body, block.span)
                )
            return True
        if block.language == "http" or index in self.own:
            status, body = http_message(text)
            if body:
                direction = "response" if status else "request"
                shown = Label(direction=direction, part="example", status=status)
                self.contents.shown.append(Shown(shown, body, block.span))
            return True
        if is_json(text) and block.language.lower() in (
            "json",
            "jsonc",
            "json5",
            "javascript",
            "js",
            "",
            "text",
            "plaintext",
            "typescript",
            "ts",
            "http",
            "json5",
        ):
            title = re.search(r"title\s*=\s*[\"']([^\"']*)", block.info)
            if title:
                inner = read_label(title[1])
                label = inner if inner.is_role and not inner.subject else label
            self.contents.shown.append(Shown(label, text.strip(), block.span))
            return True
        return bool(list(find_routes(text.split("\n", 1)[0]))) or label.part == "example"


def _title_status(block: Component) -> str:
    """Return the status of an answer that a component is: `status="404: Not Found"`."""
    keys = ("status", "httpCode", "code", "title")
    text = next((block.attributes[key] for key in keys if key in block.attributes), "")
    about = component_label(block).direction == "response" or block.name in ("tab", "item")
    return read_label(text).status if about and len(text) < 60 else ""


def _with_presence(member: Member, label: Label) -> Member:
    """Return a member with what its label says: "Optional parameters"."""
    if member.required is not None or not label.presence:
        return member
    return replace(member, required=label.presence == "required")
