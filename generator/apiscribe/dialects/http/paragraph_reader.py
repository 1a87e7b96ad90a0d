"""Paragraphs of an operation: labels, members, statuses, and sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from apiscribe.diagnostics.source import Span
from apiscribe.dialects.http import member_lines
from apiscribe.dialects.http.answer_texts import of_answer
from apiscribe.dialects.http.parts import Part, clean, label_of, labelled_line, lines_of
from apiscribe.dialects.http.status_lines import LabelledStatuses, status_above, take_status_below
from apiscribe.dialects.http.text_reader import TextReader
from apiscribe.dialects.http.words import Label, column
from apiscribe.pages.blocks import Inline, Paragraph

# The call that documents of generated clients show: `[]Card cardsList(ctx)`.
_SIGNATURE = re.compile(r"[\w\[\]<>., ]*\b\w+\([^()]*\)")

# Labels of lines about an operation, which are no names of members.
_FACTS = frozenset({"authorization", "url", "verb"})

# How many parts after a member that is a line a list may hold its members.
_NEAR = 2

_FEW_WORDS = 6  # of a line with a verb and a path that is no sentence


class ParagraphReader:
    """Reads the paragraphs among the parts; `own` are the parts with the verb and the path."""

    def __init__(self, parts: Sequence[Part], own: frozenset[int], texts: TextReader) -> None:
        self.parts, self.own, self.texts = parts, own, texts
        self.context, self.contents = texts.context, texts.contents
        self.statuses = LabelledStatuses()
        self._seen_label = False
        self._described = False  # the next paragraph describes the last member
        self._holder = -_NEAR - 1  # the part with the last member that is a line

    def may_hold(self, index: int) -> bool:
        """Return whether a list is near enough to a member that is a line to have its members."""
        return index - self._holder <= _NEAR

    def see_heading(self, span: Span) -> None:
        """Note the label of a heading, which the context has already."""
        self._seen_label = True
        self.statuses.note(self.context.label, span)

    def read(self, index: int, block: Paragraph) -> None:
        """Read a paragraph by the first of its forms that fits."""
        label, lines = label_of(self.parts[index]), lines_of(block.inline)
        if label and label.part == "parameters" and not (label.direction or label.place):
            label = of_answer(label, lines[0])
        if label is not None and len(lines) == 1 and not member_lines.has_series(lines[0]):
            self._label(label, lines[0], index)
            return
        if above := status_above(lines, self.parts, index):
            self.context.last = above
            self.texts.state(above.status, None, "", block.span)
            return
        if take_status_below(lines, self.parts, index, self.contents):
            return
        if self._members(block, lines, index, label):
            return
        if self.context.label.direction == "response":
            lines = [line for line in lines if not self.texts.status_and_type(line)]
            if not lines:
                return
        is_read = self._lines(lines, index)
        if label is not None and not is_read:
            self.context.last = label
            return
        context = self.context.label
        may_be_type = context.direction == "response" and context.part != "example"
        if may_be_type and self.texts.whole_type(block):
            return
        self.texts.returned(block)
        if not is_read and index not in self.own and not _SIGNATURE.fullmatch(lines[0].text):
            self._describe(block)

    def _label(self, label: Label, line: Inline, index: int) -> None:
        """Read a paragraph that is only a label of the part below it."""
        only_presence = label.presence and not label.is_role and not label.subject
        last = self.context.last
        self.context.last = replace(last, presence=label.presence) if only_presence else label
        self._seen_label = self._seen_label or label.is_role
        self.statuses.note(self.context.label, line.span)
        if index in self.own:
            return
        has_sentences = re.search(r"[.。]\s", line.text)  # the last one is the label
        if has_sentences or line.parsed.links:
            self.texts.same(line, None)
        if has_sentences:
            self.texts.statuses(line)

    def _members(
        self, block: Paragraph, lines: Sequence[Inline], index: int, label: Label | None
    ) -> bool:
        """Read a member, a member in each line, or the description of the last member; return
        whether the paragraph is any of these.
        """
        unmarked = self.context.label.part == "parameters"
        about = unmarked or self.context.label.place or member_lines.is_member_line(lines[0])
        if about and len(lines) > 1 and (members := member_lines.read_lines(lines, block.span)):
            self.texts.add(members)
            return True
        fact = labelled_line(lines[0])  # "Auth required: yes" is no member
        about = about and not (fact and fact.label.part in _FACTS and not fact.label.subject)
        if about and (member := member_lines.read_line(block, unmarked)):
            self.texts.add([member])
            self._described = not member.description
            self._holder = index
            return True
        describes = bool(self._described and about and label is None)
        self._described = False
        if describes:
            self.texts.describe(clean(block.inline).prose)
        return describes

    def _lines(self, lines: Sequence[Inline], index: int) -> bool:
        """Read each line; return whether one has a label and what it states."""
        is_read = False
        for line in lines:
            labelled = labelled_line(line)
            known = labelled and (labelled.label.is_role or labelled.label.presence)
            if labelled and (known or column(labelled.words) == "status"):
                is_read = self.texts.labelled(labelled, line) or is_read
            elif labelled:
                self.texts.sent(labelled, line)
            if index not in self.own:
                self.contents.lines.append(line.text)
                self.texts.same(line, labelled.label if labelled else None)
            if not is_read and (index not in self.own or len(line.text.split()) > _FEW_WORDS):
                self.texts.sentences(line)
        return is_read

    def _describe(self, block: Paragraph) -> None:
        """Add a paragraph to the summary or the description of the operation, as its label says."""
        context = self.context.label
        if context.part == "summary":
            self.contents.summary = self.contents.summary or clean(block.inline).text
        if context.part in ("text", "summary") or not self._seen_label:
            self.contents.description.append(clean(block.inline).prose)
