"""Definition lists in the section of an operation: members, answers, and labels above members."""

from __future__ import annotations

import re
from dataclasses import replace

from apiscribe.dialects.http.context import merge
from apiscribe.dialects.http.definition_members import read_definitions
from apiscribe.dialects.http.member_lists import read_text
from apiscribe.dialects.http.members import Member
from apiscribe.dialects.http.parts import lines_of
from apiscribe.dialects.http.text_reader import TextReader
from apiscribe.dialects.http.words import read_label
from apiscribe.pages.blocks import Definition, Definitions


def read_definition_list(block: Definitions, texts: TextReader) -> bool:
    """Add what a definition list states to the contents of `texts`; return whether any was read."""
    read = False
    for item in block.items:
        if status := re.match(r"[1-5]\d\d\b", item.term.text):
            texts.state(status[0], None, item.text.prose, item.span)
            read = True
        elif below := _below_label(item):
            texts.add(below, merge(texts.context.label, read_label(item.term.text)))
            read = True
        else:
            members = read_definitions(replace(block, items=(item,)))
            texts.add(members)
            read = read or bool(members)
    return read


def _below_label(item: Definition) -> list[Member]:
    """Return the members below a label, if each line is one: `keys` may be a name."""
    label, lines = read_label(item.term.text), lines_of(item.text)
    if label.subject or not (label.part == "parameters" or label.place):
        return []
    found = (read_text(line, item.span, unmarked=False) for line in lines)
    members = [member for member in found if member]
    return members if len(members) == len(lines) else []
