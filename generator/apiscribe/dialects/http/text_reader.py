"""Running text of an operation: labelled lines, sentences about answers, messages of HTTP."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from apiscribe.diagnostics.source import Span
from apiscribe.dialects.http import member_lines
from apiscribe.dialects.http.answer_texts import (
    returned_status,
    returned_type,
    status_and_type,
    whole_type,
)
from apiscribe.dialects.http.contents import Command, Contents, Group, Shown, Stated
from apiscribe.dialects.http.context import Context, merge
from apiscribe.dialects.http.curl import curl_body, curl_output, http_message, is_curl, is_json
from apiscribe.dialects.http.inline_bodies import inline_bodies
from apiscribe.dialects.http.labelled_shapes import body_of_sentence, held_below, shape_or_type
from apiscribe.dialects.http.members import Member
from apiscribe.dialects.http.named_parameters import named_parameters
from apiscribe.dialects.http.parts import Line
from apiscribe.dialects.http.same_as import same_as
from apiscribe.dialects.http.status_texts import stated_statuses
from apiscribe.dialects.http.type_texts import TypeText, is_type, type_of_text
from apiscribe.dialects.http.words import SENT, Label, column
from apiscribe.model.draft import TypeDraft
from apiscribe.pages.blocks import Inline, Paragraph, Table

_INLINE_JSON = re.compile(r"^[`\s]*(?P<json>[{\[].*[}\]])[`\s]*", re.DOTALL)
_HOLDERS = frozenset({"object", "array", "struct", "json object", "dictionary"})
_CODE_JSON = re.compile(r"`(?P<json>[{\[][^`]*[}\]])`")
_CODE = re.compile(r"`([\w.\[\]-]+)`")
_NAME_ALONE = re.compile(r"`[\w.]+`|\[[^\]]+\]\([^)\s]*\)")
_CODE_NAMES = re.compile(r"`[\w.\[\]-]+`(?:\s*(?:,|and|/)\s*`[\w.\[\]-]+`)*")
_SENT_NAMES = re.compile(r"\s*`[\w.\[\]-]+`(?:[\s,]+(?:(?:and|or)\s+)?`[\w.\[\]-]+`)+\s*(?:[.;]|$)")
_STATUS_WORDS = re.compile(r"\W*(?P<status>[1-5]\d\d)\b[\w '`-]{0,40}[.:]?\W*")


class TextReader:
    """Reads text, and adds what it states to the contents under the labels of the context."""

    def __init__(self, context: Context, contents: Contents) -> None:
        self.context, self.contents = context, contents

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
            self.command(source, block.span)
            return True
        return False

    def command(self, text: str, span: Span) -> None:
        """Read a `curl` command: the body that it sends, and the answer below it."""
        self.contents.commands.append(Command(text, span))
        if body := curl_body(text):
            request = Label(direction="request", part="example")
            self.contents.shown.append(Shown(request, body, span))
        output = curl_output(text)
        status, body = http_message(output)
        if status:
            self.state(status, None, "", span)
        body = body or (output if is_json(output) else "")
        if body:
            answer = Label(direction="response", part="example", status=status)
            self.contents.shown.append(Shown(answer, body, span))

    def whole_type(self, block: Paragraph) -> bool:
        """Read a paragraph that is only a type: a link to a message, or a word for one."""
        if type_ := whole_type(block):
            self.state("", type_, "", block.span)
        return type_ is not None

    def status_and_type(self, line: Inline) -> bool:
        """Read a line that is a status with its type: `200 ([Loom](#loom)): OK`."""
        if found := status_and_type(line):
            status, type_, rest = found
            self.state(status, type_, rest, line.span)
        return found is not None

    def hold(self, members: Sequence[Member], near: bool) -> bool:
        """Add members to the last member if it is near and its type may have any."""
        group = self.contents.groups[-1] if self.contents.groups else None
        last = group.members[-1] if group else None
        if not (near and group and last and last.type and not last.members):
            return False
        if last.type.type.link or last.type.type.name.lower() not in _HOLDERS:
            return False
        held = replace(last, members=tuple(members))
        self.contents.groups[-1] = Group(group.label, (*group.members[:-1], held))
        return True

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
            self.sent(line, inline)
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
        if self.labelled_body(line, rest):
            return True
        if label.direction == "response" or label.status:
            return self.labelled_answer(label, rest)
        if (
            label.part == "parameters"
            or label.place
            or (label.presence and label.part != "authorization")
        ):
            self.labelled_parameters(label, rest)
            return True
        return False

    def labelled_body(self, line: Line, rest: Inline) -> bool:
        """Read what a label states of a body; return whether the line states nothing else."""
        label, span = line.label, rest.span
        if members := shape_or_type(line, span):
            self.add(members, label)
            return True
        if match := _INLINE_JSON.match(line.rest):
            own = label.direction or label.status or label.place
            shown = label if own else self.context.label
            self.contents.shown.append(Shown(shown, match["json"], span))
            if label.status:
                self.state(label.status, None, "", span)
            return True
        stated = label.direction in ("response", "error")
        if stated and (status := _STATUS_WORDS.fullmatch(rest.text)):
            # "Response: 201 Created", and an example or a list below it.
            self.context.last = replace(label, status=status["status"])
            self.state(status["status"], None, "", span)
            return True
        if below := held_below(label, rest):
            self.context.last = below
            if label.status:
                self.state(label.status, None, rest.prose, span)
            return True
        if label.direction and _NAME_ALONE.fullmatch(line.rest):
            # "Response: `Place`", and the fields of a place below it.
            self.context.last = label
        return False

    def labelled_answer(self, label: Label, rest: Inline) -> bool:
        """Read the type or the description of an answer; return whether there is one."""
        text, links = rest.text, rest.parsed.links
        first = text.split(",")[0].split(";")[0]
        if is_type(first) or (links and links[0].text in first):
            self.state(label.status, type_of_text(text, links, rest.span), "", rest.span)
            return True
        if label.status:
            self.state(label.status, None, rest.prose, rest.span)
        return bool(label.status)

    def labelled_parameters(self, label: Label, rest: Inline) -> None:
        """Read the parameters that a line states: a series, one with its facts, or only names."""
        self.context.last = label
        members, after = member_lines.read_series(rest)
        if members:
            self.add(members, label)
            self.after_series(after, rest)
            return
        member = member_lines.read_line(Paragraph(rest, rest.span), True)
        name = re.match(r"`(\w[\w.\[\]-]*)`\s*(?=$|[^`,\s])", rest.source)
        if member is None and name and label.presence == "required":
            member = member_lines.read_marked(rest, rest.span)
        if member:
            self.add([member], label)
        elif _CODE_NAMES.fullmatch(rest.source.strip(" .")):
            names = _CODE.findall(rest.source)
            self.add([Member(name=name, span=rest.span) for name in names], label)

    def sent(self, line: Line, inline: Inline) -> None:
        """Read the names in a sentence: "Send only the fields to change: `name` or `city`"."""
        rest = Inline(line.rest, inline.span, inline.markup)
        is_request = SENT["verbs"].search(line.words) and not SENT["not"].search(line.words)
        members, _ = member_lines.read_series(rest) if is_request else ([], "")
        if members:
            self.add(members, Label(part="parameters"))
            return
        names = _SENT_NAMES.match(rest.source) if is_request else None
        if line.label.part == "parameters" and names:
            members = [Member(name=name, span=rest.span) for name in _CODE.findall(names[0])]
            self.add(members, Label(part="parameters"))

    def after_series(self, text: str, inline: Inline) -> None:
        """Read the sentences behind a series of members: "Answers `201` with the new post:"."""
        found = list(stated_statuses(text))
        self.statuses(Inline(text, inline.span, inline.markup))
        if found and text.endswith((":", "：")):
            self.context.last = Label(direction="response", status=found[-1][0])

    def answer(self, status: str, members: Sequence[Member], rows: Table) -> None:
        """Add the fields of an answer, or the words of its only row."""
        self.add(members, merge(self.context.label, Label(status=status)))
        words = "" if members else " ".join(cell.text for cell in rows.rows[0].cells[1:]).strip()
        self.contents.stated.append(Stated(status, None, words, rows.span))

    def item(self, status: str, description: str, line: Inline) -> None:
        """Read an item of a list of answers, with the example in its text."""
        self.state(status, None, description, line.span)
        if shown := _CODE_JSON.search(line.source):
            label = Label(direction="response", part="example", status=status)
            self.contents.shown.append(Shown(label, shown["json"], line.span))

    def statuses(self, line: Inline) -> None:
        """Read the statuses in the sentences of a line."""
        for status, sentence in stated_statuses(line.source):
            text = Inline(sentence, line.span, line.markup).prose
            self.contents.stated.append(Stated(status, None, text, line.span))

    def sentences(self, line: Inline) -> None:
        """Read the statuses, the bodies and the parameters in the sentences of a line."""
        self.statuses(line)
        self.add(body_of_sentence(line), Label(part="parameters", place="body"))
        for label, member in named_parameters(line):
            self.add([member], label)
        found = [Shown(label, body, line.span) for label, body in inline_bodies(line.source, True)]
        self.contents.shown += found
        for shown in found:
            if shown.label.status:
                self.state(shown.label.status, None, "", line.span)

    def same(self, line: Inline, label: Label | None) -> None:
        """Read what a line says to be as in another operation."""
        about = self.context.label.direction == "response"
        own = label is not None and label.direction == "response"
        for same in same_as(line, about or own):
            if same.answer:
                type_ = TypeText(TypeDraft(name="", link=same.target, span=line.span))
                first = next((s for s, _ in stated_statuses(line.source) if s[0] == "2"), "")
                status = (label.status if label else "") or first
                self.contents.stated.append(Stated(status, type_, "", line.span))
            else:
                self.contents.same.append(same)

    def returned(self, block: Paragraph) -> None:
        """Read the answer that a sentence states: "Returns a list of [users](#user)"."""
        if status := returned_status(block):
            self.state(status, None, "", block.span)
        match returned_type(block):
            case TypeText() as type_:
                self.state("", type_, "", block.span)
            case list() as members:
                self.add(members, Label(direction="response"))
            case None:
                pass

    def state(self, status: str, type_: TypeText | None, description: str, span: Span) -> None:
        """Add an answer; without a status, it has that of the label."""
        status = status or self.context.label.status
        self.contents.stated.append(Stated(status, type_, description, span))


def _with_presence(member: Member, label: Label) -> Member:
    """Return a member with what its label says: "Optional parameters"."""
    if member.required is not None or not label.presence:
        return member
    return replace(member, required=label.presence == "required")
